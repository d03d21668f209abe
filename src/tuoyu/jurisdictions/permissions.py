"""Who may decide where a document leaves a choice, and who may load packs."""

from tuoyu.core.actor import Role
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import whole_country

WITHIN_SEAT = "places of the seat"

DECIDE_SETTING = declare(
    "jurisdictions.decide_setting",
    "决定本地设定",
    [Grant(Role.JURISDICTION_LEAD, lambda actor, seat: seat.covers("prefix"), WITHIN_SEAT)],
    model="jurisdictions.Division",
)
ADOPT_PACK = declare(
    "jurisdictions.adopt_pack",
    "起草并采用政策包",
    [Grant(Role.JURISDICTION_LEAD, lambda actor, seat: seat.covers("prefix"), WITHIN_SEAT)],
    model="jurisdictions.Division",
)
VIEW_SETTINGS = declare(
    "jurisdictions.view_settings",
    "查看本地设定",
    [
        Grant(
            Role.JURISDICTION_LEAD, lambda actor, seat: seat.covers("division__prefix"), "places of the seat"
        ),
        Grant(
            Role.DEPARTMENT_LEAD, lambda actor, seat: seat.covers("division__prefix"), "places of the seat"
        ),
        Grant(Role.SYSTEM_ADMIN),
    ],
    model="jurisdictions.DivisionSetting",
)
LOAD_PACKS = declare("jurisdictions.load_packs", "装载政策包", whole_country(Role.SYSTEM_ADMIN))
