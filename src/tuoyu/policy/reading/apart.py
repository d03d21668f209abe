"""Reading a file somebody sent, in a process of its own: it may take so long and so much memory, no more.

Whatever a file does to the process that reads it, the server goes on.
"""

import json
import sys

from tuoyu.core.apart import Apart, NotDone, hold_to
from tuoyu.policy.reading import Marked, Segment, mark_bytes
from tuoyu.policy.reading.model import (
    Basis,
    Clause,
    Duty,
    Noise,
    Reading,
    Seat,
    Target,
    Unreadable,
)

MOST_SECONDS = 20
MOST_MEMORY = 1536 * 1024 * 1024
AT_ONCE = 2

_reader = Apart(__name__, seconds=MOST_SECONDS, at_once=AT_ONCE)


def mark_apart(data: bytes, name: str, seconds: float = MOST_SECONDS) -> Marked:
    """Read and mark a file's content elsewhere. Raises Unreadable with one sentence."""
    try:
        done = _reader.run([name], data, seconds)
    except NotDone as wrong:
        said = {
            "busy": "正在读别的文件，请过一会儿再试。",
            "slow": f"{name}：读了 {seconds:g} 秒还没有读完，不像一份政策文件，已停止。请只留正文再试。",
        }
        broken = f"{name}：读到一半出错，没有读成。请另存为 docx 或 txt 再试。"
        raise Unreadable(said.get(str(wrong), broken)) from None
    told = json.loads(done)
    if "unreadable" in told:
        raise Unreadable(told["unreadable"])
    segments = tuple(Segment(**segment) for segment in told["segments"])
    return Marked(reading_of(told["reading"]), segments)


def reading_of(told: dict[str, object]) -> Reading:
    """The reading that `Reading.as_json` made plain data of."""
    reading = Reading(**told)  # type: ignore[arg-type]
    shapes = (
        ("basis", Basis),
        ("clauses", Clause),
        ("targets", Target),
        ("duties", Duty),
        ("seats", Seat),
        ("noise", Noise),
    )
    for name, shape in shapes:
        setattr(reading, name, [shape(**row) for row in getattr(reading, name)])
    return reading


def _read(name: str) -> None:
    """What the other process does: the file comes in, its reading goes out."""
    hold_to(MOST_MEMORY)
    try:
        marked = mark_bytes(sys.stdin.buffer.read(), name)
    except Unreadable as refused:
        told: dict[str, object] = {"unreadable": str(refused)}
    else:
        told = {
            "reading": marked.reading.as_json(),
            "segments": [segment.as_json() for segment in marked.segments],
        }
    json.dump(told, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    _read(sys.argv[1])
