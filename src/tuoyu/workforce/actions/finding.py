"""Looking somebody up by the whole identity number: within reach, and written down."""

from tuoyu.accounts.models import User
from tuoyu.core import audit
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.workforce import queries
from tuoyu.workforce.models import Employment
from tuoyu.workforce.permissions import FIND_PERSON


@action
def find_person(*, by: Actor, identity: str) -> list[Employment]:
    """The employments, in the places of the one who asks, of the person of an identity number."""
    require(by, FIND_PERSON)
    found = list(queries.found_by_identity(by, identity))
    asking = User.objects.get(pk=by.user_id or 0)
    audit.record(by, "staff.searched", asking, after={"found": [one.pk for one in found]})
    return found
