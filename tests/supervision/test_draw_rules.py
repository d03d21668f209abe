"""The draw as arithmetic: fair, monotone in weight, repeatable by anybody, and nothing in its file to be
changed without being found."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoyu.supervision.rules import draws
from tuoyu.supervision.rules.draws import Candidate, Inspector, Need, NotAPool, Pool


def pool(*weights: int, count: int = 1, people: int = 3, **more: Any) -> Pool:
    """Institutions 1, 2, … of these weights, and so many inspectors of health."""
    made = Pool(
        plan={"year": 2026, "kind": "random"},
        count=count,
        frozen_at="2026-11-02T10:00:00+08:00",
        seed_source="双色球第2026126期",
        seed_moment="2026-11-03T21:15:00+08:00",
        needs=(Need("health", 2),),
        institutions=tuple(Candidate(n, f"第{n}家", weight) for n, weight in enumerate(weights, 1)),
        inspectors=tuple(Inspector(100 + n, "health") for n in range(people)),
    )
    return replace(made, **more)


def first(one: Pool, number: int) -> int:
    return draws.drawn(one, draws.seed_of("0" * 64, str(number)))[0].institution


pools = st.builds(
    lambda weights, share, people, needs: pool(
        *weights, count=1 + share % len(weights), people=needs + people, needs=(Need("health", needs),)
    ),
    st.lists(st.integers(1, 6), min_size=1, max_size=25),
    st.integers(0, 100),
    st.integers(0, 5),
    st.integers(1, 3),
)


# ---------------------------------------------------------------- fair

SEEDS = 10_000
# Chi-square with 7 degrees of freedom: a fair draw goes beyond it once in 10,000 runs; the seeds are fixed.
BOUND_7 = 29.88


def test_with_equal_weights_every_institution_is_drawn_first_equally_often() -> None:
    eight, counted = pool(*[1] * 8), dict.fromkeys(range(1, 9), 0)
    for number in range(SEEDS):
        counted[first(eight, number)] += 1
    expected = SEEDS / 8
    assert sum((found - expected) ** 2 / expected for found in counted.values()) < BOUND_7


def test_with_equal_weights_no_place_in_the_order_is_anybodys() -> None:
    """Where the first institution comes among five: each place equally often."""
    five, places = pool(*[3] * 5, count=5), [0] * 5
    for number in range(2_000):
        order = [one.institution for one in draws.drawn(five, draws.seed_of("1" * 64, str(number)))]
        places[order.index(1)] += 1
    # 4 degrees of freedom, once in 10,000.
    assert sum((found - 400) ** 2 / 400 for found in places) < 23.51


def test_three_times_the_weight_is_three_times_the_chance() -> None:
    one = pool(3, 1, 1, 1)
    found = sum(first(one, number) == 1 for number in range(4_000))
    # Half of them, give or take four standard deviations.
    assert abs(found - 2_000) < 4 * (4_000 * 0.25) ** 0.5


@given(pools, st.integers(0, 10**6), st.data())
def test_more_weight_never_puts_an_institution_further_down(one: Pool, value: int, data: Any) -> None:
    whole = replace(one, count=len(one.institutions))
    chosen = data.draw(st.sampled_from(whole.institutions))
    heavier = replace(
        whole,
        institutions=tuple(replace(c, weight=c.weight + (c is chosen)) for c in whole.institutions),
    )
    seed = draws.seed_of("2" * 64, str(value))

    def place(which: Pool) -> int:
        return [d.institution for d in draws.drawn(which, seed)].index(chosen.id)

    assert place(heavier) <= place(whole)


# ---------------------------------------------------------------- inspectors


@given(pools, st.integers(0, 10**6))
def test_each_is_inspected_by_as_many_as_the_law_wants_and_nobody_works_much_more(
    one: Pool, value: int
) -> None:
    found = draws.drawn(one, draws.seed_of("3" * 64, str(value)))
    assert len({d.institution for d in found}) == one.count == len(found)
    times = dict.fromkeys((i.id for i in one.inspectors), 0)
    for each in found:
        sent = each.inspectors["health"]
        assert len(set(sent)) == len(sent) == one.needs[0].inspectors
        for person in sent:
            times[person] += 1
    assert max(times.values()) - min(times.values()) <= 1 + (
        len(one.inspectors) < 2 * one.needs[0].inspectors
    )


@given(st.integers(0, 10**6), st.sets(st.tuples(st.integers(100, 105), st.integers(1, 8)), max_size=20))
def test_nobody_is_sent_where_there_is_a_conflict_or_the_draw_is_refused(
    value: int, conflicts: set[tuple[int, int]]
) -> None:
    one = pool(*[1] * 8, count=8, people=6, conflicts=tuple(conflicts))
    free = {n: 6 - sum(place == n for _, place in conflicts) for n in range(1, 9)}
    if min(free.values()) < 2:
        assert any("回避后只剩" in sentence for sentence in draws.shortage(one))
        with pytest.raises(ValueError, match="回避"):
            draws.drawn(one, "0" * 64)
        return
    sent = {(p, d.institution) for d in draws.drawn(one, draws.seed_of("4" * 64, str(value)))
            for p in d.inspectors["health"]}  # fmt: skip
    assert not sent & conflicts


def test_too_few_inspectors_are_named_with_their_department() -> None:
    one = pool(1, 1, people=1)
    assert draws.shortage(one, {"health": "区卫健委"}) == ["区卫健委：每家至少2名检查人员，可派的只有1名。"]
    assert draws.shortage(replace(pool(1), count=2)) == ["要抽2家，名单里只有1家。"]


# ---------------------------------------------------------------- repeatable


def test_a_draw_is_what_it_was_when_this_was_written() -> None:
    """The same on every machine and in every year: nothing here may ever change."""
    one = pool(1, 2, 1, 3, count=3, people=4)
    assert draws.digest(one.text()) == GOLDEN["pool"]
    seed = draws.seed_of(draws.digest(one.text()), "03 11 17 20 25 32 + 07")
    assert seed == GOLDEN["seed"]
    assert draws.as_plain(draws.drawn(one, seed)) == GOLDEN["drawn"]


GOLDEN: dict[str, Any] = {
    "pool": "280852f92c7c117fa8c93c87841c34a0759fd67d7f25504d0dfe8d109c1c7e33",
    "seed": "7fffda7bec0f735541396c5211978491c4e36c4ec32f4f5dffe343e244d0646e",
    "drawn": [
        {"institution": 1, "inspectors": {"health": [103, 100]}},
        {"institution": 4, "inspectors": {"health": [101, 102]}},
        {"institution": 3, "inspectors": {"health": [102, 103]}},
    ],
}


@given(pools)
def test_a_pool_is_read_back_from_its_text(one: Pool) -> None:
    again = draws.read_pool(one.text())
    assert again.text() == one.text()
    assert draws.as_plain(draws.drawn(again, "5" * 64)) == draws.as_plain(draws.drawn(one, "5" * 64))


@pytest.mark.parametrize(
    "typed", ["03、11，17 20 25 32＋07", "０３ 11 17 20 25 32 + 07", " 03 11 17 20 25 32 07 "]
)
def test_a_value_counts_however_its_digits_are_set_apart(typed: str) -> None:
    assert draws.tidy_value(typed) == "03 11 17 20 25 32 07"


# ---------------------------------------------------------------- the file


def file() -> dict[str, Any]:
    one = pool(1, 2, 1, 3, 1, count=3, people=4)
    text, value = one.text(), "03 11 17"
    return draws.file_of(text, value, draws.drawn(one, draws.seed_of(draws.digest(text), value)))


def test_the_file_of_a_draw_matches_itself() -> None:
    assert draws.wrong_in(json.loads(json.dumps(file()))) == []


def _dropped(it: dict[str, Any]) -> None:
    plain = json.loads(it["pool"])
    plain["institutions"].pop()
    it["pool"] = draws.canonical(plain)


def _heavier(it: dict[str, Any]) -> None:
    """Somebody changes a weight and puts the hash right as well."""
    plain = json.loads(it["pool"])
    plain["institutions"][0]["weight"] += 1
    it["pool"] = draws.canonical(plain)
    it["pool_sha256"] = draws.digest(it["pool"])


def _late(it: dict[str, Any]) -> None:
    plain = json.loads(it["pool"])
    plain["frozen_at"] = "2026-11-04T10:00:00+08:00"
    it["pool"] = draws.canonical(plain)
    it["pool_sha256"] = draws.digest(it["pool"])
    it["seed"] = draws.seed_of(it["pool_sha256"], it["value"])


def _swapped(it: dict[str, Any]) -> None:
    it["drawn"][0], it["drawn"][1] = it["drawn"][1], it["drawn"][0]


def _sent(it: dict[str, Any]) -> None:
    people = it["drawn"][0]["inspectors"]["health"]
    people.reverse()


TAMPERED = {
    "an institution is taken out": (_dropped, "哈希值不符"),
    "a weight is changed with its hash": (_heavier, "种子不是由"),
    "the pool was frozen after the seed": (_late, "不晚于"),
    "the value is another": (lambda it: it.update(value="04 11 17"), "种子不是由"),
    "the seed is another": (lambda it: it.update(seed="0" * 64), "种子不是由"),
    "two institutions change places": (_swapped, "第1家不是"),
    "other inspectors go": (_sent, "第1家的检查人员"),
    "one institution is gone from the result": (lambda it: it["drawn"].pop(), "应为3家"),
    "the pool is no text": (lambda it: it.update(pool=[]), "没有名单"),
    "the pool is nonsense": (lambda it: it.update(pool="[" * 99), "看不懂"),
    "the pool is set differently": (lambda it: it.update(pool=it["pool"] + " "), "不是规定的写法"),
    "it is another file": (lambda it: it.update(format="x"), "不是双随机"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_file_is_found(what: str) -> None:
    it = file()
    change, says = TAMPERED[what]
    change(it)
    assert any(says in sentence for sentence in draws.wrong_in(it)), draws.wrong_in(it)


KEYS = st.sampled_from(["format", "pool", "value", "drawn", "x"])
PLAIN = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)))
def test_whatever_a_file_holds_is_answered_in_sentences(given_: Any) -> None:
    assert draws.wrong_in(given_)
    if isinstance(given_, dict):
        assert draws.wrong_in({**file(), "drawn": given_})


@pytest.mark.parametrize("change", [
    {"count": True}, {"count": 0}, {"count": 1.5},
    {"institutions": [{"id": 1, "name": "甲", "weight": 10**9}]},
    {"conflicts": [[1]]}, {"seed_moment": "gestern"}, {"needs": None},
])  # fmt: skip
def test_a_pool_nobody_could_draw_from_is_none(change: dict[str, Any]) -> None:
    plain = json.loads(pool(1, 1).text()) | change
    with pytest.raises(NotAPool):
        draws.read_pool(draws.canonical(plain))


def test_whoever_stands_in_is_the_next_in_the_seeds_own_order_and_round_again() -> None:
    made = pool(1, people=6, conflicts=((100, 1),))
    for n in range(40):
        seed = draws.digest(str(n))
        order = sorted(range(100, 106), key=lambda one: draws.digest(f"{seed}:inspector:health:0:{one}"))
        out, mate, away = order[4], order[5], {order[0], order[4]}
        free = [one for one in order[:4] if one not in away | {100}]
        got = draws.next_instead(made, seed, 1, "health", out=out, team={out, mate}, away=away)
        assert got == free[0]
        second = draws.next_instead(made, seed, 1, "health", out=order[1], team={order[1]}, away={order[1]})
        assert second == next(one for one in order[2:] if one != 100)
        assert draws.next_instead(made, seed, 1, "health", out=out, team={out}, away=set(order)) is None
