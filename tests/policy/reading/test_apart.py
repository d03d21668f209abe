"""A file somebody sends is read in a process of its own, which may take so long and no longer."""

import random
import time

import pytest
from invented import OPINION, PLAN

from tuoyu.policy.reading import Unreadable, mark_text
from tuoyu.policy.reading.apart import mark_apart, reading_of


def test_what_is_read_apart_is_what_is_read_here() -> None:
    for text in (PLAN, OPINION):
        assert mark_apart(text.encode(), "甲.txt") == mark_text(text)
        assert reading_of(mark_text(text).reading.as_json()) == mark_text(text).reading


def test_an_unreadable_file_says_the_same_sentence() -> None:
    with pytest.raises(Unreadable, match="旧版 Word"):
        mark_apart(b"\xd0\xcf\x11\xe0" + bytes(100), "旧.doc")


def test_a_file_that_takes_too_long_is_given_up() -> None:
    han = "".join(chr(random.Random(1).randint(0x4E00, 0x9FA5)) for _ in range(10))
    slow = "一、甲。\n二、乙。\n" + "".join(random.Random(2).choices(han + "市局委，。（）", k=300_000))
    began = time.monotonic()
    with pytest.raises(Unreadable, match="没有读完"):
        mark_apart(slow.encode(), "慢.txt", seconds=0.5)
    assert time.monotonic() - began < 5


def test_a_file_that_needs_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuoyu.policy.reading.apart.sys.executable", "/bin/false")
    with pytest.raises(Unreadable, match="没有读成"):
        mark_apart(b"x", "坏.txt")
