"""Whom to tell of a nursery's day: rooms above register themselves in `AppConfig.ready()`."""

from collections.abc import Callable
from datetime import date

from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution

# Called in the transaction that stated (or corrected) a day.
after_a_day: list[Callable[[Actor, Institution, date], None]] = []
