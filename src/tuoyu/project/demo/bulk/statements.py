"""Rows made from rows: what the engine would have written about each staged case, in sets."""

from collections.abc import Callable

from tuoyu.accounts.models import Membership, User
from tuoyu.cases.models import Case, Notice, Remark, Step, Submission
from tuoyu.core.models import AuditEvent, OutboxMessage
from tuoyu.institutions.models import Application, Certificate, ClassGroup, Institution, Premises, Publication
from tuoyu.project.demo.bulk.tables import insert

MODELS = (
    User, Membership, Case, Step, Submission, Notice, Remark, Institution, Premises, ClassGroup, Application,
    Certificate, Publication, OutboxMessage, AuditEvent,
)  # fmt: skip
# Numbers left free for each case: its steps, its notices, its audit events in the order they happened.
STEPS, NOTICES, EVENTS = 16, 32, 64


def moment(day: str, minutes: int = 0) -> str:
    """The moment something happened on the day in a column: in office hours, spread over the day."""
    return f"(({day} + interval '9 hours' + (c.n % 360 + {minutes}) * interval '1 minute') AT TIME ZONE 'Asia/Shanghai')"


class Writer:
    """Writes everything about the staged cases; `base` is where each table's numbers begin."""

    def __init__(self, base: dict[str, int]) -> None:
        self.base = base

    def case(self) -> str:
        return f"({self.base['case']} + c.n + 1)"

    def owner(self) -> str:
        return f"({self.base['user']} + c.owner + 1)"

    def institution(self) -> str:
        return f"({self.base['institution']} + c.inst)"

    def topic(self) -> str:
        return f"('case:' || {self.case()})"

    def parts(self) -> tuple[tuple[str, Callable[[], int]], ...]:
        """What is written, in an order in which each finds what it needs."""
        return (
            ("Applicants", self.users),
            ("Officers", self.officers),
            ("Cases", self.cases),
            ("Steps", self.steps),
            ("Institutions", self.institutions),
            ("Applications", self.applications),
            ("Submissions", self.submissions),
            ("Papers issued", self.issued),
            ("Messages", self.messages),
            ("Notices", self.notices),
            ("Remarks", self.remarks),
            ("Audit events", self.events),
        )

    # ------------------------------------------------------------ people

    def users(self) -> int:
        return insert(
            User,
            {
                "id": self.owner(),
                "username": "'demo.family.' || c.owner",
                "name": "c.contact",
                "password": "'!'",
                "origin": "'demonstration'",
                "created_at": moment("c.d_open"),
            },
            "FROM (SELECT owner, min(contact) AS contact, min(d_open) AS d_open, owner AS n FROM t_case GROUP BY owner) c",
        )

    def officers(self) -> int:
        made = insert(
            User,
            {
                "id": "c.id",
                "username": "'demo.officer.' || c.n",
                "name": "c.name",
                "password": "'!'",
                "origin": "'demonstration'",
                "created_at": "now()",
            },
            "FROM t_officer c",
        )
        insert(
            Membership,
            {
                "id": f"{self.base['membership']} + c.n + 1",
                "user_id": "c.id",
                "role": "'officer'",
                "department": "c.department",
                "division_code": "c.division",
                "valid": "daterange(current_date, NULL)",
                "given_at": "now()",
            },
            "FROM t_officer c",
        )
        return made

    # ------------------------------------------------------------ cases and steps

    def cases(self) -> int:
        return insert(
            Case,
            {
                "id": self.case(),
                "number": f"'TY' || c.county || to_char(c.d_open, 'YYYY') || lpad(({self.base['number']} + c.n + 1)::text, 7, '0')",
                "procedure": "t.procedure",
                "procedure_name": "p.name",
                "jurisdiction_code": "c.jurisdiction",
                "pack_id": "c.pack",
                "division_code": "c.place",
                "subject_name": "c.name",
                "applicant_id": self.owner(),
                "filed_by_id": self.owner(),
                "channel": "c.channel",
                "facts": "t.facts || jsonb_build_object('division_code', c.county)",
                "state": "c.state",
                "round": "1",
                "opened_at": moment("c.d_open"),
                "closed_at": moment("c.closed", 30),
                "reason": "c.reason",
            },
            "FROM t_case c JOIN t_variant t ON t.number = c.variant JOIN t_plan p ON p.number = c.plan ORDER BY c.n",
        )

    def steps(self) -> int:
        return insert(
            Step,
            {
                "id": "c.id",
                "case_id": self.case(),
                "key": "s.key",
                "name": "s.name",
                "kind": "s.kind",
                "department": "s.department",
                "division_code": "c.authority",
                "stage": "s.stage",
                "after": "s.after",
                "reviews": "s.reviews",
                "push_to": "s.push_to",
                "clause": "s.clause",
                "source": "s.source",
                "state": "c.state",
                "started_at": moment("c.d_start"),
                "clock_of": "s.clock_of",
                "clock_from": "c.d_clock",
                "clock_days": "CASE WHEN c.state = 'defective' AND c.due IS NOT NULL THEN greatest(0, c.due_ordinal - c.done_ordinal)"
                " ELSE s.days END",
                "due_on": "c.due",
                "provisional": "COALESCE(c.provisional, false)",
                "paused_on": "CASE WHEN c.state = 'defective' THEN c.d_done END",
                "assignee_id": "CASE WHEN c.decided OR c.state = 'active' AND c.n % 10 = 0 THEN c.officer END",
                "decided_at": f"CASE WHEN c.decided THEN {moment('c.d_done', 20)} END",
                "decided_by_id": "CASE WHEN c.decided THEN c.officer END",
                "decided_label": "CASE WHEN c.decided THEN c.officer_name ELSE '' END",
                "reason": "CASE WHEN c.state = 'refused' THEN c.reason ELSE '' END",
            },
            "FROM t_case_step c JOIN t_step s ON s.plan = c.plan AND s.ord = c.ord",
        )

    def remarks(self) -> int:
        return insert(
            Remark,
            {
                "step_id": "c.id",
                "case_id": self.case(),
                "round": "1",
                "page": "r.page",
                "field": "r.field",
                "text": "r.text",
                "source": "r.source",
                "rule_key": "r.rule_key",
                "made_at": moment("c.d_done", 20),
                "made_label": "c.officer_name",
            },
            "FROM t_case_step c JOIN t_step s ON s.plan = c.plan AND s.ord = c.ord"
            " JOIN t_remark r ON r.page = s.reviews ->> (c.n % jsonb_array_length(s.reviews)) WHERE c.state = 'defective'",
        )

    # ------------------------------------------------------------ institutions and applications

    def institutions(self) -> int:
        registered = "FROM t_case c JOIN t_variant t ON t.number = c.variant WHERE c.inst IS NOT NULL"
        made = insert(
            Institution,
            {
                "id": self.institution(),
                "name": "c.name",
                "pinyin": "c.pinyin",
                "initials": "c.initials",
                "search_keys": "c.keys",
                "intro": "t.data #>> '{basics,intro}'",
                "kind": "t.kind",
                "nature": "t.nature",
                "legal_form": "t.legal_form",
                "division_code": "c.place",
                "address": "c.address",
                "longitude": "c.east::float8",
                "latitude": "c.north::float8",
                "representative": "c.contact",
                "phone": "t.data #>> '{basics,public_phone}'",
                "opening_hours": "t.data #>> '{basics,opening_hours}'",
                "fees": "t.data #>> '{basics,fees}'",
                "care_types": "t.care_types",
                "class_types": "t.class_types",
                "places": "t.places",
                "inclusive": "c.inclusive",
                "registration": "'registered'",
                "registrar": "r.department",
                "registration_number": "'演示登字' || lpad(c.inst::text, 6, '0') || '号'",
                "uscc": "c.uscc",
                "registered_on": "c.d_reg",
                "business_scope": "c.scope",
                "filing": "c.filing",
                "receipt_number": f"CASE WHEN c.d_fil IS NOT NULL THEN {self._receipt()} END",
                "receipt_issued_on": "c.d_fil",
                "verified_on": "CASE WHEN c.filing IN ('normal', 'published_nonconforming') THEN c.d_ver END",
                "public_since": "c.d_fil",
                "created_at": moment("c.d_reg", 20),
            },
            registered.replace("WHERE", "JOIN t_step r ON r.plan = c.plan AND r.kind = 'registration' WHERE")
            + " ORDER BY c.inst",
        )
        insert(
            Premises,
            {
                "institution_id": self.institution(),
                "tenure": "t.data #>> '{premises,tenure}'",
                "lease_from": "(t.data #>> '{premises,lease_from}')::date",
                "lease_to": "(t.data #>> '{premises,lease_to}')::date",
                "building_area": "(t.data #>> '{premises,building_area}')::numeric",
                "indoor_area": "(t.data #>> '{premises,indoor_area}')::numeric",
                "outdoor_area": "(t.data #>> '{premises,outdoor_area}')::numeric",
                "floor": "(t.data #>> '{premises,floor}')::int",
            },
            registered,
        )
        insert(
            ClassGroup,
            {
                "institution_id": self.institution(),
                "name": "k.name",
                "class_type": "k.class_type",
                "places": "k.places",
                "carers": "k.carers",
                "room_area": "k.area",
            },
            "FROM t_case c JOIN t_class k ON k.variant = c.variant WHERE c.inst IS NOT NULL",
        )
        insert(
            Membership,
            {
                "id": f"{self.base['membership']} + {self.base['officers']} + c.inst",
                "user_id": self.owner(),
                "role": "'nursery_head'",
                "division_code": "c.place",
                "institution_id": self.institution(),
                "valid": "daterange(c.d_reg, NULL)",
                "given_at": moment("c.d_reg", 20),
            },
            "FROM t_case c WHERE c.inst IS NOT NULL",
        )
        return made

    def _receipt(self) -> str:
        return f"('托备' || c.county || to_char(c.d_fil, 'YYYY') || lpad({self.case()}::text, greatest(6, length({self.case()}::text)), '0'))"

    def applications(self) -> int:
        return insert(
            Application,
            {
                "id": f"{self.base['application']} + c.n + 1",
                "owner_id": self.owner(),
                "channel": "c.channel",
                "procedure": "t.procedure",
                "kind": "t.kind",
                "nature": "t.nature",
                "legal_form": "t.legal_form",
                "division_code": "c.county",
                "data": "t.data || jsonb_build_object('basics', t.data -> 'basics' || jsonb_build_object("
                "'name', c.name, 'street', CASE WHEN length(c.place) > 6 THEN c.place ELSE '' END,"
                "'address', c.address, 'longitude', c.east, 'latitude', c.north,"
                "'business_scope', c.scope), 'commitment', jsonb_build_object('agreed', 'yes'))",
                "identity": "t.identity",
                "contact_name": "p.contact_name",
                "contact_phone": "p.contact_phone",
                "signer": "p.signer",
                "version": "7",
                "state": "CASE c.state WHEN 'open' THEN 'submitted' WHEN 'returned' THEN 'mending' ELSE 'closed' END",
                "case_id": self.case(),
                "institution_id": self.institution(),
                "created_at": moment("c.d_open"),
                "saved_at": moment("c.d_open"),
                "submitted_at": moment("c.d_open"),
            },
            "FROM t_case c JOIN t_variant t ON t.number = c.variant"
            " JOIN t_person p ON p.name = c.contact ORDER BY c.n",
        )

    def submissions(self) -> int:
        return insert(
            Submission,
            {
                "case_id": self.case(),
                "round": "1",
                "data": "t.said || jsonb_build_object('basics', t.said -> 'basics' || jsonb_build_object("
                "'name', c.name, 'place', c.full_place, 'street', '', 'address', c.address, 'longitude', c.east || '°',"
                "'latitude', c.north || '°', 'contact_name', c.contact, 'business_scope', c.scope))",
                "handed_in_at": moment("c.d_open"),
                "handed_in_label": "c.contact",
            },
            "FROM t_case c JOIN t_variant t ON t.number = c.variant ORDER BY c.n",
        )

    # ------------------------------------------------------------ what was issued, published and sent

    def issued(self) -> int:
        made = 0
        for kind, mark, title in (
            ("receipt", "", "托育机构备案回执"),
            ("conditions_notice", "-G", "托育机构基本条件告知书"),
        ):
            code = f"substr(md5({self.case()}::text || '{kind}'), 1, 16)"
            content = (
                f"jsonb_build_object('title', '{title}', 'number', {self._receipt()} || '{mark}', 'issuer', h.issuer,"
                "'issued_on', to_char(c.d_fil, 'FMYYYY\"年\"FMMM\"月\"FMDD\"日\"'), 'name', c.name, 'facts', jsonb_build_array("
                "jsonb_build_array('统一社会信用代码', c.uscc), jsonb_build_array('机构性质', t.standing),"
                "jsonb_build_array('机构地址', c.full_place || c.address), jsonb_build_array('法定代表人（负责人）', c.contact),"
                "jsonb_build_array('服务范围', t.care_words), jsonb_build_array('班型与托位', t.class_words)),"
                f"'lines', w.lines, 'reasons', '', 'code', {code}, 'address', w.address || {code} || '/')"
            )
            made += insert(
                Certificate,
                {
                    "number": f"{self._receipt()} || '{mark}'",
                    "kind": f"'{kind}'",
                    "institution_id": self.institution(),
                    "case_id": self.case(),
                    "code": code,
                    "issued_on": "c.d_fil",
                    "issuer": "h.issuer",
                    "content": content,
                    "digest": f"encode(sha256(({code} || c.name)::bytea), 'hex')",
                    "cancelled_on": f"CASE WHEN c.course = 'nonconforming' AND '{kind}' = 'receipt' THEN c.d_ver END",
                    "cancelled_reason": f"CASE WHEN c.course = 'nonconforming' AND '{kind}' = 'receipt'"
                    " THEN '经现场核实不符合备案要求，已公示。' ELSE '' END",
                },
                "FROM t_case c JOIN t_variant t ON t.number = c.variant JOIN t_health h ON h.county = c.county"
                f" JOIN t_wording w ON w.pack = c.pack AND w.kind = '{kind}' AND w.family = (t.kind = 'family_point')"
                " WHERE c.d_fil IS NOT NULL ORDER BY c.n",
            )
        return made + self._published()

    def _published(self) -> int:
        made = 0
        for kind, step, day, where, reasons in (
            ("filing", "filing", "c.d_fil", "c.d_fil IS NOT NULL", "''"),
            ("nonconformity", "verification", "c.d_ver", "c.course = 'nonconforming'", "c.reason"),
        ):
            made += insert(
                Publication,
                {
                    "institution_id": self.institution(),
                    "case_id": self.case(),
                    "kind": f"'{kind}'",
                    "reasons": reasons,
                    "clause": "s.source",
                    "department": "s.department",
                    "division_code": "c.authority",
                    "published_on": day,
                    "published_label": "h.name",
                },
                f"FROM t_case c JOIN t_step s ON s.plan = c.plan AND s.kind = '{step}'"
                f" JOIN t_health h ON h.county = c.county WHERE {where} ORDER BY c.n",
            )
        return made

    def messages(self) -> int:
        return insert(
            OutboxMessage,
            {
                "key": f"{self.topic()} || ':registration:' || d.department",
                "topic": "'registration.approved'",
                "department": "d.department",
                "division_code": "c.authority",
                "payload": f"jsonb_build_object('case', {self.case()}, 'name', c.name, 'uscc', c.uscc, 'division_code', c.place,"
                f" 'registered_on', c.d_reg, 'institution_id', {self.institution()})",
                "state": "'acknowledged'",
                "attempts": "1",
                "created_at": moment("c.d_reg", 20),
                "next_attempt_at": moment("c.d_reg", 20),
                "delivered_at": moment("c.d_reg", 21),
                "acknowledged_at": moment("c.d_reg", 22),
                "acknowledged_by": "'演示接收端'",
            },
            "FROM t_case c JOIN t_step s ON s.plan = c.plan AND s.kind = 'registration'"
            " CROSS JOIN LATERAL jsonb_array_elements_text(s.push_to) d(department) WHERE c.inst IS NOT NULL",
        )

    # ------------------------------------------------------------ notices

    def notices(self) -> int:
        from_cases = "FROM t_case c"
        from_steps = (
            "FROM t_case_step c JOIN t_step s ON s.plan = c.plan AND s.ord = c.ord WHERE c.state = 'approved'"
        )
        number = f"'TY' || c.county || to_char(c.d_open, 'YYYY') || lpad(({self.base['number']} + c.n + 1)::text, 7, '0')"
        told = (
            ("0", "'申报已收到'", f"'“' || c.name || '”的申报已收到，办件编号 ' || {number} || '。各部门开始办理，进展会随时通知您。'",
             "c.d_open", 0, from_cases),
            ("(1 + c.ord)", "s.name || '已通过'",
             "'“' || c.subject || '”的“' || s.name || '”已通过，无需您操作，将自动进入下一环节。'", "c.d_done", 20, from_steps),
            ("20", "'需要补正'",
             "'各部门对“' || c.name || '”的意见已汇总，一次告知：请按意见修改后重新提交，补正期间不计入办理时限。'",
             "COALESCE(c.d_ver, c.d_reg)", 30, from_cases + " WHERE c.state = 'returned'"),
            ("21", "'不予通过'", "'“' || c.name || '”未获通过。理由：' || c.reason", "c.closed", 30,
             from_cases + " WHERE c.state = 'refused'"),
            ("22", "'申报已撤回'", "'“' || c.name || '”的申报已撤回，可随时重新申报。'", "c.closed", 30,
             from_cases + " WHERE c.state = 'withdrawn'"),
            ("23", "'已办结'", "'“' || c.name || '”的各项手续已全部办结。'", "c.closed", 30,
             from_cases + " WHERE c.state = 'done'"),
        )  # fmt: skip
        return sum(
            insert(
                Notice,
                {
                    "id": f"{self.base['notice']} + c.n * {NOTICES} + {seq} + 1",
                    "user_id": self.owner(),
                    "case_id": self.case(),
                    "title": title,
                    "text": text,
                    "created_at": moment(day, minutes),
                    "read_at": f"CASE WHEN {day} < current_date - 30 THEN {moment(day, minutes + 60)} END",
                },
                source,
            )
            for seq, title, text, day, minutes, source in told
        )

    # ------------------------------------------------------------ audit events

    def events(self) -> int:
        application = f"('application:' || ({self.base['application']} + c.n + 1))"
        made = 0
        for seq, verb, after in (
            (0, "application.begun", "t.facts"),
            (1, "application.saved", "jsonb_build_object('page', 'commitment', 'fields', jsonb_build_array('agreed', 'signer'))"),
            (19, "application.submitted", f"jsonb_build_object('case', {self.case()}, 'round', 1)"),
        ):  # fmt: skip
            made += self._event(
                seq, verb, "institutions.Application", f"({self.base['application']} + c.n + 1)", application,
                "FROM t_case c JOIN t_variant t ON t.number = c.variant", day="c.d_open", after=after, who="owner",
            )  # fmt: skip
        made += self._event(
            2, "case.opened", "cases.Case", self.case(), self.topic(),
            "FROM t_case c JOIN t_variant t ON t.number = c.variant", day="c.d_open",
            after="t.facts || jsonb_build_object('division_code', c.county)", who="owner",
        )  # fmt: skip
        return made + self._step_events() + self._institution_events() + self._endings()

    def _step_events(self) -> int:
        joined = "FROM t_case_step c JOIN t_step s ON s.plan = c.plan AND s.ord = c.ord"
        made = self._event(
            "CASE WHEN c.stage = 1 THEN 3 + c.ord ELSE 20 + c.ord * 3 END", "case.step_begun", "cases.Step", "c.id",
            self.topic(), joined + " WHERE c.d_start IS NOT NULL", day="c.d_start", minutes=20, who="owner",
            after="jsonb_build_object('step', s.name, 'due_on', c.due)", place="c.authority",
        )  # fmt: skip
        for state in ("approved", "defective", "refused"):
            made += self._event(
                "21 + c.ord * 3", f"case.step_{state}", "cases.Step", "c.id", self.topic(),
                joined + f" WHERE c.state = '{state}'", day="c.d_done", minutes=20, who="officer",
                before="jsonb_build_object('state', 'active')", place="c.authority",
                after=f"jsonb_build_object('step', s.name, 'state', '{state}', 'remarks', jsonb_build_array())",
                note="c.reason" if state == "refused" else "''",
            )  # fmt: skip
        return made

    def _institution_events(self) -> int:
        topic = f"('institution:' || {self.institution()})"
        made = 0
        for kind, verb, where, after in (
            ("registration", "institution.registered", "c.inst IS NOT NULL AND c.state = 'approved'",
             "jsonb_build_object('name', c.subject, 'uscc', c.uscc)"),
            ("filing", "institution.filed", "c.state = 'approved'", f"jsonb_build_object('receipt', {self._receipt()})"),
            ("verification", "institution.verified", "c.state = 'approved'", "jsonb_build_object('filing', 'normal')"),
            ("verification", "institution.rectification_demanded", "c.state = 'defective'",
             "jsonb_build_object('filing', 'rectification')"),
            ("verification", "institution.published_nonconforming", "c.state = 'refused'",
             "jsonb_build_object('filing', 'published_nonconforming')"),
        ):  # fmt: skip
            made += self._event(
                "22 + c.ord * 3", verb, "institutions.Institution", self.institution(), topic,
                f"FROM t_case_step c WHERE c.kind = '{kind}' AND {where}", day="c.d_done", minutes=20, who="officer",
                after=after, place="c.authority",
            )  # fmt: skip
        return made

    def _endings(self) -> int:
        made = 0
        for state, verb, day in (
            ("done", "case.done", "c.closed"),
            ("refused", "case.refused", "c.closed"),
            ("withdrawn", "case.withdrawn", "c.closed"),
            ("returned", "case.returned", "COALESCE(c.d_ver, c.d_reg)"),
        ):
            made += self._event(
                63, verb, "cases.Case", self.case(), self.topic(), f"FROM t_case c WHERE c.state = '{state}'",
                day=day, minutes=30, who="owner" if state == "withdrawn" else "system", note="c.reason",
            )  # fmt: skip
        return made

    def _event(
        self,
        seq: str | int,
        verb: str,
        kind: str,
        pk: str,
        topic: str,
        source: str,
        *,
        day: str,
        who: str,
        minutes: int = 0,
        before: str = "'{}'::jsonb",
        after: str = "'{}'::jsonb",
        note: str = "''",
        place: str = "c.county",
    ) -> int:
        people = {
            "owner": ("'person'", self.owner(), "c.contact", "'applicant'", "''"),
            "officer": ("'person'", "c.officer", "c.officer_name", "'officer'", "c.department"),
            "system": ("'system'", "NULL::bigint", "'系统：演示数据'", "''", "''"),
        }
        actor_kind, actor, label, role, department = people[who]
        return insert(
            AuditEvent,
            {
                "id": f"{self.base['event']} + c.n * {EVENTS}::bigint + {seq} + 1",
                "at": moment(day, minutes),
                "actor_kind": actor_kind,
                "actor_id": actor,
                "actor_label": label,
                "role": role,
                "department": department,
                "division_code": place,
                "verb": f"'{verb}'",
                "object_type": f"'{kind}'",
                "object_id": f"({pk})::text",
                "topic": topic,
                "before": before,
                "after": after,
                "note": note,
                # The same for every row of the load, and costly to ask for each.
                "cluster": f"{self.base['cluster']}",
                "transaction": f"{self.base['transaction']}",
            },
            source,
        )
