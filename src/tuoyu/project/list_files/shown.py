"""What a list page shows, read back from the page.

A row is a `tr` of a table, or any element with `data-row`; a cell is an element with `data-label` in it.
Buttons, forms and what only some devices read aloud are no part of a cell. The page is one of ours, written
by the macros: attributes are quoted and escaped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

TOKEN = re.compile(
    r"<!--.*?-->|<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?P<given>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"|(?P<text>[^<]+)|<",
    re.DOTALL,
)
GIVEN = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?")
EMPTY = frozenset({"br", "input", "img", "meta", "link", "hr", "use", "path", "line", "rect", "circle"})
UNREAD = frozenset({"form", "button", "svg", "script", "style", "select", "summary", "textarea"})
UNREAD_CLASS = re.compile(r"\b(?:visually-hidden|confirm|take-out)\b")
BREAKS = frozenset({"br", "p", "div", "dt", "li"})


@dataclass
class Shown:
    """A list as it is shown: its title, the filters in words, the heads, and the rows by head."""

    title: str = ""
    filters: list[tuple[str, str]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    figures: set[str] = field(default_factory=set)
    acts: set[str] = field(default_factory=set)

    def columns(self) -> list[str]:
        """The heads, without those under which there is nothing but something to click."""
        said = {label for row in self.rows for label, text in row.items() if text}
        return [head for head in self.heads if head in said or head not in self.acts]


@dataclass(frozen=True)
class Token:
    tag: str
    closes: bool
    given: dict[str, str]
    text: str


def shown(html: str) -> Shown:
    """What the page `html` shows."""
    found = Shown()
    tokens = _tokens(html)
    for token in tokens:
        if token.closes:
            continue
        if token.tag == "h1":
            found.title = _text_of(tokens, "h1")
        elif token.tag == "form" and token.given.get("class") == "filters":
            found.filters += _filters(tokens)
        elif token.given.get("aria-current") == "page" and token.tag == "a" and not found.rows:
            _tab(found, tokens)
        elif token.tag == "th":
            found.heads.append(_text_of(tokens, "th"))
        elif "data-label" in token.given and found.rows:
            _cell(found, token, tokens)
        elif token.tag == "tr" or "data-row" in token.given:
            found.rows.append({})
    found.rows = [row for row in found.rows if row]
    return found


def _tokens(html: str) -> Iterator[Token]:
    for match in TOKEN.finditer(html):
        if (text := match["text"]) is not None:
            yield Token("", False, {}, text)
        elif match["tag"]:
            given = (
                {key: unescape(value) for key, value in GIVEN.findall(match["given"])}
                if match["given"]
                else {}
            )
            yield Token(match["tag"].lower(), bool(match["close"]), given, "")


def _cell(found: Shown, opened: Token, tokens: Iterator[Token]) -> None:
    label = opened.given["data-label"]
    text, acts = _words(tokens, opened.tag)
    if label not in found.heads:
        found.heads.append(label)
    if acts:
        found.acts.add(label)
    if re.search(r"\bnum\b", opened.given.get("class", "")):
        found.figures.add(label)
    row = found.rows[-1]
    row[label] = "\n".join(part for part in (row.get(label, ""), text) if part)


def _text_of(tokens: Iterator[Token], tag: str) -> str:
    return _words(tokens, tag)[0].replace("\n", " ")


def _words(tokens: Iterator[Token], tag: str) -> tuple[str, bool]:
    """The words up to where `tag` closes, each block on a line of its own; whether there was anything to
    click besides."""
    said: list[str] = []
    depth, acts = 1, False
    for token in tokens:
        if token.text:
            said.append(" ".join(unescape(token.text).split(" ")))
            continue
        depth += _deeper(token, tag)
        if depth == 0:
            break
        if not token.closes and (token.tag in UNREAD or UNREAD_CLASS.search(token.given.get("class", ""))):
            acts = acts or token.tag in ("form", "button", "details")
            _skip(tokens, token.tag)
        elif token.closes and token.tag == "dt":
            said.append("：")
        elif not token.closes and token.tag in BREAKS:
            said.append("\v")
    lines = (" ".join(line.split()) for line in "".join(said).split("\v"))
    return "\n".join(line for line in lines if line), acts


def _skip(tokens: Iterator[Token], tag: str) -> None:
    depth = 1
    for token in tokens:
        depth += _deeper(token, tag)
        if depth == 0:
            return


def _deeper(token: Token, tag: str) -> int:
    if token.tag != tag or token.tag in EMPTY:
        return 0
    return -1 if token.closes else 1


# ---------------------------------------------------------------- filters


def _tab(found: Shown, tokens: Iterator[Token]) -> None:
    """The tab that is open narrows the list; the navigation of the frame is told apart by its place."""
    words: list[str] = []
    for token in tokens:
        if token.closes and token.tag == "a":
            break
        if not token.closes and token.given.get("class") == "count":
            _skip(tokens, token.tag)
        words.append(token.text)
    if found.title:
        found.filters.append(("", "".join(unescape(word) for word in words).strip()))


def _filters(tokens: Iterator[Token]) -> list[tuple[str, str]]:
    """What was asked for, in the words of the form: pairs of label and value."""
    asked: list[tuple[str, str]] = []
    label = ""
    for token in tokens:
        if token.tag == "form":
            break
        if token.tag == "label" and not token.closes and "for" in token.given:
            label = _text_of(tokens, "label").removesuffix("（选填）").strip()
        elif token.tag == "select" and not token.closes:
            asked += _chosen(tokens, label)
        elif token.tag == "input":
            asked += _typed(token, label, tokens)
    return asked


def _chosen(tokens: Iterator[Token], label: str) -> list[tuple[str, str]]:
    found = []
    for token in tokens:
        if token.tag == "select":
            break
        if token.tag == "option" and not token.closes and "selected" in token.given:
            words = _text_of(tokens, "option")
            if token.given.get("value"):
                found.append((label, words))
    return found


def _typed(token: Token, label: str, tokens: Iterator[Token]) -> list[tuple[str, str]]:
    kind = token.given.get("type", "text")
    if kind in ("checkbox", "radio"):
        words = _text_of(tokens, "label")
        return [("", words)] if "checked" in token.given else []
    value = token.given.get("value", "").strip()
    return [(label, value)] if value and kind != "hidden" else []
