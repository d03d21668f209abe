"""From a file to its text: plain text in any common encoding, docx, pdf with a text layer."""

import re
from collections import Counter
from pathlib import Path

from tuoyu.policy.reading.docx import docx_text
from tuoyu.policy.reading.model import Reading, Unreadable

MOST_BYTES = 50 * 1024 * 1024
MOST_CHARACTERS = 400_000
MOST_PAGES = 500
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of(path: Path, reading: Reading) -> str:
    """The text of a file. Raises Unreadable with one sentence where there is none to be had."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Unreadable(f"{path.name}：无法打开（{error.strerror}）。") from error
    if not path.is_file():
        raise Unreadable(f"{path.name}：这不是一个文件。")
    if size > MOST_BYTES:
        raise Unreadable(
            f"{path.name}：文件超过 {MOST_BYTES // 1024 // 1024} MB，不像一份政策文件，没有读取。"
        )
    return text_of_bytes(path.read_bytes(), path.name, reading)


def text_of_bytes(data: bytes, name: str, reading: Reading) -> str:
    """The text of a file's content, by what it is and not by what it is called."""
    if data.startswith(b"%PDF"):
        text = _pdf(data, name, reading)
    elif data.startswith(b"PK\x03\x04"):
        text = docx_text(data, name)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(f"{name}：这是旧版 Word 文件（doc），请另存为 docx 再读。")
    else:
        text = _plain(data, name, reading)
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"{name}：正文有 {len(text)} 个字，超过 {MOST_CHARACTERS} 字的上限，没有读取。")
    return text


def _plain(data: bytes, name: str, reading: Reading) -> str:
    if len(data) > 4 * MOST_CHARACTERS:
        raise Unreadable(f"{name}：文本有 {len(data)} 字节，超过一份政策文件的上限，没有读取。")
    for mark, encoding in MARKS:
        if data.startswith(mark):
            reading.note("encoding", "第1行", f"文件以 {encoding} 标记开头")
            return data.decode(encoding, errors="replace")
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8":
            reading.note("encoding", "第1行", f"文件编码为 {encoding}，已转换")
        return text
    # A few broken bytes do not make a document unreadable; they are shown as such and listed later.
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if broken > len(text) // 50:
        raise Unreadable(f"{name}：认不出文件的编码，它可能不是文本。")
    reading.note("encoding", "第1行", f"{broken} 处字节损坏")
    return text


def _pdf(data: bytes, name: str, reading: Reading) -> str:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"{name}：pdf 损坏或加密，无法读取。") from error
    try:
        if len(document) > MOST_PAGES:
            raise Unreadable(f"{name}：pdf 有 {len(document)} 页，超过 {MOST_PAGES} 页的上限，没有读取。")
        pages: list[str] = []
        size = 0
        for page in document:
            pages.append(page.get_textpage().get_text_bounded())
            size += len(pages[-1])
            if size > MOST_CHARACTERS:
                break
    finally:
        document.close()
    text = "\n".join(_without_running_lines(pages, reading))
    if len(text.strip()) < 20:
        raise Unreadable(f"{name}：pdf 里没有文字，可能是扫描件，请先做文字识别。")
    return text.replace("\r\n", "\n").replace("\ufffe", "")


def _without_running_lines(pages: list[str], reading: Reading) -> list[str]:
    """The pages without the lines that stand at the head or foot of most of them."""
    cut = [page.replace("\r\n", "\n").strip("\n").split("\n") for page in pages]
    for edge in (0, -1):
        alike = Counter(_without_figures(lines[edge]) for lines in cut)
        running = {line for line, count in alike.items() if line and count > 1 and count * 2 > len(cut)}
        for number, lines in enumerate(cut, 1):
            if len(lines) > 1 and _without_figures(lines[edge]) in running:
                reading.note("page mark", f"第{number}页", lines.pop(edge).strip())
    return ["\n".join(lines) for lines in cut]


def _without_figures(line: str) -> str:
    """A line as it is on every page; long ones are text and never alike."""
    return re.sub(r"\d", "", line).strip() if len(line) <= 60 and re.search(r"\w", line) else ""
