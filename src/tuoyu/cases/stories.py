"""A case's story in words: audit events for officers, plain sentences for the applicant."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]


def _step(event: Row) -> str:
    return f"“{event['after'].get('step', '环节')}”"


# What begins otherwise than with an application, by channel.
OPENED = {"office": "立案", "public": "收到来件"}

WORDS: dict[str, tuple[Callable[[Row], str], str, str]] = {
    "case.opened": (lambda e: OPENED.get(e["after"].get("channel"), "提交申报"), "todo", "send"),
    "case.step_begun": (lambda e: f"{_step(e)}开始办理", "grey", "circle-dot"),
    "case.step_taken": (lambda e: "接办", "grey", "user"),
    "case.step_reassigned": (lambda e: "转派", "grey", "user"),
    "case.step_handed_over": (lambda e: f"{_step(e)}转交其他部门", "grey", "send"),
    "case.step_lengthened": (
        lambda e: f"{_step(e)}期限延长到 {e['after'].get('due_on', '')}",
        "amber",
        "clock",
    ),
    "case.step_approved": (lambda e: f"{_step(e)}通过", "green", "check"),
    "case.step_defective": (
        lambda e: f"{_step(e)}提出 {len(e['after'].get('remarks', []))} 条补正意见",
        "amber",
        "alert-triangle",
    ),
    "case.step_refused": (lambda e: f"{_step(e)}不予通过", "red", "x"),
    "case.returned": (
        lambda e: f"各部门意见汇总，一次退回补正（共 {e['after'].get('remarks', 0)} 条）",
        "amber",
        "arrow-back-up",
    ),
    "case.resubmitted": (
        lambda e: f"补正后重新提交（第 {e['after'].get('round', '')} 次）",
        "todo",
        "send",
    ),
    "case.extended": (lambda e: f"期限延长到 {e['after'].get('answer_due_on', '')}", "grey", "clock"),
    "case.unanswered": (lambda e: "逾期没有答复，继续办理", "amber", "clock-exclamation"),
    "case.restricted": (
        lambda e: "限定查看人员" if e["after"].get("restricted") else "不再限定查看人员",
        "grey",
        "lock",
    ),
    "case.moot": (lambda e: "终止办理", "grey", "x"),
    "case.withdrawn": (lambda e: "撤回申报", "grey", "arrow-back-up"),
    "case.refused": (lambda e: "办结：不予通过", "red", "x"),
    "case.done": (lambda e: "全部办结", "green", "circle-check"),
}


# Before the departments' remarks go back together, the applicant sees only that they are looking.
INTERNAL = {
    "case.step_defective",
    "case.step_taken",
    "case.step_reassigned",
    "case.step_handed_over",
    "case.restricted",
}


def tell(verb: str, words: Callable[[Row], str], tone: str, icon: str) -> None:
    """Let a case's story tell events of a higher room too; ValueError when the verb is told already."""
    if verb in WORDS:
        raise ValueError(f"{verb} is told already")
    WORDS[verb] = (words, tone, icon)
    INTERNAL.add(verb)


def story(events: Iterable[Row], *, for_applicant: bool = False) -> list[dict[str, Any]]:
    """The events of a case as a timeline, the newest first."""
    told = []
    for event in events:
        verb = event["verb"]
        if verb not in WORDS or (for_applicant and verb in INTERNAL):
            continue
        words, tone, icon = WORDS[verb]
        told.append(
            {
                "text": words(event),
                "at": event["at"],
                "who": "" if for_applicant else event["actor_label"],
                "note": event["note"],
                "tone": tone,
                "icon": icon,
                "begun": [_step(event)] if verb == "case.step_begun" else [],
            }
        )
    return _merged(told)[::-1]


def _merged(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps that began together are one line: eight departments that begin are not eight pieces of news."""
    merged: list[dict[str, Any]] = []
    for line in told:
        last = merged[-1] if merged else None
        if last and line["begun"] and last["begun"] and line["at"] == last["at"]:
            last["begun"] += line["begun"]
            last["text"] = f"{last['begun'][0]}等 {len(last['begun'])} 个环节同时开始办理"
        else:
            merged.append(line)
    return merged


def state_for_applicant(step: Row, case_state: str) -> str:
    """A step's state as the applicant sees it: one department's defects wait for the others' answers."""
    if step["state"] == "defective" and case_state == "open":
        return "active"
    return str(step["state"])
