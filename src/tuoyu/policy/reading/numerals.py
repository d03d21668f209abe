"""Chinese numerals, read and written."""

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_GREAT = {"万": 10_000, "亿": 100_000_000}


def chinese_number(written: str) -> int | None:
    """The value of a Chinese numeral; None where it is none."""
    if not written:
        return None
    if len(written) > 1 and all(char in _DIGITS for char in written):
        return int("".join(str(_DIGITS[char]) for char in written))
    total = below = digit = 0
    for char in written:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            below += (digit or 1) * _TENS[char]
            digit = 0
        elif char in _GREAT:
            total += (below + digit or 1) * _GREAT[char]
            below = digit = 0
        else:
            return None
    return total + below + digit


def numeral(number: int) -> str:
    """A number below ten thousand in Chinese, as documents count; a greater one in figures."""
    if not 0 <= number < 10_000:
        return str(number)
    digits = "零一二三四五六七八九"
    written, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            written += ("零" if gap and written else "") + digits[digit] + sign
            gap = False
        else:
            gap = True
    return written.removeprefix("一") if written.startswith("一十") else written or "零"
