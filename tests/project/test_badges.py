"""The look of a state."""

from pathlib import Path

import pytest

from tuoyu.cases.models import Case, Step
from tuoyu.institutions.models import Application
from tuoyu.institutions.vocabulary import Filing
from tuoyu.jurisdictions.coverage import STATE_NAMES
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


def test_a_state_has_one_word_wherever_it_is_said() -> None:
    """What a room calls a state, its badge calls it; a word of its own only where the page gives one."""
    for states in (Case.State, Step.State, Application.State):
        for state in states:
            assert badges.state_badge(state.value).label == state.label, state
    for filing in Filing:
        if filing is not Filing.CANCELLED:
            assert badges.state_badge(filing.value).label == filing.label
    for promise, name in STATE_NAMES.items():
        assert badges.state_badge(promise).label == name
