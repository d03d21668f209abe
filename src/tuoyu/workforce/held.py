"""What the staff register holds that forms of other rooms would ask for."""

from collections.abc import Mapping
from datetime import date

from django.urls import reverse

from tuoyu.institutions.held import Held
from tuoyu.institutions.matters import STAFF_COUNT
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import Employment

REGISTER = "从业人员名册"


def staff_held(institution: Institution, on: date) -> Mapping[str, Held]:
    """How many people work there on a day; nothing of an institution whose register is empty on it."""
    rows = Employment.objects.filter(institution=institution, period__contains=on)
    count = rows.values("person").distinct().count()
    if not count:
        return {}
    address = reverse("workforce:staff", args=[institution.pk])
    return {STAFF_COUNT: Held(count, REGISTER, on, address)}
