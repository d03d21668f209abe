"""Files people hand in: judged by their content, kept outside the database, streamed with permission.

A photograph is drawn anew from its pixels, which drops place and device (EXIF) and whatever else was
hidden in it. A PDF is kept byte for byte, because it may be signed; one that would act when opened
(scripts, launching, files inside) is refused.
"""

import hashlib
import os
import re
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Protocol

import pypdfium2
import pypdfium2.raw as pdfium_c
from django.conf import settings
from django.http import FileResponse
from PIL import Image, ImageOps, UnidentifiedImageError

from tuoyu.core import audit
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.models import StoredFile
from tuoyu.core.problems import Problem, Refused

Kind = StoredFile.Kind

MAX_PAGES = 200
MAX_PIXELS = 50_000_000
SIGNS = {b"%PDF-": Kind.PDF, b"\xff\xd8\xff": Kind.JPG, b"\x89PNG\r\n\x1a\n": Kind.PNG}
EXTENSIONS = {"pdf": Kind.PDF, "jpg": Kind.JPG, "jpeg": Kind.JPG, "png": Kind.PNG}
# Names of PDF objects that act or carry something.
ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
OBJECTS = re.compile(rb"/ObjStm\b[^>]*>*[^<>]*?stream\r?\n(.*?)endstream", re.DOTALL)
MAX_OBJECTS = 20 * 1024 * 1024


class Handed(Protocol):
    """What a form hands over: Django's UploadedFile, or any open file with a name."""

    name: str | None

    def read(self, size: int = ..., /) -> bytes: ...


@action
def store(*, file: Handed, by: Actor, purpose: str) -> StoredFile:
    """Keep `file`, if it is a pdf, jpg or png within the limit; Refused with a sentence otherwise.

    The content is on disk before the row is; a transaction undone leaves a file without a row, which the
    nightly sweep takes away.
    """
    content = file.read(settings.UPLOAD_LIMIT + 1)
    name = tidy_name(file.name or "")
    kind = _kind_of(content, name)
    content = _checked(kind, content)
    row = StoredFile(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        kind=kind,
        name=name,
        purpose=purpose,
        stored_by=by.user_id,
        stored_by_label=by.label,
    )
    _write(row.path, content)
    row.save(force_insert=True)
    seen = {"sha256": row.sha256, "size": row.size, "kind": row.kind, "purpose": purpose}
    audit.record(by, "file.stored", row, after=seen)
    return row


def stream(stored: StoredFile, download_name: str = "", *, inline: bool = False) -> FileResponse:
    """The file as an answer that no browser takes for a page of ours. The calling view has asked whether
    the actor may see it."""
    try:
        content = stored.path.open("rb")
    except FileNotFoundError:
        raise Refused("文件暂时无法读取，请联系系统管理员。", status=503) from None
    response = FileResponse(
        content,
        as_attachment=not inline,
        filename=_download_name(download_name or stored.name, stored.kind),
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


# ---------------------------------------------------------------- names


def tidy_name(name: str) -> str:
    """The file's own name without folders, control characters and what would mislead a reader."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in name if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem, dot, ending = kept.strip().rstrip(". ").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    return f"{stem[:100].strip(' .') or '未命名'}{dot}{ending[:10]}"


def _download_name(name: str, kind: str) -> str:
    stem, _, ending = tidy_name(name).rpartition(".")
    if not stem or EXTENSIONS.get(ending.lower()) != kind:
        return f"{tidy_name(name)}.{kind}"
    return f"{stem}.{ending}"


# ---------------------------------------------------------------- content


def _kind_of(content: bytes, name: str) -> StoredFile.Kind:
    if not content:
        raise _refused("文件是空的，请重新选择。")
    if len(content) > settings.UPLOAD_LIMIT:
        raise _refused(f"文件超过{settings.UPLOAD_LIMIT // (1024 * 1024)}MB，请压缩后再上传。", status=413)
    kind = next((kind for sign, kind in SIGNS.items() if content.startswith(sign)), None)
    if kind is None:
        raise _refused("只能上传PDF、JPG或PNG文件；这个文件的内容不是其中任何一种。")
    ending = name.rpartition(".")[2].lower()
    if EXTENSIONS.get(ending) != kind:
        raise _refused(f"文件内容是{kind.label}，与文件名“{name}”不符，请用正确的扩展名保存后再上传。")
    return kind


def _checked(kind: StoredFile.Kind, content: bytes) -> bytes:
    """The content to keep; Refused when it cannot be read or would do harm."""
    if kind is Kind.PDF:
        _check_pdf(content)
        return content
    return _redrawn(kind, content)


def _check_pdf(content: bytes) -> None:
    end = content.rstrip(b"\r\n\t \x00")
    if not end.endswith(b"%%EOF"):
        raise _refused("这个PDF文件不完整，或末尾附有别的内容，请重新导出后再上传。")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise _refused("这个PDF文件有密码，请去掉密码后再上传。") from None
        raise _refused("这个PDF文件无法打开，可能已损坏，请重新导出后再上传。") from None
    try:
        pages = len(document)
        if not 1 <= pages <= MAX_PAGES:
            raise _refused(f"PDF文件应有1至{MAX_PAGES}页，这个有{pages}页。")
        document[0].get_size()
        acts = document.count_attachments() > 0 or pdfium_c.FPDFDoc_GetJavaScriptActionCount(document) > 0
    finally:
        document.close()
    if acts or ACTS.search(_objects(content)):
        raise _refused("这个PDF文件含有脚本、附件或自动动作，请打印为普通PDF后再上传。")


def _objects(content: bytes) -> bytes:
    """What the PDF says outside its pictures and texts, packed objects unpacked, `#4A` in names written
    as `J`. Only here are names looked for: in a packed picture any bytes may stand."""
    said = [STREAM.sub(b" ", content)]
    left = MAX_OBJECTS
    for match in OBJECTS.finditer(content):
        try:
            unpacked = zlib.decompressobj().decompress(match[1], left)
        except zlib.error:
            continue
        said.append(unpacked)
        left -= len(unpacked)
        if left <= 0:
            raise _refused("这个PDF文件的结构过于复杂，请打印为普通PDF后再上传。")
    text = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), b"\n".join(said))
    if b"/Encrypt" in text:
        raise _refused("这个PDF文件设有密码或权限限制，请去掉限制后再上传。")
    return text


def _redrawn(kind: StoredFile.Kind, content: bytes) -> bytes:
    """The picture drawn anew, upright; Refused when it is damaged or too large."""
    try:
        with Image.open(BytesIO(content), formats=[{"jpg": "JPEG", "png": "PNG"}[kind]]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _refused(f"图片像素超过{MAX_PIXELS // 10_000}万，请缩小后再上传。", status=413)
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            return _encoded(kind, upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _refused("这张图片无法打开，可能已损坏，请重新拍照或导出后再上传。") from None


def _encoded(kind: StoredFile.Kind, picture: Image.Image) -> bytes:
    out = BytesIO()
    if kind is Kind.JPG:
        shown = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
        shown.save(out, "JPEG", quality=88, exif=b"")
    else:
        simple = picture if picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else picture.convert("RGB")
        bare = Image.new(simple.mode, simple.size)
        if simple.mode == "P" and (palette := simple.getpalette()) is not None:
            bare.putpalette(palette)
        bare.paste(simple)
        bare.save(out, "PNG", optimize=False)
    return out.getvalue()


def _refused(message: str, status: int = 422) -> Refused:
    return Refused(Problem(message, field="file"), status=status)


# ---------------------------------------------------------------- the folder


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all: to a draft, to the disk, then under its name."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.rename(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sha256_of(path: Path) -> str:
    """The digest of a file on disk, read in pieces."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def orphans(older_than: float) -> Iterator[Path]:
    """Files under UPLOADS that no row names, last written before `older_than` (seconds since 1970)."""
    kept = {str(key) for key in StoredFile.objects.values_list("pk", flat=True).iterator()}
    root = Path(settings.UPLOADS)
    for path in root.rglob("*") if root.exists() else ():
        if path.is_file() and path.name not in kept and path.stat().st_mtime < older_than:
            yield path


def sweep(older_than: float) -> int:
    """Take such files away; how many there were."""
    found = list(orphans(older_than))
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
