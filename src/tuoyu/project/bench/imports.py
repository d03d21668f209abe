"""`tuoyu bench import`: a file of nurseries read, checked, compared and written, beside a bare COPY of the
same rows; and a long sheet of which only the reading is measured."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from tuoyu.accounts.names import departments
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.identifiers import made_up_credit_code
from tuoyu.core.spreadsheets import reading
from tuoyu.core.spreadsheets.sheets import Column, Kind, Sheet
from tuoyu.core.spreadsheets.writing import filled
from tuoyu.institutions.imports.filed_before import FiledBefore
from tuoyu.project.bench import aims
from tuoyu.project.bench.measuring import Spent, once, peak_memory, timed, undone
from tuoyu.project.bench.report import Report
from tuoyu.project.bench.stage import Stage
from tuoyu.project.demo.places import PLACES

ROWS, LONG_ROWS = 10_000, 100_000
FLOOR_COLUMNS = ("name", "uscc", "address", "receipt_number", "registered_on", "places")
LONG = Sheet(
    "长表",
    (
        Column("name", "名称", required=True),
        Column("kind", "类型", Kind.CHOICE, options=("甲类", "乙类")),
        Column("places", "托位", Kind.NUMBER),
        Column("since", "日期", Kind.DATE),
        Column("address", "地址"),
        Column("phone", "手机", Kind.PHONE),
        Column("number", "编号"),
        Column("state", "状态", Kind.CHOICE, options=("在", "否")),
    ),
    once=("name",),
    rows=LONG_ROWS,
)


def run(stage: Stage, report: Report, requests: int) -> None:
    """Measure one import of so many rows; `requests` plays no part."""
    county = PLACES[0].county
    by = Actor("导入测量", 1, (Seat(Role.OFFICER, "health", (county,), county, membership_id=1),))
    importer = FiledBefore()
    sheet = importer.sheet(by)
    rows = list(nurseries(ROWS, county, sheet))
    data = filled(sheet, rows)
    report.data |= {"rows": ROWS, "bytes of the file": len(data)}
    told: list[int] = []
    with undone():
        read, read_in = timed(lambda: reading.read(data, sheet))
        checked, compared_in = timed(lambda: importer.check(read, by))
        fresh = [(number, row) for number, row in read.good() if number in checked.fresh]
        _, written_in = timed(lambda: importer.write(fresh, by, told.append))
    with undone():
        _, floor = timed(lambda: _copied(rows))
    whole = Spent(*map(sum, zip(read_in, compared_in, written_in, strict=True)))
    report.groups[f"An import of {ROWS:,} nurseries"] = {
        "reading and checking cells": once("reading and checking cells", read_in),
        "comparing": once("comparing", compared_in),
        "writing": once("writing", written_in),
        "import": once("import", whole),
        "floor": once("floor", floor),
    }
    report.notes.append(
        f"{len(fresh):,} rows written, progress told {len(told)} times; {whole.took:.1f} s in all, "
        f"{whole.took / floor.took:,.0f} times a bare COPY of six columns of them "
        f"({floor.took * 1000:.0f} ms)."
    )
    report.aims.append(aims.seconds(f"an import of {ROWS:,} rows", whole.took, aims.IMPORT_SECONDS))
    _long(report)


def _long(report: Report) -> None:
    """A sheet of a hundred thousand rows, one in a hundred wrong: reading and checking alone."""
    data = filled(LONG, _long_rows())
    read, spent = timed(lambda: reading.read(data, LONG, seconds=120))
    apart = round(read.peak / 1024, 1)
    report.notes.append(
        f"{LONG_ROWS:,} rows of {len(LONG.columns)} columns ({len(data):,} bytes), {len(read.defects):,} "
        f"defects: {spent.took:.1f} s; {apart} MiB in the process apart, {peak_memory()} MiB in this one."
    )
    report.aims.append(aims.seconds(f"validation of {LONG_ROWS:,} rows", spent.took, aims.LONG_SECONDS))
    report.aims.append(aims.memory(f"validation of {LONG_ROWS:,} rows, apart", apart))


def _long_rows() -> Iterator[dict[str, Any]]:
    for number in range(LONG_ROWS):
        yield {
            "name": f"第{number}家", "kind": "甲类" if number % 100 else "丙", "places": number % 400,
            "since": "2024-03-01", "address": f"中山北路{number}号", "phone": f"138{number:08d}",
            "number": f"N{number:06d}", "state": "在",
        }  # fmt: skip


def nurseries(count: int, county: str, sheet: Sheet) -> Iterator[dict[str, Any]]:
    """So many rows as an office would fill them in, each with a credit code of its own."""
    place = next(option for option in sheet.column("place").options if option.startswith(county))
    for number in range(count):
        yield {
            "name": f"测量第{number}家托育园", "uscc": credit_code_of(number, county), "kind": "托育机构",
            "nature": "非营利性", "legal_form": "社会服务机构（民办非企业单位）", "place": place,
            "address": f"中山北路{number}号", "registrar": departments()["civil_affairs"],
            "registration_number": f"民证字{number:06d}", "registered_on": "2021-05-20",
            "receipt_number": f"测托备{number:06d}", "receipt_issued_on": "2021-06-01", "filing": "已备案",
            "verified_on": "2021-06-10", "places": 60, "care_types": "全日托、半日托", "inclusive": "是",
            "representative": "王某某", "phone": "025-83000000",
        }  # fmt: skip


def credit_code_of(number: int, county: str) -> str:
    """The credit code of an organisation that is none."""
    return made_up_credit_code(f"52{county}QY{number:06d}")


def _copied(rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(FLOOR_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT {columns} FROM institutions_institution"
            " WITH NO DATA"
        )
        with cursor.copy(f"COPY copied ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[column] for column in FLOOR_COLUMNS])
