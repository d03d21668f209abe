"""Scoring chapter by chapter: the institution of itself with its evidence, the assessor of what was given."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, audit, uploads
from tuoyu.core.actor import Actor
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.ratings import actions, queries, rules
from tuoyu.ratings.forms import scores_typed
from tuoyu.ratings.models import Assessment, Evidence
from tuoyu.ratings.permissions import ASSESS_SELF, READ_EVIDENCE, SCORE, VIEW_GIVEN
from tuoyu.ratings.rules import Chapter, Scored
from tuoyu.ratings.views.assessments import visible_or_404
from tuoyu.ratings.views.saying import flash
from tuoyu.ratings.vocabulary import Side, State


@require_GET
@access.permitted(VIEW_GIVEN)
@never_cache
def given(request: HttpRequest) -> HttpResponse:
    """What was given to the agency one scores for."""
    page = page_of(queries.given(access.actor_of(request)), request)
    return render(request, "ratings/given.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(ASSESS_SELF)
@never_cache
def assess_self(request: HttpRequest, pk: int) -> HttpResponse:
    """One chapter of the self-assessment; what is typed is kept at each step."""
    found = visible_or_404(request, pk, ASSESS_SELF)
    if found.state == State.SELF:
        return _chapter_page(request, found, Side.SELF)
    if request.htmx:  # type: ignore[attr-defined]
        late = Problem("自评已经提交，不能再改。")
        return render(request, "ratings/_not_kept.html", {"problems": [late]})
    return redirect("ratings:assessment", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.permitted(VIEW_GIVEN)
@never_cache
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """One chapter as an assessor scores it, beside what the institution says; handed in, it is only shown."""
    return _chapter_page(request, visible_or_404(request, pk, VIEW_GIVEN), Side.EXPERT)


def _chapter_page(request: HttpRequest, found: Assessment, side: Side) -> HttpResponse:
    actor, chapters = access.actor_of(request), found.tree.tree.chapters
    chapter = _asked(request, chapters)
    if request.method == "GET":
        prefetch_related_objects([found], "scores")
    scores = queries.scores_of(found, side)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        typed, problems = scores_typed(chapter, request.POST.dict())
        if request.htmx:  # type: ignore[attr-defined]
            return _kept(request, found, side, chapter, typed, problems)
        scores, status = {**scores, **typed}, 422
        if not problems:
            try:
                _save(actor, found, side, typed)
                return _saved(request, found, side, chapter)
            except Refused as refused:
                problems, status = refused.problems, refused.status
    return render(request, "ratings/score.html", {
        **_frame(request, found, side, chapter, scores),
        "problems": problems,
        "typed": request.POST.dict() if problems else {},
    }, status=status)  # fmt: skip


def _save(by: Actor, found: Assessment, side: Side, typed: Mapping[str, Scored]) -> None:
    if typed:
        save = actions.save_self if side == Side.SELF else actions.save_scores
        save(by=by, assessment=found, scores=typed)


def _kept(
    request: HttpRequest,
    found: Assessment,
    side: Side,
    chapter: Chapter,
    typed: Mapping[str, Scored],
    problems: list[Problem],
) -> HttpResponse:
    """What is typed is kept as one goes: each item that can be, and of the others why not."""
    try:
        _save(access.actor_of(request), found, side, typed)
    except Refused as refused:
        return render(request, "ratings/_not_kept.html", {"problems": refused.problems})
    context = _frame(request, found, side, chapter, queries.scores_of(found, side))
    return render(request, "ratings/_kept.html", context | {"problems": problems, "oob": True})


def _asked(request: HttpRequest, chapters: tuple[Chapter, ...]) -> Chapter:
    asked = request.GET.get("chapter", "")
    return next((one for one in chapters if one.code == asked), chapters[0])


def _address(found: Assessment, side: Side, chapter: Chapter) -> str:
    name = "ratings:assess_self" if side == Side.SELF else "ratings:score"
    return f"{reverse(name, args=[found.pk])}?chapter={chapter.code}"


def _saved(request: HttpRequest, found: Assessment, side: Side, chapter: Chapter) -> HttpResponse:
    """On to the next chapter; from the last to what was meant by it."""
    chapters = found.tree.tree.chapters
    after = chapters.index(chapter) + 1
    messages.success(request, f"第{chapter.code}章已保存。")
    if "next" in request.POST and after < len(chapters):
        return redirect(_address(found, side, chapters[after]))
    return redirect(_address(found, side, chapter))


def _frame(
    request: HttpRequest, found: Assessment, side: Side, chapter: Chapter, scores: Mapping[str, Scored]
) -> dict[str, Any]:
    actor, tree = access.actor_of(request), found.tree.tree
    own = scores if side == Side.SELF else queries.told_of(found, Side.SELF)
    shown = queries.compared(
        (chapter,), own, scores if side == Side.EXPERT else {}, queries.files_of(actor, found)
    )
    steps = []
    for one in tree.chapters:
        done, of = queries.progress(one, scores)
        steps.append({
            "label": f"{one.code} {one.name}", "href": _address(found, side, one), "note": f"{done}/{of}项",
            "state": "current" if one == chapter else "done" if done == of else "todo",
        })  # fmt: skip
    missing = rules.missing_of(tree.items, scores)
    return {
        "found": found,
        "side": side,
        "is_self": side == Side.SELF,
        "chapter": chapter,
        "chapter_choices": [(item.code, f"{item.code} {item.text}") for item in chapter.items],
        "items": shown[0][1],
        "steps": steps,
        "done": len(tree.items) - len(missing),
        "of": len(tree.items),
        "complete": not missing,
        "is_last": chapter == tree.chapters[-1],
        "writes": side == Side.SELF or found.state == State.SCORING,
        "here": _address(found, side, chapter),
        "saved_at": queries.saved_at(found, side),
    }


@require_POST
@access.permitted(ASSESS_SELF)
def hand_in_self(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in the self-assessment."""
    found = visible_or_404(request, pk, ASSESS_SELF)
    try:
        actions.hand_in_self(by=access.actor_of(request), assessment=found)
        messages.success(request, "自评已提交，评估机构将开始评分。")
    except Refused as refused:
        flash(request, refused)
        return redirect("ratings:assess_self", pk)
    return redirect("ratings:assessment", pk)


@require_POST
@access.permitted(SCORE)
def hand_in_scores(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in the agency's scores."""
    found = visible_or_404(request, pk, SCORE)
    try:
        actions.hand_in_scores(by=access.actor_of(request), assessment=found)
        messages.success(request, "评分已提交，由卫生健康部门核对。")
    except Refused as refused:
        flash(request, refused)
        return redirect("ratings:score", pk)
    return redirect("ratings:given")


@require_POST
@access.permitted(ASSESS_SELF)
def add_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a file for an item."""
    found, code, file = (
        visible_or_404(request, pk, ASSESS_SELF),
        request.POST.get("code", ""),
        request.FILES.get("file"),
    )
    chapter = next((c for c in found.tree.tree.chapters if any(i.code == code for i in c.items)), None)
    try:
        if file is None:
            raise Refused("请先选择一个文件。")
        actions.add_evidence(by=access.actor_of(request), assessment=found, code=code, file=file)
        messages.success(request, f"“{code}”的证明已上传。")
    except Refused as refused:
        flash(request, refused)
    return redirect(
        _address(found, Side.SELF, chapter) if chapter else reverse("ratings:assess_self", args=[pk])
    )


@require_POST
@access.permitted(ASSESS_SELF)
def remove_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a file no longer."""
    actor = access.actor_of(request)
    rows = Evidence.objects.filter(
        removed_at=None, assessment__in=visible_to(actor, ASSESS_SELF, Assessment.objects.all())
    )
    found = rows.select_related("assessment").filter(pk=pk).first()
    if found is None:
        raise Http404
    try:
        actions.remove_evidence(by=actor, evidence=found)
        messages.success(request, "已移除。")
    except Refused as refused:
        flash(request, refused)
    return redirect("ratings:assess_self", found.assessment_id)


@require_GET
@access.permitted(READ_EVIDENCE)
@never_cache
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file shown for an item; that somebody else looked at it is written down."""
    actor = access.actor_of(request)
    rows = Evidence.objects.filter(removed_at=None).select_related("file", "assessment")
    found = get_visible(actor, READ_EVIDENCE, rows, pk=pk)
    if not any(seat.institution_id == found.assessment.institution_id for seat in actor.seats):
        audit.read(actor, found, ["file"], topic=found.assessment.topic)
    return uploads.stream(found.file, inline=True)
