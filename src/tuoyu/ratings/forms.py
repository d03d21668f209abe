"""What is typed on the pages of assessing: a tree, an agency, an assessment begun, scores of a chapter."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from tuoyu.core import clock
from tuoyu.core.problems import Problem
from tuoyu.ratings import lines, rules
from tuoyu.ratings.models import Agency, IndicatorTree
from tuoyu.ratings.rules import Chapter, Scored
from tuoyu.ratings.vocabulary import AgencyKind, Aspect

VETO_BRINGS = [("none", "不评定等级"), ("lowest", "评为最低等级")]
# One more chapter than there is may be written at a time.
MOST_CHAPTERS = 60


class DraftForm(forms.Form):
    """A new tree: what it is called and from which standard it begins."""

    name = forms.CharField(label="标准的名称", max_length=120)
    outline = forms.ChoiceField(label="从哪个标准起草", required=False, help_text="不选就从空白写起。")

    def __init__(self, *args: Any, outlines: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outline"].choices = [*outlines]  # type: ignore[attr-defined]


class AdoptionForm(forms.Form):
    """On what ground a tree is adopted, and from when."""

    basis = forms.CharField(label="采用的依据", max_length=500)
    effective_from = forms.DateField(label="启用日期")


class AgencyForm(forms.Form):
    """An agency that is entrusted."""

    name = forms.CharField(label="机构名称", max_length=120)
    kind = forms.ChoiceField(label="类别", choices=AgencyKind.choices)
    entrusted_by = forms.CharField(label="委托依据（合同或委托书）", max_length=200)


class AssessorForm(forms.Form):
    """Who scores for an agency."""

    username = forms.CharField(label="评估人员的账号", max_length=60)


class BeginForm(forms.Form):
    """An assessment to be begun."""

    year = forms.TypedChoiceField(label="评估年度", coerce=int)
    agency = forms.ModelChoiceField(label="受托的评估机构", queryset=Agency.objects.none())
    again_reason = forms.CharField(
        label="同一年度再次评估的理由", max_length=500, required=False, widget=forms.Textarea,
        help_text="本年度已有结果时必填。",
    )  # fmt: skip

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["year"].choices = [(year, f"{year}年") for year in (this, this - 1)]  # type: ignore[attr-defined]
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


def content_typed(tree: IndicatorTree, data: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """What the page of a draft says the tree holds now, and what of it cannot be read."""
    wrong: list[Problem] = []
    chapters: list[dict[str, Any]] = []
    for number in range(min(len(tree.content.get("chapters", ())) + 1, MOST_CHAPTERS)):
        code, name = _typed(data, f"code-{number}", 20), _typed(data, f"name-{number}", 60)
        if not code and not name:
            continue
        items, mistakes = lines.items_of(data.get(f"items-{number}", ""), f"items-{number}")
        wrong += mistakes
        if not lines.CODE.fullmatch(code) or not name:
            wrong.append(Problem("每章都要有编号（数字、字母）和名称。", field=f"code-{number}"))
        aspect = data.get(f"aspect-{number}", "")
        chapters.append({
            "code": code, "name": name, "points": _whole(data, f"points-{number}", wrong), "items": items,
            "aspect": aspect if aspect in Aspect.values else Aspect.QUALITY.value,
        })  # fmt: skip
    grades, mistakes = lines.grades_of(data.get("grades", ""))
    brings = data.get("veto_brings", "")
    content = {
        "total": _whole(data, "total", wrong),
        "chapters": chapters,
        "grades": grades,
        "veto_brings": brings if brings in dict(VETO_BRINGS) else None,
        "vetoes_settled": data.get("vetoes_settled") == "on",
    }
    return content, wrong + mistakes


def _typed(data: Mapping[str, str], name: str, most: int) -> str:
    return data.get(name, "").strip()[:most]


def _whole(data: Mapping[str, str], name: str, wrong: list[Problem]) -> int | None:
    typed = _typed(data, name, 12)
    if not typed:
        return None
    if not lines.NUMBER.fullmatch(typed) or int(typed) == 0:
        wrong.append(Problem("分值应为1以上的整数。", field=name))
        return None
    return int(typed)


def scores_typed(chapter: Chapter, data: Mapping[str, str]) -> tuple[dict[str, Scored], list[Problem]]:
    """What the page of a chapter says of its items, as far as it can be kept, and what is wrong with the
    others. An empty field is not known, never zero; of an item the page does not name nothing is said."""
    scores: dict[str, Scored] = {}
    wrong: list[Problem] = []
    for item in chapter.items:
        if f"points-{item.code}" not in data:
            continue
        typed = _typed(data, f"points-{item.code}", 12)
        points = None
        if typed:
            try:
                points = Decimal(typed)
            except InvalidOperation:
                wrong.append(Problem(f"“{item.code}”的分数看不懂，请填数字。", field=f"points-{item.code}"))
                continue
        met = {"yes": True, "no": False}.get(data.get(f"met-{item.code}", "")) if item.veto else None
        scored = Scored(points, met, data.get(f"text-{item.code}", "")[:1000])
        if said := rules.score_problem(item, scored):
            wrong.append(Problem(said, field=f"points-{item.code}"))
        else:
            scores[item.code] = scored
    return scores, wrong
