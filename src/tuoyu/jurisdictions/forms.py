"""Forms of the settings and of the calendar."""

from typing import Any

from django import forms

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.jurisdictions import choices


def _date(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class SettingForm(forms.Form):
    """What a division decides where its document leaves a choice."""

    division = forms.ChoiceField(label="地方")
    key = forms.ChoiceField(label="事项")
    value = forms.ChoiceField(label="决定")
    effective_from = _date("生效日期", help_text="此前的决定到这一天为止。")
    basis = forms.CharField(
        label="依据",
        max_length=500,
        help_text="哪份文件或哪次会议决定的，会随规则一起公开。",
        widget=forms.Textarea,
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = choices.places_of(actor)
        open_here = {c.key: c for place in places for c in choices.open_choices(place.code)}
        offers = dict(offer for choice in open_here.values() for offer in choice.offers)
        self._choose("division", [(p.code, p.full_name) for p in places])
        self._choose("key", [(c.key, c.label) for c in open_here.values()])
        self._choose("value", list(offers.items()))
        self.initial.setdefault("effective_from", clock.today())

    @property
    def is_open(self) -> bool:
        """Whether there is anything to decide."""
        return bool(self._field("division").choices and self._field("key").choices)

    def _choose(self, name: str, options: list[tuple[str, str]]) -> None:
        self._field(name).choices = options

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field


class WorkdayForm(forms.Form):
    """A day on which the office's calendar differs from the published one."""

    on = _date("日期")
    is_workday = forms.ChoiceField(
        label="这一天", choices=[("no", "放假"), ("yes", "上班")], widget=forms.RadioSelect, initial="no"
    )
    note = forms.CharField(label="依据", max_length=200, help_text="例如放假通知的文号。")
