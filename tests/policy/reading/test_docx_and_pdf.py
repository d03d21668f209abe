"""What a docx and a pdf hide from a reader of their text: numbers that are made, tables, pages."""

from pathlib import Path

from invented import PLAN
from making import cell, docx, numbering, paragraph, pdf, table, written
from scoring import answer_of

from tuoyu.policy.reading import Reading, read_file, read_text

NUMBERED = [
    "白石镇托育工作方案",
    paragraph("工作目标", 0),
    "到2033年，建成托育点3个。",
    paragraph("主要任务", 0),
    paragraph("建设机构", 1),
    paragraph("改建旧房。（责任单位：镇财政所）", 2),
    paragraph("配备人员。（责任单位：镇卫生院）", 2),
    paragraph("加强监管", 1),
    paragraph("开展检查。（责任单位：镇派出所）", 2),
]


def read(folder: Path, data: bytes) -> Reading:
    return read_file(written(folder, "document.docx", data))


def test_numbers_word_makes_are_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, docx(NUMBERED, numbering=numbering()))
    assert [c.id for c in reading.clauses] == [
        "一", "二", "二.(一)", "二.(一).1", "二.(一).2", "二.(二)", "二.(二).1",
    ]  # fmt: skip
    assert reading.clauses[-1].responsible == ["镇派出所"]


def test_a_list_that_never_begins_anew_counts_on(tmp_path: Path) -> None:
    reading = read(tmp_path, docx(NUMBERED, numbering=numbering('<w:lvlRestart w:val="0"/>')))
    assert reading.clauses[-1].id == "二.(二).3"


def test_a_style_carries_the_number_of_its_paragraphs(tmp_path: Path) -> None:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    styles = (
        f'<w:styles xmlns:w="{w}"><w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '</w:pPr></w:style><w:style w:styleId="Title1"><w:basedOn w:val="Base"/></w:style></w:styles>'
    )
    body = [
        paragraph("工作目标", style="Title1"),
        "建设机构，落实责任。",
        paragraph("保障措施", style="Title1"),
    ]
    reading = read(tmp_path, docx([*body, "加强监管。"], numbering=numbering(), styles=styles))
    assert [(c.id, c.heading) for c in reading.clauses] == [("一", "工作目标"), ("二", "保障措施")]


def test_words_that_were_moved_or_stand_there_twice_are_read_once(tmp_path: Path) -> None:
    other = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    twice = (
        f'<w:p><mc:AlternateContent xmlns:mc="{other}"><mc:Choice><w:r><w:t>一、工作目标</w:t></w:r>'
        "</mc:Choice><mc:Fallback><w:r><w:t>一、工作目标</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    )
    moved = "<w:p><w:moveFrom><w:r><w:t>二、旧的部分</w:t></w:r></w:moveFrom></w:p>"
    reading = read(tmp_path, docx([twice, "建设机构。", moved, "二、保障措施", "加强监管，落实责任。"]))
    assert [(c.id, c.heading) for c in reading.clauses] == [("一", "工作目标"), ("二", "保障措施")]


def test_a_table_of_tasks_gives_each_unit_its_duty(tmp_path: Path) -> None:
    tasks = table(
        ["序号", "重点任务", "牵头单位", "责任单位", "完成时限"],
        ["1", "建设公办托育机构", "镇政府", "镇财政所、镇村建站", "2033年底"],
        ["2", "配备卫生室", cell("", goes_on=True), "镇卫生院", "2034年底"],
    )
    body = ["一、目标", "落实责任。", "二、任务", "加强监管。", "附件", "重点任务分工表", tasks]
    duties = [(d.department, d.text) for d in read(tmp_path, docx(body)).duties]
    assert duties == [
        ("镇政府", "建设公办托育机构"), ("镇财政所", "建设公办托育机构"), ("镇村建站", "建设公办托育机构"),
        ("镇政府", "配备卫生室"), ("镇卫生院", "配备卫生室"),
    ]  # fmt: skip


def test_a_table_of_persons_gives_posts_and_no_name(tmp_path: Path) -> None:
    persons = table(
        ["姓名", "职务", "委员会职务"],
        ["林晚舟", "镇长", "主任"],
        ["欧阳一诺", "副镇长", "副主任"],
        ["粟米", "镇卫生院院长", "委员"],
    )
    reading = read(tmp_path, docx(["一、目标", "落实责任。", "二、任务", "加强监管。", "附件", persons]))
    assert [(s.role, s.post) for s in reading.seats] == [
        ("convenor", "镇长"), ("deputy_convenor", "副镇长"), ("member", "镇卫生院院长"),
    ]  # fmt: skip
    assert not any(name in str(reading.as_json()) for name in ("林晚舟", "欧阳", "粟米"))


def test_a_chinese_pdf_is_read_without_what_stands_on_every_page(tmp_path: Path) -> None:
    lines = [line for line in PLAN.split("\n") if line]
    half = len(lines) // 2
    pages = "\n#pagebreak()\n".join(
        "\\\n".join(["青禾市政府公报 第3期", *(line.replace("#", r"\#") for line in page)])
        for page in (lines[:half], lines[half:])
    )
    source = f'#set page(width: 160cm)\n#set text(font: "Noto Sans SC", lang: "zh")\n{pages}'
    reading = read_file(written(tmp_path, "plan.pdf", pdf(source)))
    assert answer_of(reading) == answer_of(read_text(PLAN))
    marks = [noise.text.replace(" ", "") for noise in reading.noise if noise.kind == "page mark"]
    assert marks == ["青禾市政府公报第3期"] * 2
