"""Text messages: to the console and a file by default, to a gateway where one is set."""

import os
import sys
from pathlib import Path
from typing import Protocol

import httpx
from django.conf import settings

from tuoyu.core import clock
from tuoyu.core.problems import Refused


class Messenger(Protocol):
    """Whatever brings a text to a phone."""

    def send(self, phone: str, text: str) -> None:
        """Send `text` to `phone`; raises Refused (503) when it cannot."""


class ConsoleAndFile:
    """Writes messages where whoever runs the installation can read them, and nobody else."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, phone: str, text: str) -> None:
        line = f"{clock.now().astimezone(clock.BEIJING):%Y-%m-%d %H:%M:%S} {phone} {text}\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as log:
            log.write(line)
        print(f"短信 {line}", end="", file=sys.stderr)


class HttpGateway:
    """Posts `{"phone": …, "text": …}` as JSON to the gateway of the installation."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, phone: str, text: str) -> None:
        try:
            httpx.post(self.url, json={"phone": phone, "text": text}, timeout=5).raise_for_status()
        except httpx.HTTPError as error:
            raise Refused("短信暂时发不出去，请稍后再试。", status=503) from error


def messenger() -> Messenger:
    """The messenger of this installation (`TUOYU_SMS_URL` names a gateway)."""
    return HttpGateway(settings.SMS_URL) if settings.SMS_URL else ConsoleAndFile(settings.VAR / "sms.log")
