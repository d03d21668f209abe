"""Where things stand in a drawn flow: a lane for each department, a column for each stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BOX_WIDTH, BOX_HEIGHT = 168, 66
COLUMN, LANE, LANE_NAME, MARGIN = 208, 90, 140, 12
IN_BOX, IN_NOTE, IN_LANE = 9.5, 11.5, 9.5  # how many Chinese characters fit on a line


@dataclass(frozen=True)
class Box:
    """One step, placed. `after` are the names of the steps it waits for.

    `lines` and `short_note` are its name and note as the drawing has room for them.
    """

    key: str
    name: str
    lines: list[str]
    short_note: str
    department: str
    state: str
    note: str
    stage: int
    x: int
    y: int
    after: tuple[str, ...]


@dataclass(frozen=True)
class Lane:
    name: str
    lines: list[str]
    y: int


@dataclass(frozen=True)
class Flow:
    """A drawing: its size, its lanes, its boxes in reading order, and the lines between them."""

    width: int
    height: int
    lanes: list[Lane]
    boxes: list[Box]
    lines: list[str] = field(default_factory=list)


def draw_flow(steps: Sequence[Any]) -> Flow:
    """Lay out `steps`; each has key, name, department, state and after, and may have note.

    Objects and mappings both serve. A step that waits for an unknown key waits for nothing.
    """
    given = {str(_of(step, "key")): step for step in steps}
    waits = {
        key: [str(a) for a in _of(step, "after") or () if str(a) in given] for key, step in given.items()
    }
    stages = _stages(waits)
    rows = _rows(given, stages)
    boxes = [_box(key, given, waits, stages[key], rows[key]) for key in sorted(given, key=stages.__getitem__)]
    return Flow(
        width=LANE_NAME + (max(stages.values(), default=0) + 1) * COLUMN + MARGIN,
        height=(max(rows.values(), default=0) + 1) * LANE,
        lanes=_lanes(given, rows),
        boxes=boxes,
        lines=_lines(boxes, waits),
    )


def broken(text: str, room: float, most: int) -> list[str]:
    """`text` in at most `most` lines of `room` Chinese characters each; what does not fit ends in ….

    SVG breaks no lines of its own; a Latin letter or a figure takes some half of a character's width.
    """
    lines, width = [""], 0.0
    for character in text:
        wide = 0.58 if character.isascii() else 1.0
        if width + wide > room:
            if len(lines) == most:
                lines[-1] = lines[-1][:-1] + "…"
                break
            lines.append("")
            width = 0.0
        lines[-1] += character
        width += wide
    return [line for line in lines if line]


def _of(step: Any, key: str, default: Any = "") -> Any:
    return step.get(key, default) if isinstance(step, Mapping) else getattr(step, key, default)


def _stages(waits: Mapping[str, list[str]]) -> dict[str, int]:
    """The column of each step: one after the last of those it waits for; a circle is cut."""
    stages: dict[str, int] = {}

    def stage(key: str, above: frozenset[str]) -> int:
        if key not in stages:
            before = [stage(a, above | {key}) for a in waits[key] if a not in above and a != key]
            stages[key] = max(before, default=-1) + 1
        return stages[key]

    for key in waits:
        stage(key, frozenset())
    return stages


def _rows(given: Mapping[str, Any], stages: Mapping[str, int]) -> dict[str, int]:
    """The row of each step; two steps of one department in one column get a row each."""
    lanes: dict[str, dict[int, list[str]]] = {}
    for key, step in given.items():
        lanes.setdefault(str(_of(step, "department")), {}).setdefault(stages[key], []).append(key)
    rows: dict[str, int] = {}
    top = 0
    for columns in lanes.values():
        for keys in columns.values():
            rows.update({key: top + n for n, key in enumerate(keys)})
        top += max(len(keys) for keys in columns.values())
    return rows


def _box(key: str, given: Mapping[str, Any], waits: Mapping[str, list[str]], stage: int, row: int) -> Box:
    step = given[key]
    return Box(
        key=key,
        name=str(_of(step, "name")),
        lines=broken(str(_of(step, "name")), IN_BOX, 2),
        short_note="".join(broken(str(_of(step, "note") or ""), IN_NOTE, 1)),
        department=str(_of(step, "department")),
        state=str(_of(step, "state")),
        note=str(_of(step, "note") or ""),
        stage=stage,
        x=LANE_NAME + stage * COLUMN + (COLUMN - BOX_WIDTH) // 2,
        y=row * LANE + (LANE - BOX_HEIGHT) // 2,
        after=tuple(str(_of(given[a], "name")) for a in waits[key]),
    )


def _lanes(given: Mapping[str, Any], rows: Mapping[str, int]) -> list[Lane]:
    first: dict[str, int] = {}
    for key, step in given.items():
        name = str(_of(step, "department"))
        first[name] = min(first.get(name, rows[key]), rows[key])
    return [Lane(name, broken(name, IN_LANE, 2), row * LANE) for name, row in first.items()]


def _lines(boxes: Sequence[Box], waits: Mapping[str, list[str]]) -> list[str]:
    """A line from the right side of each awaited box to the left side of the one that waits."""
    placed = {box.key: box for box in boxes}
    return [_line(placed[key], box, boxes) for box in boxes for key in waits[box.key]]


def _line(start: Box, end: Box, boxes: Sequence[Box]) -> str:
    """Along the row of `start` where it is free, else along that of `end`, else between two rows."""
    gap = (COLUMN - BOX_WIDTH) // 2
    x1, x2 = start.x + BOX_WIDTH, end.x - 6
    y1, y2 = start.y + BOX_HEIGHT // 2, end.y + BOX_HEIGHT // 2
    crossed = {box.y for box in boxes if start.stage < box.stage < end.stage}
    if start.y not in crossed:
        return f"M{x1} {y1}H{end.x - gap}V{y2}H{x2}"
    if end.y not in crossed:
        return f"M{x1} {y1}H{x1 + gap}V{y2}H{x2}"
    between = end.y - (LANE - BOX_HEIGHT) // 2
    return f"M{x1} {y1}H{x1 + gap}V{between}H{end.x - gap}V{y2}H{x2}"
