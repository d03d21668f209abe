"""What follows from given facts about messages and addresses; no database."""

import hmac
import json
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

# A topic is "<kind of step>.approved", or one of those below.
TOPICS = {
    "registration.approved": "法人登记完成",
    "complaint.harm": "涉嫌侵害儿童的报告",
    "consent.approved": "审查同意",
    "filing.approved": "备案完成",
    "verification.approved": "备案核查通过",
    "check.approved": "联合查验通过",
    "amendment.approved": "登记变更完成",
    "change.approved": "备案变更完成",
    "cancellation.approved": "备案注销",
    "suspension.called_off": "取消暂停服务",
    "credit.published": "信用信息公示",
    "credit.ended": "信用信息终止公示",
    "alert.raised": "预警",
    "sms": "短信通知",
}
# What a payload tells, in the order a person reads it.
FACTS = {
    "uscc": "统一社会信用代码",
    "registration_number": "登记证号",
    "registered_on": "登记日期",
    "kind": "机构类型",
    "nature": "机构性质",
    "legal_form": "组织形式",
    "address": "地址",
    "changed": "变更事项",
    "receipt_number": "备案回执号",
    "ended_on": "注销日期",
    "days": "原定暂停",
    "reason": "原因",
    "children": "婴幼儿安置",
    "staff": "工作人员安置",
    "what": "预警事项",
    "class": "班级",
    "excluded": "应离园",
    "due_at": "报告期限",
}


def topic_name(topic: str) -> str:
    """What a message is about, in words."""
    return TOPICS.get(topic, topic)


def body_of(message: dict[str, Any]) -> bytes:
    """A message as it is sent: the same bytes each time, so that the signature holds at a repetition."""
    return json.dumps(message, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: str, moment: int, body: bytes) -> str:
    """The signature a receiver checks: `t=<seconds>,v1=<HMAC-SHA256 of "t.body">`."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={digest}"


def address_problem(address: str) -> str:
    """What is wrong with the address of a receiving system; empty when nothing is."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "这不是一个网址，请写成 https://… 的样子。"
    if not host or parts.scheme not in ("https", "http") or not address.isascii() or " " in address:
        return "这不是一个网址，请写成 https://… 的样子。"
    if parts.username or parts.password:
        return "网址里不能带账号和密码。"
    if parts.scheme == "http" and not _is_this_machine(host):
        return "接收地址必须使用https，以免信息在途中被看到或篡改。"
    return ""


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
