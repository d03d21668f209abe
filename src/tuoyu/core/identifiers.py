"""Identity numbers, unified social credit codes, telephone numbers: read as people type them, checked,
and masked for lists.

The check digits come from python-stdnum; what it gets wrong is done here: `cn.ric` knows too few
divisions and fails with KeyError on some, `cn.uscc` refuses letters in the first eight places.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric, uscc

from tuoyu.core import clock
from tuoyu.core.problems import Problem, Refused

# Whether six digits are, or ever were, a division: identity numbers keep abolished codes for life.
DivisionKnown = Callable[[str], bool]

_division_known: list[DivisionKnown] = []


def know_divisions_with(known: DivisionKnown) -> None:
    """Install the division table's answer (called once, by `jurisdictions`, which lies above)."""
    _division_known[:] = [known]


@dataclass(frozen=True)
class IdentityNumber:
    """A checked identity number (GB 11643) and what it says."""

    number: str
    division_code: str
    born_on: date
    sex: str

    def __repr__(self) -> str:
        return f"IdentityNumber({mask_id(self.number)})"


def normalised(text: str) -> str:
    """`text` in half-width capitals without blanks and dashes, as people paste it from documents."""
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf"))


# ---------------------------------------------------------------- identity numbers


def identity_number(text: str, *, field: str = "", known: DivisionKnown | None = None) -> IdentityNumber:
    """The identity number in `text`; Refused with a sentence that says what to look at."""
    number = normalised(text)
    wrong = _identity_form(number) or _identity_content(number, known)
    if wrong:
        raise Refused(Problem(wrong, field=field, source="GB 11643—1999"))
    sex = "male" if int(number[16]) % 2 else "female"
    return IdentityNumber(number, number[:6], _birth_date(number), sex)


def _identity_form(number: str) -> str:
    if re.fullmatch(r"[0-9]{15}", number):
        return "这是旧版15位身份证号，请填写现行身份证上的18位号码。"
    if len(number) != 18:
        return f"身份证号应为18位，现在是{len(number)}位。"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "身份证号前17位应为数字，最后一位为数字或X。"
    if ric.calc_check_digit(number) != number[17]:
        return "身份证号的校验位不符，请逐位核对。"
    return ""


def _identity_content(number: str, known: DivisionKnown | None) -> str:
    try:
        born = _birth_date(number)
    except ValueError:
        return "身份证号中的出生日期不存在，请核对第7至14位。"
    if born > clock.today():
        return "身份证号中的出生日期晚于今天，请核对第7至14位。"
    is_known = known or (_division_known[0] if _division_known else None)
    if is_known is not None and not is_known(number[:6]):
        return "身份证号的前6位不是行政区划代码，请核对。"
    return ""


def _birth_date(number: str) -> date:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


# ---------------------------------------------------------------- unified social credit codes

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code(text: str, *, field: str = "") -> str:
    """The unified social credit code in `text` (GB 32100); Refused with a sentence otherwise."""
    code = normalised(text)
    wrong = _credit_code_wrong(code)
    if wrong:
        raise Refused(Problem(wrong, field=field, source="GB 32100—2015"))
    return code


def _credit_code_wrong(code: str) -> str:
    if len(code) != 18:
        return f"统一社会信用代码应为18位，现在是{len(code)}位。"
    strange = sorted({c for c in code if c not in USCC_ALPHABET})
    if strange:
        return f"统一社会信用代码不含“{''.join(strange)}”，请核对（不使用I、O、S、V、Z）。"
    if not code[2:8].isdigit():
        return "统一社会信用代码第3至8位应为登记机关所在地的6位数字代码。"
    if uscc.calc_check_digit(code[:17]) != code[17]:
        return "统一社会信用代码的校验位不符，请逐位核对。"
    if _organisation_check(code[8:16]) != code[16]:
        return "统一社会信用代码中组织机构代码（第9至17位）的校验位不符，请核对。"
    return ""


def _organisation_check(body: str) -> str:
    """The check character of an organisation code (GB 11714)."""
    total = sum(int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def made_up_credit_code(start: str) -> str:
    """The credit code whose first sixteen places are `start`: for demonstrations and measuring."""
    first = start + _organisation_check(start[8:16])
    return first + str(uscc.calc_check_digit(first))


# ---------------------------------------------------------------- telephone numbers


def mobile(text: str, *, field: str = "") -> str:
    """The mainland mobile number in `text`, eleven digits; Refused with a sentence otherwise."""
    number = normalised(text).removeprefix("+86")
    if len(number) == 13 and number.startswith("86"):
        number = number[2:]
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise Refused(Problem("手机号应为11位数字，以13至19开头。", field=field))
    return number


# ---------------------------------------------------------------- masks


def mask_id(number: str) -> str:
    """An identity number for a list: three places in front, four behind. A short one shows nothing."""
    return _masked(number, 3, 4)


def mask_phone(number: str) -> str:
    """A telephone number for a list: `138****5678`."""
    return _masked(number, 3, 4)


def mask_name(name: str) -> str:
    """A person's name for a list: the family name stays, the rest does not."""
    name = name.strip()
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def _masked(text: str, front: int, back: int) -> str:
    hidden = len(text) - front - back
    return text[:front] + "*" * hidden + text[-back:] if hidden >= 4 else "*" * len(text)
