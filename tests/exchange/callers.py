"""Who calls the API: a stranger, people at their desks, a registrar's own system."""

import json
from datetime import date
from typing import Any

from django.test import Client

from tuoyu.accounts import tokens
from tuoyu.accounts.models import ApiClient, Membership, User
from tuoyu.core import outbox
from tuoyu.core.actor import Role
from tuoyu.core.models import OutboxMessage

GULOU = "320106"
XUANWU = "320102"
ZHANGGONG = "360702"


def person(name: str) -> User:
    return User.objects.filter(username=name).first() or User.objects.create(
        username=name, name=name, origin="command"
    )


def seated(role: Role, department: str = "", division: str = GULOU, name: str = "") -> User:
    """Somebody with a seat; asked twice it is the same person."""
    user = person(name or f"{role}-{department}-{division}")
    if not Membership.objects.filter(user=user).exists():
        Membership.objects.create(
            user=user,
            role=role,
            department=department,
            division_code=division,
            valid=(date(2020, 1, 1), None),
        )
    return user


def token_of(department: str = "civil_affairs", division: str = GULOU) -> str:
    """The token of a department's own system."""
    token = f"ty_{department}-{division}"
    ApiClient.objects.get_or_create(
        token_hash=tokens.hash_of(token),
        defaults={
            "name": f"{department}系统",
            "department": department,
            "division_code": division,
            "token_start": token[:8],
        },
    )
    return token


class Caller:
    """Calls the API as somebody: signed in, with a token, or as nobody."""

    def __init__(self, user: User | None = None, token: str = "", **more: Any) -> None:
        self.client = Client(raise_request_exception=True, **more)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def send(self, method: str, path: str, given: Any = None, **more: Any) -> Any:
        body = given if isinstance(given, str | bytes) else json.dumps(given if given is not None else {})
        return self.client.generic(
            method, f"/api/v1{path}", body, "application/json", headers=self.headers | more
        )

    def post(self, path: str, given: Any = None, **more: Any) -> Any:
        return self.send("POST", path, given, **more)


def stranger() -> Caller:
    return Caller()


def robot(department: str = "civil_affairs", division: str = GULOU) -> Caller:
    return Caller(token=token_of(department, division))


def officer(department: str = "health", division: str = GULOU) -> Caller:
    return Caller(seated(Role.OFFICER, department, division))


def message(
    department: str = "health", division: str = GULOU, key: str = "k1", **payload: Any
) -> OutboxMessage:
    told = {"name": "鼓楼区小星星托育园", "case": "TY32010620260000001", "uscc": "52320106MJ0000018A"}
    return outbox.enqueue(
        key=key,
        topic="registration.approved",
        department=department,
        division_code=division,
        payload=told | payload,
    )


def said(response: Any) -> str:
    """What a refusal says."""
    return "；".join(problem["message"] for problem in response.json()["problems"])
