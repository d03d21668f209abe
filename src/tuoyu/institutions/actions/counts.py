"""Stating how many children are enrolled in each class on a day, and correcting what was stated."""

from collections.abc import Mapping
from datetime import date

from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import counts, policy
from tuoyu.institutions.models import ClassGroup, EnrolmentCount, Institution
from tuoyu.institutions.permissions import STATE_COUNTS
from tuoyu.institutions.rules.counts import over_places
from tuoyu.institutions.vocabulary import Filing

# What the column holds. How many a class may have is for its places and the rules to say.
MOST = 32_767


@action
def state_counts(
    *,
    by: Actor,
    institution: Institution,
    day: date,
    enrolled: Mapping[int, int],
    reason: str = "",
    imported: bool = False,
) -> list[EnrolmentCount]:
    """State for a day how many children are enrolled in classes (number by class); what was written.

    Stating the same again writes nothing. Another number than was stated before corrects it and asks for
    the reason; the earlier one is kept. Refused when the day has not come, a class was not there that day,
    the filing is cancelled, or the place's rules do not take more than a class may hold.
    """
    require(by, STATE_COUNTS, institution)
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    if held.filing == Filing.CANCELLED:
        raise Refused("这家机构的备案已经注销，不能再登记在托人数。", status=409)
    groups = {group.pk: group for group in held.classes.open_on(day)}
    if wrong := _wrong(held, day, enrolled, groups):
        raise Refused(wrong)
    there = counts.standing_on(groups.values(), day)
    fresh = {pk: n for pk, n in enrolled.items() if pk not in there or there[pk].enrolled != n}
    reason = texts.tidy(reason).strip()[:200]
    corrected = [pk for pk in fresh if pk in there]
    if corrected and not reason:
        raise Refused([_stated_before(groups[pk], there[pk]) for pk in corrected], status=409)
    if not fresh:
        audit.record(by, "institution.counts_stated_again", held, topic=f"counts:{held.pk}",
                     after={"day": day.isoformat()})  # fmt: skip
        return []
    now = clock.now()
    EnrolmentCount.objects.filter(pk__in=[there[pk].pk for pk in corrected]).update(replaced_at=now)
    made = EnrolmentCount.objects.bulk_create(
        EnrolmentCount(
            class_group=groups[pk],
            day=day,
            enrolled=number,
            imported=imported,
            reason=reason if pk in there else "",
            stated_at=now,
            stated_label=by.label[:120],
        )
        for pk, number in fresh.items()
    )
    audit.record(
        by, "institution.counts_stated", held, topic=f"counts:{held.pk}", place=held.division_code,
        before={groups[pk].name: there[pk].enrolled for pk in corrected},
        after={"day": day.isoformat(), **{groups[pk].name: number for pk, number in fresh.items()}},
        note=reason if corrected else "",
    )  # fmt: skip
    return made


def field_of(class_id: int) -> str:
    """What the number of a class is called in a form, and in what is said against it."""
    return f"class-{class_id}"


def _wrong(
    held: Institution, day: date, enrolled: Mapping[int, int], groups: Mapping[int, ClassGroup]
) -> list[Problem]:
    if day > clock.today():
        return [Problem("日期还没有到，请在当天或之后登记。", field="day", fix="请修改日期。")]
    if not enrolled:
        return [Problem("还没有填写任何一个班的人数。", fix="请至少填写一个班，没有孩子的填0。")]
    book = policy.book_at(held.division_code, day)
    found = []
    for pk, number in enrolled.items():
        group = groups.get(pk)
        if group is None:
            found.append(Problem("本机构那一天没有这个班。", field=field_of(pk), fix="请核对日期和班级。"))
        elif not 0 <= number <= MOST:
            found.append(Problem(f"“{group.name}”的人数看不懂，请填0以上的整数。", field=field_of(pk)))
        else:
            beyond = over_places(group.name, group.class_type, group.places, number, book)
            found += [one for one in beyond if one.severity == "block"]
    return found


def _stated_before(group: ClassGroup, row: EnrolmentCount) -> Problem:
    return Problem(
        f"“{group.name}”{row.day:%Y-%m-%d}已登记为{row.enrolled}人（{row.stated_label}）。",
        field=field_of(group.pk),
        fix="确需更正的，请填写更正的原因后再保存；原来的数会保留。",
    )
