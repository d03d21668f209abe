"""What must not stand against a person before it is employed."""

from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import policy
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import RecordCheck
from tuoyu.workforce.vocabulary import CheckResult

NO_RECORD = "hiring.record_check"


def before_hiring(person_identity: str, institution: Institution, post: str, by: Actor) -> None:
    """Refused, with the rule, when the person of this identity number must not be employed there in `post`.

    Every way into employment asks here, and only here.
    """
    _no_hit(person_identity, institution)


def _no_hit(person_identity: str, institution: Institution) -> None:
    """An answer that there is a record bars from every institution, whoever had asked."""
    known = RecordCheck.objects.filter(
        person__identity_key__in=keyed_hashes(person_identity), result=CheckResult.HIT
    )
    if known.exists():
        raise Refused(
            Problem(
                "违法犯罪记录查询的结果为“有记录”，不得录用。",
                field="identity",
                rule_key=NO_RECORD,
                source=policy.source_at(institution.division_code, NO_RECORD),
                fix="对结果有异议的，由本人向查询机关申请复核，并联系辖区卫生健康部门。",
            ),
            status=409,
        )
