"""`tuoyu bench directory`: the public list and page of an institution, and the three kinds of search."""

from typing import Any
from urllib.parse import quote

from tuoyu.institutions import names
from tuoyu.institutions.queries import LIST_FIELDS
from tuoyu.institutions.vocabulary import FILED
from tuoyu.project.bench import aims
from tuoyu.project.bench.measuring import in_turn, queries_of
from tuoyu.project.bench.report import Report
from tuoyu.project.bench.stage import Stage

PAGES = 20
API = "/api/v1/institutions"
COLUMNS = ", ".join(LIST_FIELDS)
SHOWN = "filing IN (" + ", ".join(f"'{state.value}'" for state in FILED) + ")"
COUNT = f"SELECT count(*) FROM (SELECT 1 FROM institutions_institution WHERE {SHOWN} LIMIT 10001) t"
LIST = f"SELECT {COLUMNS} FROM institutions_institution WHERE {SHOWN} ORDER BY id DESC LIMIT 21 OFFSET %s"
ONE = f"SELECT * FROM institutions_institution WHERE id = %s AND {SHOWN}"
CLASSES = (
    "SELECT name, class_type, places FROM institutions_classgroup"
    " WHERE institution_id = %s AND closed_on IS NULL ORDER BY id"
)
PUBLISHED = (
    "SELECT kind, reasons, clause, published_on, department, division_code FROM institutions_publication"
    " WHERE institution_id = %s ORDER BY published_on DESC, id DESC"
)


def run(stage: Stage, report: Report, requests: int) -> None:
    """Measure the directory."""
    listed = in_turn(
        {
            "page": lambda n: stage.get(f"/nurseries/?page={n % PAGES + 1}"),
            "API": lambda n: stage.get(f"{API}?page={n % PAGES + 1}"),
            "floor": lambda n: stage.rows([(COUNT, []), (LIST, [n % PAGES * 20])]),
        },
        requests,
        counted=("page", "API"),
    )
    report.groups["The list, 20 rows with their count"] = listed
    report.aims.append(aims.share("directory list", listed["page"].per_second, listed["floor"].per_second))
    report.aims.append(aims.queries("directory list", listed["page"].queries or 0))
    _rows_and_queries(stage, report)
    _detail(stage, report, requests)
    _search(stage, report, requests)


def _sample(stage: Stage, count: int) -> list[Any]:
    """Institutions from all over the table, the same at every run."""
    columns = "id, name, pinyin, initials"
    text = f"SELECT {columns} FROM institutions_institution WHERE {SHOWN} ORDER BY md5(id::text) LIMIT %s"
    return stage.all(text, [count])


def _rows_and_queries(stage: Stage, report: Report) -> None:
    """The place with the fewest institutions, and the whole list fifty at a time."""
    place, held = stage.one(
        f"SELECT left(division_code, 6), count(*) FROM institutions_institution WHERE {SHOWN}"
        " GROUP BY 1 ORDER BY 2, 1 LIMIT 1"
    )
    one = queries_of(lambda n: stage.get(f"/nurseries/?place={place}"), 0)
    fifty = queries_of(lambda n: stage.get("/nurseries/?size=50"), 0)
    report.notes.append(f"Queries of the list: {one} for {held} rows, {fifty} for 50 rows.")
    report.aims.append(aims.same_queries("directory list", one, fifty))


def _detail(stage: Stage, report: Report, requests: int) -> None:
    found = [row[0] for row in _sample(stage, 200)]
    detail = in_turn(
        {
            "page": lambda n: stage.get(f"/nurseries/{found[n % len(found)]}/"),
            "API": lambda n: stage.get(f"{API}/{found[n % len(found)]}"),
            "floor": lambda n: stage.rows(
                [(text, [found[n % len(found)]]) for text in (ONE, CLASSES, PUBLISHED)]
            ),
        },
        requests,
        counted=("page", "API"),
    )
    report.groups["One institution with its classes and publications"] = detail
    report.aims.append(aims.share("institution page", detail["page"].per_second, detail["floor"].per_second))
    report.aims.append(aims.queries("institution page", detail["page"].queries or 0))


def _search(stage: Stage, report: Report, requests: int) -> None:
    """Whole names, two characters out of a name, pinyin and initials from anywhere in the table."""
    found = _sample(stage, 200)

    def asked(words: list[str]) -> Any:
        return lambda n: stage.get(f"/nurseries/?q={quote(words[n % len(words)])}")

    kinds = {
        "name": [row[1] for row in found],
        "two characters": [row[1][3:5] for row in found],
        "pinyin": [names.pinyin_of(row[1][3:6])[0] for row in found],
        "initials": [row[3] for row in found],
        "initials in part": [row[3][2:6] for row in found],
    }
    searched = in_turn({kind: asked(words) for kind, words in kinds.items()}, requests, counted=tuple(kinds))
    report.groups["Search, the page"] = searched
    report.aims += [aims.search(f"search by {kind}", measured.p95) for kind, measured in searched.items()]
