"""Limits against floods and guessing, without any third party: by address, and by the number tried."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from tuoyu.accounts.rules import Limit
from tuoyu.complaints import keys, rules
from tuoyu.complaints.models import Attempt
from tuoyu.core import clock
from tuoyu.core.problems import Refused


def hold(*names: str) -> None:
    """Requests about one of these names come one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        for name in sorted(f"complaint:{name}" for name in names):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def check_reports(address: str) -> None:
    """Raise Refused (429) when too many complaints came from this address of late."""
    if address:
        rows = Attempt.objects.filter(what=Attempt.What.REPORT, address_key=keys.address_key(address))
        _check(
            rows,
            rules.REPORTS_AN_ADDRESS,
            "短时间内从您的网络提交得太多，请过一会儿再提交；紧急情况请直接拨打110或12345。",
        )


def check_codes(address: str, number: str) -> None:
    """Raise Refused (429) when too many wrong codes came from this address, or for this number."""
    wrong = Attempt.objects.filter(what=Attempt.What.WRONG_CODE)
    says = "查询码错误次数过多，请过一会儿再试。"
    if address:
        _check(wrong.filter(address_key=keys.address_key(address)), rules.WRONG_CODES_AN_ADDRESS, says)
    _check(wrong.filter(number_key=keys.number_key(number)), rules.WRONG_CODES_A_NUMBER, says)


def _check(rows: QuerySet[Attempt], limits: Iterable[Limit], says: str) -> None:
    for limit in limits:
        if rows.filter(at__gt=clock.now() - limit.within).count() >= limit.count:
            raise Refused(says, status=429)
