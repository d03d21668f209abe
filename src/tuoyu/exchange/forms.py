"""What people fill in on the pages of the exchange."""

from collections.abc import Mapping

from django import forms

from tuoyu.exchange.queries import Narrowed


class NarrowForm(forms.Form):
    """How a list of messages is narrowed; what makes no sense is left out, not refused."""

    state = forms.CharField(required=False, max_length=16)
    topic = forms.CharField(required=False, max_length=60)
    department = forms.CharField(required=False, max_length=40)
    text = forms.CharField(required=False, max_length=60)

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Narrowed:
        """What an address asks for."""
        form = cls(query)
        form.is_valid()
        return Narrowed(**{name: form.cleaned_data.get(name, "") for name in form.fields})


class ConnectorForm(forms.Form):
    """The address of an office's own system."""

    department = forms.CharField(label="部门", max_length=40, error_messages={"required": "请选择部门。"})
    division_code = forms.RegexField(
        r"^[0-9]{6}([0-9]{3})?\Z",
        label="地区代码",
        error_messages={"required": "请填写地区代码。", "invalid": "地区代码是6位或9位数字。"},
    )
    address = forms.CharField(
        label="接收地址", max_length=300, error_messages={"required": "请填写接收地址。"}
    )
