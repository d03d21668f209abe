"""The shape of a policy pack. One model for each kind of entry, one for each file, one for the whole."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

LEGAL_FORMS = ("public_institution", "social_service_org", "enterprise", "individual_business")
NATURE_OF = {
    "public_institution": "nonprofit",
    "social_service_org": "nonprofit",
    "enterprise": "forprofit",
    "individual_business": "forprofit",
}
NATURES = ("nonprofit", "forprofit")
KINDS = ("institution", "family_point", "kindergarten_class", "employer")

LegalForm = Literal["public_institution", "social_service_org", "enterprise", "individual_business"]
Nature = Literal["nonprofit", "forprofit"]
Level = Literal["country", "province", "city", "county"]
FormPage = Literal[
    "basics", "provider", "premises", "classes", "staff", "papers", "commitment", "review",
    "items", "ending", "pause", "restart", "yearly", "report",
]  # fmt: skip
# Where a step or a push names a department, these name the one that registered the institution, and the one
# that led the inspection a case began with.
REGISTRAR, INSPECTING = "registrar", "inspecting"
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=80)]
Code = Annotated[str, Field(pattern=r"^(cn|\d{6})$")]
DivisionCode = Annotated[str, Field(pattern=r"^\d{6}(\d{3})?$")]
IndicatorCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,8}(\.[0-9A-Za-z]{1,8}){0,5}$", max_length=40)]
Aspect = Literal["quality", "safety"]
Number = int | float
Day = date
Value = bool | int | float | str | tuple[int | float | str, ...]
Fact = bool | str | tuple[str, ...]


class Entry(BaseModel):
    """Whatever a pack holds: no unknown key, no silent conversion, never changed once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Dated(Entry):
    """Something in force from a day up to, but not including, another."""

    effective_from: date | None = None
    effective_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if self.effective_from and self.effective_to and self.effective_from >= self.effective_to:
            raise ValueError("effective_to 必须晚于 effective_from（它是失效的第一天）")
        return self

    def in_force(self, on: date) -> bool:
        """Whether this holds on the day `on`."""
        begun = self.effective_from is None or self.effective_from <= on
        return begun and (self.effective_to is None or on < self.effective_to)

    def overlaps(self, other: "Dated") -> bool:
        """Whether there is a day on which both hold."""
        return (self.effective_from or date.min) < (other.effective_to or date.max) and (
            other.effective_from or date.min
        ) < (self.effective_to or date.max)


class Basis(Entry):
    """A document that another rests on."""

    title: Name
    number: str = ""


class Document(Entry):
    """The policy document a pack was made from. What the text does not say stays empty."""

    title: Name
    number: str = ""
    issuer: str = ""
    date: Day | None = None
    kind: str = ""
    note: str = ""
    basis: tuple[Basis, ...] = ()


class Department(Entry):
    """A department of the vocabulary, with every way the documents write it, level prefix left out."""

    key: Key
    name: Name
    short: Name
    forms: tuple[Name, ...] = ()


class Capability(Entry):
    """Something the program can do that a clause may demand; `words` are how documents speak of it, and
    one of `sure` tells by itself."""

    key: Annotated[str, Field(pattern=r"^[A-F]\d{1,2}$")]
    name: Name
    sure: tuple[Name, ...] = ()
    words: tuple[Name, ...] = ()


class DepartmentName(Entry):
    """What this jurisdiction calls a department; `lower` is what it is called one level down."""

    key: Key
    forms: tuple[Name, ...]
    display: Name
    lower: str = ""


class Clause(Entry):
    """One numbered part of the document, summarised in our own words."""

    id: Annotated[str, Field(pattern=r"^[^\s].*$", max_length=40)]
    kind: Literal["section", "subsection", "item", "paragraph"]
    heading: Name
    summary: Text
    lead: tuple[Name, ...] = ()
    responsible: tuple[Name, ...] = ()
    default_responsible: tuple[Name, ...] = ()
    capabilities: tuple[str, ...] = ()
    declaratory: bool = False

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that answers for the clause, as the document writes it."""
        return self.lead + self.responsible + self.default_responsible


class Target(Entry):
    """A quantified or dated promise."""

    clause: Name
    indicator: Key
    comparator: Literal[">=", ">", "=", "<=", "<", "between", "reached"]
    value: Number | None = None
    value_max: Number | None = None
    unit: str = ""
    deadline: date | None = None
    period: str = ""
    scope: str = ""
    text: Text
    note: str = ""

    @model_validator(mode="after")
    def _values_fit_comparator(self) -> "Target":
        if self.comparator == "between" and (self.value is None or self.value_max is None):
            raise ValueError("comparator 为 between 时要同时写 value 和 value_max")
        if self.comparator not in ("between", "reached") and self.value is None:
            raise ValueError('写了比较符就要写 value；只有期限、没有数量的目标用 comparator = "reached"')
        if self.comparator != "between" and self.value_max is not None:
            raise ValueError("value_max 只在 comparator 为 between 时使用")
        return self


class Duty(Entry):
    """A duty that the annex gives to a unit."""

    department: Name
    key: Key
    summary: Text


class ConferenceSeat(Entry):
    """A seat of the joint conference, by post; no personal names."""

    role: Literal["convenor", "deputy_convenor", "member", "office", "lead"]
    post: Name
    key: Key | None = None


class Rule(Dated):
    """A value that a document or a standard sets, with the clause it comes from.

    `bound` says which way is stricter: "max" is an upper limit, "min" a lower one. A regional rule
    replaces the national one only when it is stricter or says `overrides`.
    """

    key: Key
    value: Value
    unit: str = ""
    clause: Name
    document: str = ""
    number: str = ""
    force: Literal["mandatory", "recommended", "guidance", "local"]
    confidence: Literal["high", "medium", "low"]
    bound: Literal["max", "min"] | None = None
    overrides: bool = False
    conflict_group: str = ""
    name: str = ""
    note: str = ""

    @property
    def blocks(self) -> bool:
        """Only what is mandatory and certain stops anybody; the rest warns."""
        return self.force == "mandatory" and self.confidence == "high"


class Setting(Dated):
    """What a division decided where the document leaves a choice."""

    key: Key
    division: DivisionCode
    value: Value
    note: str = ""


class RouteName(Entry):
    """The department of a step is found by a route of the procedure."""

    route: Key


class RuleName(Entry):
    """A number of working days that a rule sets."""

    rule: Key


class Step(Entry):
    """One thing one department does in a procedure."""

    key: Key
    name: Name
    department: Key | RouteName
    level: Literal["province", "city", "county", "street"] = "county"
    kind: Literal[
        "check", "consent", "registration", "filing", "verification",
        "amendment", "change", "review", "report", "suspension", "resumption", "cancellation",
        "recheck", "penalty", "revocation", "ban", "accountability", "triage", "handling", "assessment",
        "approval", "repair", "appeal",
    ]  # fmt: skip
    after: tuple[Key, ...] = ()
    when: dict[str, Fact] = {}
    reviews: tuple[FormPage, ...] = ()
    working_days: RuleName | None = None
    clock_from: str = ""
    push_to: tuple[Key, ...] = ()
    publish: bool = False
    prior: str = ""
    clause: Name
    document: str = ""
    note: str = ""


class Route(Entry):
    """Which registrar a legal form goes to; two offers need a dated setting that decides."""

    name: Key
    legal_form: LegalForm | tuple[LegalForm, ...] = ()
    nature: Nature | None = None
    kind: tuple[Literal["institution", "family_point", "kindergarten_class", "employer"], ...] = ()
    offers: Annotated[tuple[Key, ...], Field(min_length=1)]
    setting: Key | None = None
    clause: Name
    document: str = ""
    note: str = ""

    @property
    def legal_forms(self) -> tuple[str, ...]:
        """The legal forms this route is for; all of them when it names none."""
        if isinstance(self.legal_form, str):
            return (self.legal_form,)
        return self.legal_form or LEGAL_FORMS

    def serves(self, legal_form: str, kind: str = "") -> bool:
        """Whether this route is for such an applicant."""
        return (
            legal_form in self.legal_forms
            and self.nature in (None, NATURE_OF.get(legal_form))
            and (not self.kind or kind in self.kind)
        )


class Procedure(Dated):
    """The steps one kind of case goes through."""

    key: Key
    name: Name
    clause: Name
    document: str = ""
    note: str = ""
    step: Annotated[tuple[Step, ...], Field(min_length=1)]
    route: tuple[Route, ...] = ()


class ChecklistItem(Entry):
    """One line of a checklist."""

    key: Key
    text: Text
    rule: Key | None = None
    clause: str = ""
    document: str = ""
    page: FormPage | None = None
    severity: Literal["block", "warn", "info"] = "warn"
    when: dict[str, Fact] = {}


class Checklist(Dated):
    """A version of a checklist; the one in force on the day is used."""

    key: Key
    version: str
    name: str = ""
    note: str = ""
    item: tuple[ChecklistItem, ...] = ()


class Paper(Entry):
    """A paper an application needs, and the facts under which it needs it.

    `procedures` are those it is handed in for; none named, it is for setting up and filing. `changes` are the
    items of a filing whose change asks for it anew.
    """

    key: Key
    name: Name
    procedures: tuple[Key, ...] = ()
    changes: tuple[Key, ...] = ()
    required_when: dict[str, Fact] = {}
    issuer_hint: str = ""
    needs_number: bool = False
    needs_expiry: bool = False
    rule: Key | None = None
    clause: str = ""
    document: str = ""
    note: str = ""


class Watch(Dated):
    """Something to be alerted of: which check looks for it, by which rules, who is told and acts by when.

    `rules` names the rules a check reads, by the check's own words for them; `given` are its parameters.
    One that is not `active` waits for a place that wants it: a nearer pack's replaces one of the same key.
    `told` says whether the institution reads of it, `pushed` whether a message goes to each department.
    """

    key: Key
    name: Name
    check: Key
    rules: dict[str, Key] = {}
    given: dict[str, Value] = {}
    capability: Annotated[str, Field(pattern=r"^[A-F]\d{1,2}$")]
    addressees: Annotated[tuple[Key, ...], Field(min_length=1)]
    hours: RuleName | None = None
    working_days: RuleName | None = None
    active: bool = True
    told: bool = True
    pushed: bool = False
    ends_by_itself: bool = True
    clause: Name
    document: str = ""
    number: str = ""
    force: Literal["mandatory", "recommended", "guidance", "local"]
    confidence: Literal["high", "medium", "low"]
    note: str = ""


class Indicator(Entry):
    """One thing an assessment looks at; points and veto only where they are established."""

    code: IndicatorCode
    text: Name
    points: Annotated[int, Field(ge=1, le=10_000)] | None = None
    veto: bool = False
    clause: str = ""


class IndicatorSection(Entry):
    """A second-level heading of an assessment standard."""

    code: IndicatorCode
    name: Name


class IndicatorChapter(Entry):
    """A first-level heading with its points, the headings below it, and the items known of it."""

    code: IndicatorCode
    name: Name
    points: Annotated[int, Field(ge=1, le=10_000)] | None = None
    aspect: Aspect = "quality"
    section: tuple[IndicatorSection, ...] = ()
    item: tuple[Indicator, ...] = ()


class GradeStep(Entry):
    """A grade, and the points it takes at least."""

    name: Annotated[str, Field(min_length=1, max_length=20)]
    at_least: Annotated[int, Field(ge=0, le=100_000)]
    stars: Annotated[int, Field(ge=0, le=5)] = 0


class Outline(Dated):
    """What is established of a standard by which quality is assessed: from it a place drafts its own complete
    tree. `vetoes` is how many items veto, where only their number is known."""

    key: Key
    version: Annotated[str, Field(min_length=1, max_length=40)]
    name: Name
    document: Name
    number: str = ""
    clause: str = ""
    force: Literal["mandatory", "recommended", "guidance", "local"]
    confidence: Literal["high", "medium", "low"]
    total: Annotated[int, Field(ge=1, le=100_000)] | None = None
    vetoes: Annotated[int, Field(ge=0, le=1000)] | None = None
    note: str = ""
    chapter: tuple[IndicatorChapter, ...] = ()
    grade: tuple[GradeStep, ...] = ()


class Wording(Entry):
    """The lines of a form or a notice."""

    key: Key
    lines: Annotated[tuple[Text, ...], Field(min_length=1)]


class Unit(Entry):
    """How the unit of a rule is written."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Name


class Gap(Entry):
    """What the document leaves open: a unit with tasks and no duty, a clause nobody answers for."""

    clause: Name
    department: Key | None = None
    note: Text


class PackFile(Entry):
    """pack.toml"""

    code: Code
    slug: Annotated[str, Field(pattern=r"^[a-z]+$")]
    name: Name
    level: Level
    inherits: Code | None = None
    document: Document | None = None
    gap: tuple[Gap, ...] = ()


class DepartmentsFile(Entry):
    """departments.toml"""

    department: tuple[Department, ...] = ()
    name: tuple[DepartmentName, ...] = ()


class CapabilitiesFile(Entry):
    """capabilities.toml, in the national pack only"""

    capability: tuple[Capability, ...] = ()


class ClausesFile(Entry):
    """clauses.toml"""

    clause: tuple[Clause, ...] = ()


class TargetsFile(Entry):
    """targets.toml"""

    target: tuple[Target, ...] = ()


class DutiesFile(Entry):
    """duties.toml"""

    duty: tuple[Duty, ...] = ()


class ConferenceFile(Entry):
    """conference.toml"""

    seat: tuple[ConferenceSeat, ...] = ()


class RulesFile(Entry):
    """rules.toml"""

    rule: tuple[Rule, ...] = ()


class SettingsFile(Entry):
    """settings.toml"""

    setting: tuple[Setting, ...] = ()


class ProceduresFile(Entry):
    """procedures.toml"""

    procedure: tuple[Procedure, ...] = ()


class ChecklistsFile(Entry):
    """checklists.toml"""

    checklist: tuple[Checklist, ...] = ()


class PapersFile(Entry):
    """papers.toml"""

    paper: tuple[Paper, ...] = ()


class AssessmentFile(Entry):
    """assessment.toml"""

    assessment: tuple[Outline, ...] = ()


class TextsFile(Entry):
    """texts.toml"""

    text: tuple[Wording, ...] = ()


class AlertsFile(Entry):
    """alerts.toml"""

    watch: tuple[Watch, ...] = ()


class UnitsFile(Entry):
    """units.toml, in the national pack only"""

    unit: tuple[Unit, ...] = ()


FILES: dict[str, type[Entry]] = {
    "pack.toml": PackFile,
    "departments.toml": DepartmentsFile,
    "capabilities.toml": CapabilitiesFile,
    "clauses.toml": ClausesFile,
    "targets.toml": TargetsFile,
    "duties.toml": DutiesFile,
    "conference.toml": ConferenceFile,
    "rules.toml": RulesFile,
    "settings.toml": SettingsFile,
    "procedures.toml": ProceduresFile,
    "checklists.toml": ChecklistsFile,
    "papers.toml": PapersFile,
    "assessment.toml": AssessmentFile,
    "texts.toml": TextsFile,
    "alerts.toml": AlertsFile,
    "units.toml": UnitsFile,
}


class Pack(PackFile):
    """A whole pack, its files laid together."""

    department: tuple[Department, ...] = ()
    name_of: tuple[DepartmentName, ...] = ()
    capability: tuple[Capability, ...] = ()
    clause: tuple[Clause, ...] = ()
    target: tuple[Target, ...] = ()
    duty: tuple[Duty, ...] = ()
    seat: tuple[ConferenceSeat, ...] = ()
    rule: tuple[Rule, ...] = ()
    setting: tuple[Setting, ...] = ()
    procedure: tuple[Procedure, ...] = ()
    checklist: tuple[Checklist, ...] = ()
    paper: tuple[Paper, ...] = ()
    assessment: tuple[Outline, ...] = ()
    text: tuple[Wording, ...] = ()
    unit: tuple[Unit, ...] = ()
    watch: tuple[Watch, ...] = ()

    @property
    def title(self) -> str:
        """The title of the document, or the pack's name where it has none."""
        return self.document.title if self.document else self.name

    @property
    def prefix(self) -> str:
        """The division prefix of the places the pack is for; empty for the whole country."""
        return prefix_of(self.code) if self.code != "cn" else ""


def prefix_of(code: str) -> str:
    """The prefix that every place within `code` begins with: 360000 → 36, 320100 → 3201."""
    if len(code) > 6:
        return code
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code
