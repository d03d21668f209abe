"""What must hold of assessments and SQL cannot say."""

from collections.abc import Iterator

from tuoyu.core.checks import check
from tuoyu.ratings import policy, queries, rules
from tuoyu.ratings.models import Assessment, IndicatorTree
from tuoyu.ratings.vocabulary import Side, State, TreeState


@check("ratings.adopted_trees_are_complete", "An adopted tree leaves nothing open that a grade rests on")
def adopted_trees_are_complete() -> Iterator[str]:
    for tree in IndicatorTree.objects.filter(state=TreeState.ADOPTED).iterator():
        for problem in rules.lacking(tree.tree, policy.aspects_at(tree.division_code)):
            yield f"indicator tree {tree.pk}: {problem.message}"


@check("ratings.results_as_scored", "A published result is what the scores handed in come to by its tree")
def results_as_scored() -> Iterator[str]:
    rows = Assessment.objects.filter(state=State.PUBLISHED).select_related("tree", "case")
    for one in rows.iterator():
        found = rules.result_of(one.tree.tree, queries.told_of(one, Side.EXPERT))
        grade = found.grade.name if found.grade else ""
        if (found.total, grade, list(found.vetoed)) != (one.total, one.grade, one.vetoed):
            yield f"assessment {one.pk}: {one.grade or 'no grade'} is not what its scores come to"
        if one.case is None or one.case.state != "done":
            yield f"assessment {one.pk} is published and its case is not decided"
