"""The look of a state."""

from pathlib import Path

import pytest

from tuoyu.project import badges

ICONS = Path(__file__).parents[2] / "frontend" / "src" / "icons.txt"


def test_a_page_may_say_a_known_state_in_its_own_words() -> None:
    assert badges.state_badge("returned", "请补两项材料") == ("请补两项材料", "amber", "arrow-back-up")


def test_a_state_nobody_drew_needs_a_label() -> None:
    with pytest.raises(KeyError):
        badges.state_badge("asleep")
    assert badges.state_badge("asleep", "休眠").tone == "grey"


def test_every_state_has_a_tone_of_the_house_and_an_icon_we_ship() -> None:
    icons = set(ICONS.read_text().split())
    for badge in badges._STATES.values():
        assert badge.tone in {"grey", "todo", "amber", "red", "green"}
        assert badge.icon in icons
