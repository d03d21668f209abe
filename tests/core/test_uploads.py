"""What may be handed in, and what is made to hurt."""

import os
import time
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image
from pytest_django import Settings

from tuoyu.core import audit, uploads
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent, StoredFile
from tuoyu.core.problems import Refused

pytestmark = pytest.mark.django_db


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 100).save(out, kind, **more)
    return out.getvalue()


def pdf(extra: bytes = b"", pages: int = 1, trailer: bytes = b"") -> bytes:
    """A small PDF by hand; `extra` goes into the catalogue."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        *([b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"] * pages),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(out)


def handed(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def store(by: Actor, content: bytes, name: str) -> StoredFile:
    return uploads.store(file=handed(content, name), by=by, purpose="test")


def test_a_pdf_is_kept_byte_for_byte(officer: Actor) -> None:
    row = store(officer, pdf(), "场地证明.pdf")
    assert row.path.read_bytes() == pdf()
    assert (row.kind, row.name, row.stored_by, row.stored_by_label) == ("pdf", "场地证明.pdf", 7, "陈某")
    assert uploads.sha256_of(row.path) == row.sha256
    assert row.path.is_relative_to(settings.UPLOADS)
    assert "场地" not in str(row.path)
    assert AuditEvent.objects.get(verb="file.stored").after["sha256"] == row.sha256


def test_a_photograph_loses_where_and_with_what_it_was_taken(officer: Actor) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    exif[0x0112] = 6  # to be turned
    exif.get_ifd(0x8825)[1] = "N"
    row = store(officer, picture(exif=exif), "照片.JPG")
    with Image.open(row.path) as kept:
        assert not kept.getexif()
        assert kept.size == (30, 40)
    assert b"telephone" not in row.path.read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_picture_of_any_mode_is_kept_without_what_was_hidden_in_it(officer: Actor, mode: str) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("comment", "<script>hidden</script>")
    row = store(officer, picture("PNG", mode=mode, pnginfo=info) + b"<script>behind</script>", "图.png")
    assert b"<script>" not in row.path.read_bytes()
    with Image.open(row.path) as kept:
        kept.load()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "空.pdf", "空的"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "图.png", "不是其中任何一种"),
        (b"<html><script>alert(1)</script></html>", "证明.pdf", "不是其中任何一种"),
        (b"MZ\x90\x00", "安装.exe", "不是其中任何一种"),
        (b"PK\x03\x04", "材料.docx", "不是其中任何一种"),
        (b"GIF89a", "动.jpg", "不是其中任何一种"),
        (picture(), "照片.png", "内容是JPG，与文件名"),
        (picture(), "照片", "与文件名"),
        (picture(), "照片.jpg.exe", "与文件名"),
        (picture(), "照片.jpg.html", "与文件名"),
        (picture()[:200], "照片.jpg", "无法打开"),
        (b"\xff\xd8\xff" + b"<script>alert(1)</script>" * 9, "照片.jpg", "无法打开"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "图.png", "无法打开"),
        (pdf()[:80], "证明.pdf", "不完整"),
        (b"%PDF-1.4\n" + b"\0" * 50 + b"%%EOF", "证明.pdf", "无法打开"),
        (pdf() + b"<html><script>alert(1)</script></html>", "证明.pdf", "末尾附有"),
        (pdf() + b"PK\x03\x04 a whole archive", "证明.pdf", "末尾附有"),
        (pdf(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), "证明.pdf", "脚本"),
        (pdf(b"/OpenAction << /S /Java#53cript /J#53 (x) >>"), "证明.pdf", "脚本"),
        (pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "证明.pdf", "脚本、附件或自动动作"),
        (pdf(b"/Names << /EmbeddedFiles << /Names [] >> >>"), "证明.pdf", "附件"),
        (pdf(pages=201), "证明.pdf", "有201页"),
    ],
)
def test_a_file_made_to_hurt_is_refused_with_a_sentence(
    officer: Actor, content: bytes, name: str, says: str
) -> None:
    with pytest.raises(Refused, match=says) as refused:
        store(officer, content, name)
    assert refused.value.problems[0].field == "file"
    assert refused.value.problems[0].message.endswith("。")
    assert not StoredFile.objects.exists()
    assert not list(Path(settings.UPLOADS).rglob("*"))


def test_a_script_packed_into_an_object_stream_is_found(officer: Actor) -> None:
    import zlib

    packed = zlib.compress(b"5 0 << /S /JavaScript /JS (app.alert(1)) >>")
    inner = b"4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(
        packed
    )
    hurting = pdf().replace(b"xref\n", inner + packed + b"\nendstream\nendobj\nxref\n", 1)
    with pytest.raises(Refused, match="脚本"):
        store(officer, hurting, "证明.pdf")


def test_any_bytes_inside_a_scan_are_no_script(officer: Actor) -> None:
    scan = (
        b"4 0 obj\n<< /Length 26 >>\nstream\n\x00/JS \x01/Launch \x02/JavaScript\nendstream\nendobj\nxref\n"
    )
    assert store(officer, pdf().replace(b"xref\n", scan, 1), "扫描.pdf")


def test_a_pdf_made_by_a_program_is_taken(officer: Actor) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    out = BytesIO()
    document.save(out)
    assert store(officer, out.getvalue(), "导出.PDF").kind == "pdf"


def test_one_byte_more_than_the_limit_is_refused(officer: Actor, settings: Settings) -> None:
    content = pdf()
    settings.UPLOAD_LIMIT = len(content)
    assert store(officer, content, "证明.pdf")
    with pytest.raises(Refused, match="超过") as refused:
        store(officer, content + b"\n", "证明.pdf")
    assert refused.value.status == 413


def test_ten_megabytes_and_one_byte_are_named_in_the_refusal(officer: Actor) -> None:
    with pytest.raises(Refused, match="超过10MB"):
        store(officer, b"%PDF-" + b"0" * (10 * 1024 * 1024), "证明.pdf")


def test_a_picture_that_would_fill_the_memory_is_refused_unopened(officer: Actor) -> None:
    bomb = picture("PNG", size=(9000, 9000), mode="1")
    assert len(bomb) < 100_000
    with pytest.raises(Refused, match="像素") as refused:
        store(officer, bomb, "图.png")
    assert refused.value.status == 413


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\某\\证明.pdf", "证明.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
        (".pdf", "未命名.pdf"),
        ("", "未命名"),
    ],
)
def test_names_lose_what_could_mislead(given: str, kept: str) -> None:
    assert uploads.tidy_name(given) == kept


def test_a_file_is_streamed_so_that_no_browser_runs_it(officer: Actor) -> None:
    row = store(officer, pdf(), "证明.pdf")
    response = uploads.stream(row, '消防"证明\r\nX: y')
    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["Content-Disposition"].endswith(".pdf")
    assert "\n" not in response["Content-Disposition"]
    response.close()
    assert uploads.stream(row, inline=True)["Content-Disposition"].startswith("inline")


def test_a_file_that_is_gone_is_said_plainly(officer: Actor) -> None:
    row = store(officer, pdf(), "证明.pdf")
    row.path.unlink()
    with pytest.raises(Refused, match="无法读取") as refused:
        uploads.stream(row)
    assert refused.value.status == 503


def test_a_transaction_undone_leaves_a_file_only_until_the_sweep(officer: Actor) -> None:
    kept = store(officer, pdf(), "留.pdf")
    with transaction.atomic():
        undone = store(officer, picture(), "撤.jpg")
        transaction.set_rollback(True)
    assert undone.path.exists()
    assert uploads.sweep(time.time() - 3600) == 0  # too young: its row may still come
    old = time.time() - 7200
    os.utime(undone.path, (old, old))
    os.utime(kept.path, (old, old))
    assert uploads.sweep(time.time() - 3600) == 1
    assert not undone.path.exists()
    assert kept.path.exists()


def test_a_full_disk_leaves_neither_row_nor_half_a_file(
    officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store(officer, pdf(), "证明.pdf")
    assert not StoredFile.objects.exists()
    assert not [p for p in Path(settings.UPLOADS).rglob("*") if p.is_file()]
    assert not AuditEvent.objects.exists()


def test_an_upload_without_its_audit_event_does_not_happen(
    officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "record", lambda *a, **k: None)
    with pytest.raises(RuntimeError, match="no audit event"):
        store(officer, pdf(), "证明.pdf")
    assert not StoredFile.objects.exists()
