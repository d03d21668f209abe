"""A draft as files: whatever was read, they are TOML that gives the draft back, with every mark in them."""

import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from known import packs
from unseen import MEASURES, OPINION, PLAN

from tuoyu.jurisdictions.packs import Pack
from tuoyu.jurisdictions.packs.drafts import open_marks
from tuoyu.jurisdictions.packs.schema import FILES
from tuoyu.policy.reading import Reading, read_text
from tuoyu.policy.reading.model import Basis, Clause, Duty, Seat, Target
from tuoyu.policy.scaffolding import Mark, content_of, draft_of, files_of

# Making a failing reading smaller takes minutes and tells little.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
# Anything a reader might ever give away: quotes, brackets, comment signs, line ends, halves of characters.
words = st.text(
    st.one_of(st.sampled_from("托育机构备案市局、（）。#\"'\\[]=\n\r\t\x00\x7f\u2028县"), st.characters()),
    max_size=30,
)
long = st.one_of(words, st.just("局" * 150))
numbers = st.one_of(st.none(), st.integers(), st.floats())
clauses = st.builds(
    Clause, id=long, kind=words, heading=long, text=words, lead=st.lists(long, max_size=3),
    responsible=st.lists(long, max_size=3), default_responsible=st.lists(long, max_size=2),
)  # fmt: skip
targets = st.builds(
    Target, clause=words, text=words, comparator=st.sampled_from([">=", "between", "reached", "?"]),
    value=numbers, value_max=numbers, unit=st.one_of(st.none(), words),
    deadline=st.one_of(st.none(), words, st.just("2030-12-31")), recurring=st.one_of(st.none(), words),
)  # fmt: skip
readings = st.builds(
    Reading, title=long, issuer=words, document_number=words, date=words,
    basis=st.lists(st.builds(Basis, long, words), max_size=2),
    clauses=st.lists(clauses, min_size=1, max_size=4), targets=st.lists(targets, max_size=3),
    duties=st.lists(st.builds(Duty, long, words), max_size=3),
    seats=st.lists(st.builds(Seat, st.sampled_from(["member", "lead", "guest"]), long), max_size=3),
)  # fmt: skip


def parsed(files: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {name: tomllib.loads(text) for name, text in files.items()}


@given(readings)
@settings(max_examples=80, deadline=None, phases=QUICK)
def test_whatever_was_read_the_files_give_the_draft_back(reading: Reading) -> None:
    for target in reading.targets:
        target.clause = reading.clauses[0].id
    draft = draft_of(reading, code="330106", packs=packs())
    files = files_of(draft.content, draft.marks)
    for text in files.values():
        text.encode()
    assert content_of(parsed(files)) == draft.content
    Pack.model_validate(draft.content, strict=False)
    for name, tree in parsed(files).items():
        FILES[name].model_validate(tree, strict=False)


@given(
    st.dictionaries(st.sampled_from(["clause 一 id", "target 9 text", "seat 1 key", "nonsense", ""]), words)
)
@settings(max_examples=40, deadline=None, phases=QUICK)
def test_whatever_is_marked_the_files_stay_whole(marks: dict[str, str]) -> None:
    content = draft_of(read_text(OPINION), code="330106", packs=packs()).content
    files = files_of(content, [Mark(where, message) for where, message in marks.items()])
    assert content_of(parsed(files)) == content


@pytest.mark.parametrize("text", [PLAN, OPINION, MEASURES])
def test_every_mark_stands_in_a_file(text: str) -> None:
    draft = draft_of(read_text(text), code="330106", packs=packs())
    said = {words for text in files_of(draft.content, draft.marks).values() for _, words in open_marks(text)}
    missing = {mark.message for mark in draft.marks} - said
    # A placeholder is a mark by itself.
    assert all("待概括：" in message or message.endswith("待填写。") for message in missing)


def test_a_mark_stands_beside_what_it_concerns() -> None:
    draft = draft_of(read_text(PLAN), code="330106", packs=packs())
    lines = files_of(draft.content, draft.marks)["clauses.toml"].split("\n")
    (at,) = [at for at, line in enumerate(lines) if "有“产假”" in line]
    assert lines[at + 1] == 'capabilities = ["D4"]'
    departments = files_of(draft.content, draft.marks)["departments.toml"]
    assert '# [[name]]\n# key = ""\n# forms = ["区国资委"]\n# display = "区国资委"' in departments


def test_a_mark_without_a_place_of_its_own_stands_at_the_top() -> None:
    draft = draft_of(read_text(PLAN), code="330106", packs=packs())
    files = files_of(draft.content, [*draft.marks, Mark("clause 九 id", "不在草稿里。")])
    assert files["pack.toml"].startswith("# 待核：")
    assert "# 待核：不在草稿里。" in files["pack.toml"]


@pytest.mark.parametrize("code", ["cn", "320100", "360000", "370323", "370402", "420000"])
def test_a_whole_pack_is_written_and_read_back(code: str) -> None:
    content = packs()[code].model_dump(mode="json", exclude_defaults=True)
    assert content_of(parsed(files_of(content))) == content


@pytest.mark.parametrize("change", [lambda c: c.pop("document"), lambda c: c.pop("name_of")])
def test_what_a_person_took_out_stays_out(change: Callable[[dict[str, Any]], Any]) -> None:
    content = draft_of(read_text(PLAN), code="330106", packs=packs()).content
    change(content)
    assert content_of(parsed(files_of(content))) == content
