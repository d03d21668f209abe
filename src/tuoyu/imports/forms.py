"""What is sent: a file, and which rows are to be written."""

from django import forms


class FileForm(forms.Form):
    """The file that was filled in."""

    file = forms.FileField(label="填好的文件", error_messages={"required": "请选择填好的文件。"})
