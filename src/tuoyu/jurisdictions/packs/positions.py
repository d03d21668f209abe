"""Where in a TOML file each table, key and list element stands: tomllib does not say."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


def positions(text: str) -> dict[Path, int]:
    """The line (from 1) of every path in `text`, which tomllib has already found to be valid."""
    return _Scanner(text).scan()


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it that has one."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 1


@dataclass
class _Scanner:
    text: str
    at: int = 0
    line: int = 1
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._to_statement():
            line = self.line
            if self.text[self.at] == "[":
                table = self._header(line)
                continue
            path = table + tuple(self._key("="))
            self.lines.setdefault(path, line)
            self.at += 1
            self._value(path)
        return self.lines

    def _header(self, line: int) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path: Path = ()
        parts = list(self._key("]"))
        self.at += 2 if many else 1
        for part in parts[:-1]:
            path = self._inside((*path, part))
        path = (*path, parts[-1])
        if many:
            self.lines.setdefault(path, line)
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.lines.setdefault(path, line)
        return path

    def _inside(self, path: Path) -> Path:
        """A table that is a list of tables stands for its last element."""
        return (*path, self.counts[path]) if path in self.counts else path

    def _to_statement(self) -> bool:
        while self.at < len(self.text):
            here = self.text[self.at]
            if here == "#":
                self._comment()
            elif here in " \t\r\n":
                self._step()
            else:
                return True
        return False

    def _step(self) -> None:
        self.line += self.text[self.at] == "\n"
        self.at += 1

    def _comment(self) -> None:
        while self.at < len(self.text) and self.text[self.at] != "\n":
            self.at += 1

    def _key(self, end: str) -> Iterator[str]:
        part = ""
        while self.text[self.at] != end:
            here = self.text[self.at]
            if here in "\"'":
                part += self._string()[1:-1]
                continue
            if here == ".":
                yield part
                part = ""
            elif here not in " \t":
                part += here
            self.at += 1
        yield part

    def _string(self) -> str:
        start, quote = self.at, self.text[self.at]
        closing = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(closing)
        while not self.text.startswith(closing, self.at):
            if quote == '"' and self.text[self.at] == "\\":
                self.at += 1
            self._step()
        self.at += len(closing)
        while len(closing) == 3 and self.text.startswith(quote, self.at):
            self.at += 1
        return self.text[start : self.at]

    def _value(self, path: Path) -> None:
        """Walk over a value, noting where each element of a list begins."""
        depth, element, fresh, listed = 0, 0, False, False
        while self.at < len(self.text):
            here = self.text[self.at]
            if here == "\n" and depth == 0:
                return
            if here == "#":
                self._comment()
                continue
            if fresh and here not in " \t\r\n]":
                self.lines[(*path, element)] = self.line
                fresh = False
            if here in "\"'":
                self._string()
                continue
            if here in "[{":
                depth += 1
                listed = listed or (depth == 1 and here == "[")
                fresh = listed and depth == 1
            elif here in "]}":
                depth -= 1
            elif here == "," and depth == 1 and listed:
                element, fresh = element + 1, True
            self._step()
