"""What opens a complaint again, and what is kept of it: keyed hashes only."""

from base64 import urlsafe_b64decode

from django.utils.crypto import constant_time_compare

from tuoyu.complaints.models import Complaint
from tuoyu.complaints.rules import code_from, tidy_code
from tuoyu.core.lookups import keyed_hash, keyed_hashes


def token_key(token: str) -> str:
    """How the token of a form is kept."""
    return keyed_hash(f"complaint-token:{token}")


def token_keys(token: str) -> list[str]:
    """What to look for, while keys change."""
    return keyed_hashes(f"complaint-token:{token}")


def code_of(token: str) -> str:
    """The code that belongs to a form: whoever sends it again is told the same."""
    stored = keyed_hash(f"complaint-code:{token}").rpartition(":")[2]
    return code_from(urlsafe_b64decode(stored + "=" * (-len(stored) % 4)))


def code_hash(number: str, code: str) -> str:
    """How a code is kept beside its number."""
    return keyed_hash(f"complaint:{number}:{tidy_code(code)}")


def is_code(complaint: Complaint, code: str) -> bool:
    """Whether this is the code of the complaint."""
    tried = keyed_hashes(f"complaint:{complaint.case.number}:{tidy_code(code)}")
    return any(constant_time_compare(one, complaint.code_hash) for one in tried)


def address_key(address: str) -> str:
    """How the address of a request is counted, without being kept."""
    return keyed_hash(f"complaint-address:{address}") if address else ""


def number_key(number: str) -> str:
    """How a number that somebody tries is counted, whether it exists or not."""
    return keyed_hash(f"complaint-number:{number}")
