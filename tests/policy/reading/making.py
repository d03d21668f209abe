"""Files made for tests: docx with numbers Word makes and with tables, pdf from typst."""

import io
import zipfile
from pathlib import Path

import typst

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FONTS = Path(__file__).resolve().parents[3] / "src" / "tuoyu" / "project" / "fonts"
# Three levels as documents count them: 一、 （一） 1.
LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))


def paragraph(text: str, level: int | None = None, style: str = "", number: int = 1) -> str:
    """A paragraph, numbered by Word at a level."""
    numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{styled}{numbered if level is not None else ''}</w:pPr>"
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, goes_on: bool = False, span: int = 1) -> str:
    """A cell; one that goes on is one with the cell above."""
    merged = "<w:vMerge/>" if goes_on else ""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f"<w:tc><w:tcPr>{spanned}{merged}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: list[str]) -> str:
    """A table of rows of cells; a cell that is no xml yet is made one."""
    made = ("".join(c if c.startswith("<") else cell(c) for c in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in made) + "</w:tbl>"


def numbering(restart: str = "") -> str:
    """The list the numbered paragraphs belong to; `restart` is put into its third level."""
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'{restart if at == 2 else ""}<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(LEVELS)
    )
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def docx(body: list[str], xml: bytes | None = None, **parts: str) -> bytes:
    """A docx of paragraphs and tables; plain text becomes a paragraph."""
    made = "".join(part if part.startswith("<") else paragraph(part) for part in body)
    whole = xml or f'<w:document xmlns:w="{W}"><w:body>{made}</w:body></w:document>'.encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", whole)
        for name, part in parts.items():
            archive.writestr(f"word/{name}.xml", part)
    return file.getvalue()


def pdf(source: str) -> bytes:
    """A pdf of typst's markup, with the fonts the project has."""
    made = typst.compile(source.encode(), font_paths=[str(FONTS)], format="pdf")
    assert isinstance(made, bytes)
    return made


def written(folder: Path, name: str, data: bytes) -> Path:
    """The data as a file."""
    path = folder / name
    path.write_bytes(data)
    return path
