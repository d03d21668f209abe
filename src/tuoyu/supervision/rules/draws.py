"""The draw: from a frozen pool and a seed nobody chose, who is inspected by whom. No database, no floats.

Whoever has the file of a draw repeats it bit for bit with SHA-256 and comparisons of whole numbers:

- The pool is one JSON text (`canonical`); its SHA-256 was written down before the seed's moment.
- The seed is SHA-256 of `FORMAT`, the pool's hash and the public value, each on a line of its own.
- An institution of weight w has w tickets. A ticket's number is SHA-256 of `seed:institution:<id>:<ticket>`;
  the highest of its tickets counts. The institutions with the highest tickets are drawn, the highest first.
  That is weighted drawing without replacement (Efraimidis and Spirakis 2006: u^(1/w) is distributed as the
  highest of w such u), and with equal weights a plain shuffle.
- Inspectors are dealt like cards, department by department: its inspectors in the order of
  SHA-256 of `seed:inspector:<department>:<round>:<id>`, round after round. To each institution drawn, in
  order, go the first cards of people who have no conflict there and are not among its inspectors yet; a card
  passed over stays where it is.
- Whoever turns out to have a conflict afterwards is replaced by the next of the department's first round,
  from that person on and round again, without a conflict there and not among its inspectors yet: no new luck.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

FORMAT = "tuoyu-draw/1"
# A weight is so many tickets: more would only cost time.
MOST_WEIGHT = 1000


@dataclass(frozen=True)
class Candidate:
    """An institution that may be drawn."""

    id: int
    name: str
    weight: int


@dataclass(frozen=True)
class Inspector:
    """Somebody who may be sent, by number; the name is nobody's business but the office's."""

    id: int
    department: str


@dataclass(frozen=True)
class Need:
    """How many inspectors a department sends to each institution."""

    department: str
    inspectors: int


@dataclass(frozen=True)
class Pool:
    """Everything a draw depends on but the seed. `conflicts` are pairs of inspector and institution."""

    plan: Mapping[str, Any]
    count: int
    frozen_at: str
    seed_source: str
    seed_moment: str
    needs: tuple[Need, ...]
    institutions: tuple[Candidate, ...]
    inspectors: tuple[Inspector, ...]
    conflicts: tuple[tuple[int, int], ...] = ()

    def text(self) -> str:
        """The pool as its one canonical text."""
        return canonical(
            {
                "format": FORMAT,
                "plan": dict(self.plan),
                "count": self.count,
                "frozen_at": self.frozen_at,
                "seed_source": self.seed_source,
                "seed_moment": self.seed_moment,
                "needs": [asdict(need) for need in self.needs],
                "institutions": [vars(one) for one in sorted(self.institutions, key=lambda one: one.id)],
                "inspectors": [
                    vars(one) for one in sorted(self.inspectors, key=lambda one: (one.department, one.id))
                ],
                "conflicts": sorted(self.conflicts),
            }
        )


@dataclass(frozen=True)
class Drawn:
    """One institution that was drawn, with its inspectors by department."""

    institution: int
    inspectors: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class StandingIn:
    """Somebody goes to an institution that was drawn instead of somebody who was drawn. `away` are those who
    cannot go there since the list was frozen: a conflict declared, a post left."""

    institution: int
    department: str
    out: int
    into: int
    away: tuple[int, ...]
    at: str

    def as_plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "institution": self.institution, "department": self.department, "out": self.out,
            "in": self.into, "away": list(self.away), "at": self.at,
        }  # fmt: skip


class NotAPool(ValueError):
    """The text is no pool of this format, or not in its one canonical form."""


def canonical(plain: Any) -> str:
    """The one way to write plain data as JSON: keys sorted, no blanks, Chinese as it is."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_pool(text: str) -> Pool:
    """The pool that a text describes; NotAPool for anything a draw cannot rest on."""
    try:
        plain = json.loads(text)
        if plain["format"] != FORMAT:
            raise NotAPool(f"名单的格式不是{FORMAT}。")
        pool = Pool(
            plan=dict(plain["plan"]),
            count=_whole(plain["count"], 1),
            frozen_at=str(plain["frozen_at"]),
            seed_source=str(plain["seed_source"]),
            seed_moment=str(plain["seed_moment"]),
            needs=tuple(Need(str(n["department"]), _whole(n["inspectors"], 1)) for n in plain["needs"]),
            institutions=tuple(
                Candidate(_whole(c["id"], 1), str(c["name"]), _whole(c["weight"], 1, MOST_WEIGHT))
                for c in plain["institutions"]
            ),
            inspectors=tuple(
                Inspector(_whole(i["id"], 1), str(i["department"])) for i in plain["inspectors"]
            ),
            conflicts=tuple((_whole(a, 1), _whole(b, 1)) for a, b in plain["conflicts"]),
        )
        moments = datetime.fromisoformat(pool.frozen_at), datetime.fromisoformat(pool.seed_moment)
        if moments[0] >= moments[1]:
            raise NotAPool("种子的公布时间不晚于名单封存时间。")
    except NotAPool:
        raise
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise NotAPool("名单看不懂，缺少内容或内容不对。") from error
    if pool.text() != text:
        raise NotAPool("名单的文本不是规定的写法，不能据此计算。")
    return pool


def _whole(given: Any, least: int, most: int = 2**53) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise NotAPool(f"名单里的数{given!r}不在{least}到{most}之间。")
    return given


def shortage(pool: Pool, called: Mapping[str, str] | None = None) -> list[str]:
    """Why no draw can rest on this pool, in sentences; nothing when it can.

    Asked of the whole pool and before the seed is known: whatever is drawn, there must be enough inspectors.
    `called` says what departments are called.
    """
    found = []
    names = called or {}
    if not pool.institutions:
        found.append("没有可以抽取的机构。")
    elif pool.count > len(pool.institutions):
        found.append(f"要抽{pool.count}家，名单里只有{len(pool.institutions)}家。")
    if len({one.id for one in pool.institutions}) != len(pool.institutions):
        found.append("有机构在名单里出现两次。")
    if len({one.id for one in pool.inspectors}) != len(pool.inspectors):
        found.append("有检查人员在名单里出现两次。")
    if not pool.needs:
        found.append("没有写明哪个部门去检查。")
    barred = _barred(pool)
    for need in pool.needs:
        people = {one.id for one in pool.inspectors if one.department == need.department}
        name = names.get(need.department, need.department)
        if len(people) < need.inspectors:
            found.append(f"{name}：每家至少{need.inspectors}名检查人员，可派的只有{len(people)}名。")
            continue
        for one in pool.institutions if barred else ():
            free = len(people - barred.get(one.id, frozenset()))
            if free < need.inspectors:
                found.append(f"{one.name}：{name}至少{need.inspectors}名检查人员，回避后只剩{free}名。")
    return found


def seed_of(pool_hash: str, value: str) -> str:
    """The seed that follows from the frozen pool and the public value."""
    return digest(f"{FORMAT}\n{pool_hash}\n{tidy_value(value)}\n")


def tidy_value(value: str) -> str:
    """A public value as it counts: its digits in groups, however set apart (`03、11+ 7` → `03 11 7`)."""
    plain = "".join(c if c in "0123456789" else " " for c in value.translate(_WIDE))
    return " ".join(plain.split())


_WIDE = {ord("０") + n: str(n) for n in range(10)}


def drawn(pool: Pool, seed: str) -> list[Drawn]:
    """What the seed makes of the pool; ValueError with the shortage when the pool is none to draw from."""
    wrong = shortage(pool)
    if wrong:
        raise ValueError(" ".join(wrong))
    chosen = _chosen(pool, seed)
    barred = _barred(pool)
    dealt = {need.department: _dealt(pool, need, seed, chosen, barred) for need in pool.needs}
    return [
        Drawn(institution, {department: hands[place] for department, hands in dealt.items()})
        for place, institution in enumerate(chosen)
    ]


def _chosen(pool: Pool, seed: str) -> list[int]:
    """The institutions drawn, the highest ticket first."""
    begun = hashlib.sha256(f"{seed}:institution:".encode())
    highest = []
    for one in pool.institutions:
        best = b""
        for ticket in range(one.weight):
            hashed = begun.copy()
            hashed.update(b"%d:%d" % (one.id, ticket))
            best = max(best, hashed.digest())
        highest.append((best, one.id))
    highest.sort(reverse=True)
    return [institution for _, institution in highest[: pool.count]]


def _dealt(
    pool: Pool, need: Need, seed: str, chosen: Sequence[int], barred: Mapping[int, Collection[int]]
) -> list[tuple[int, ...]]:
    """The inspectors of one department for each institution drawn."""
    people = sorted({one.id for one in pool.inspectors if one.department == need.department})
    rounds = _rounds(people, f"{seed}:inspector:{need.department}")
    cards: list[int] = []
    hands = []
    for institution in chosen:
        away = barred.get(institution, frozenset())
        hand: list[int] = []
        passed: list[int] = []
        while len(hand) < need.inspectors:
            if not cards:
                # From the end, so that taking the first card costs nothing.
                cards = next(rounds)[::-1]
            card = cards.pop()
            (passed if card in away or card in hand else hand).append(card)
        cards += passed[::-1]
        hands.append(tuple(hand))
    return hands


def next_instead(
    pool: Pool,
    seed: str,
    institution: int,
    department: str,
    *,
    out: int,
    team: Collection[int],
    away: Collection[int],
) -> int | None:
    """Who goes instead of `out`, as the seed says; None when nobody of the department is left.

    `team` are all the institution's inspectors now, `away` those who cannot go since the list was frozen.
    """
    people = sorted({one.id for one in pool.inspectors if one.department == department})
    order = next(_rounds(people, f"{seed}:inspector:{department}"))
    if out not in order:
        return None
    start = order.index(out) + 1
    barred = _barred(pool).get(institution, frozenset()) | set(away) | set(team) | {out}
    return next((one for one in order[start:] + order[:start] if one not in barred), None)


def _rounds(people: Sequence[int], salt: str) -> Iterator[list[int]]:
    """The people of a department in one random order after another."""
    number = 0
    while True:
        yield sorted(people, key=lambda one: digest(f"{salt}:{number}:{one}"))
        number += 1


def _barred(pool: Pool) -> Mapping[int, frozenset[int]]:
    """For each institution who has a conflict of interest there."""
    found: dict[int, set[int]] = defaultdict(set)
    for inspector, institution in pool.conflicts:
        found[institution].add(inspector)
    return {institution: frozenset(people) for institution, people in found.items()}


# ---------------------------------------------------------------- the file of a draw


def file_of(
    pool_text: str, value: str, found: Sequence[Drawn], *, replaced: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """What is published of a draw. `replaced` are the draws it stands in for, each with hash and reason."""
    pool_hash = digest(pool_text)
    return {
        "format": FORMAT,
        "pool": pool_text,
        "pool_sha256": pool_hash,
        "value": value,
        "seed": seed_of(pool_hash, value),
        "drawn": as_plain(found),
        "replaced": [dict(one) for one in replaced],
        "stand_ins": [],
    }


def as_plain(found: Sequence[Drawn]) -> list[dict[str, Any]]:
    """The result as plain data."""
    return [
        {
            "institution": one.institution,
            "inspectors": {department: list(people) for department, people in one.inspectors.items()},
        }
        for one in found
    ]


def wrong_in(file: Any) -> list[str]:
    """Everything in the file of a draw that does not match, in sentences; nothing when all of it does."""
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        return [f"这不是双随机抽取的公开文件（格式应为{FORMAT}）。"]
    text, value = file.get("pool"), file.get("value")
    if not isinstance(text, str) or not isinstance(value, str):
        return ["文件里没有名单或没有种子的公开数值。"]
    found = []
    if digest(text) != file.get("pool_sha256"):
        found.append("名单与封存时公布的哈希值不符：名单或哈希值被改过。")
    if not tidy_value(value):
        found.append("种子的公开数值里没有数字。")
    seed = seed_of(digest(text), value)
    if seed != file.get("seed"):
        found.append("种子不是由名单的哈希值和公开数值算出的。")
    try:
        pool = read_pool(text)
    except NotAPool as error:
        return [*found, str(error)]
    wrong = shortage(pool)
    if wrong:
        return [*found, *wrong]
    again = as_plain(drawn(pool, seed))
    told = file.get("drawn")
    if told != again:
        found.append(_difference(told, again))
    else:
        found += _wrong_stand_ins(pool, seed, file.get("stand_ins", []), again)
    return found


def teams_of(
    drawn: Sequence[Mapping[str, Any]], stand_ins: Sequence[Mapping[str, Any]]
) -> dict[int, set[int]]:
    """Who goes to each institution, after everybody who was replaced."""
    teams = {
        one["institution"]: {pk for people in one["inspectors"].values() for pk in people} for one in drawn
    }
    for one in stand_ins:
        teams[one["institution"]] = teams[one["institution"]] - {one["out"]} | {one["in"]}
    return teams


def _wrong_stand_ins(pool: Pool, seed: str, told: Any, drawn_: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each replacement that is not the one the seed names, in the order in which they happened."""
    if not isinstance(told, list):
        yield "检查人员的替换看不懂。"
        return
    for number, one in enumerate(told, 1):
        before = teams_of(drawn_, told[: number - 1])
        try:
            team, out = before[one["institution"]], one["out"]
            right = next_instead(
                pool, seed, one["institution"], one["department"], out=out, team=team, away=one["away"]
            )
            fits = out in team and one["in"] == right and out in one["away"]
        except (KeyError, TypeError):
            fits = False
        if not fits:
            yield f"第{number}次替换的检查人员不是按种子应当接替的人。"
            return


def _difference(told: Any, again: Sequence[Mapping[str, Any]]) -> str:
    if not isinstance(told, list) or len(told) != len(again):
        return f"抽中的机构数不对：按种子应为{len(again)}家。"
    for place, (one, right) in enumerate(zip(told, again, strict=True), 1):
        if not isinstance(one, dict) or one.get("institution") != right["institution"]:
            return f"第{place}家不是按种子抽中的机构（应为{right['institution']}）。"
        if one != right:
            return f"第{place}家的检查人员不是按种子抽中的。"
    return "抽取结果与按种子重算的不符。"
