"""Who may read a policy document into a draft, correct it and adopt it: the lead of the place, nobody else.

No administrator may: what a document demands is for the office to say, and drafts show its documents.
"""

from tuoyu.core.actor import Role
from tuoyu.core.permissions import Grant, declare

DRAFT = declare(
    "policy.draft",
    "识读政策文件、校对并采用",
    [
        Grant(
            Role.JURISDICTION_LEAD,
            lambda actor, seat: seat.covers("division_code"),
            "places of the seat",
        )
    ],
    model="policy.PolicyDraft",
)
