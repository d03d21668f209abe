"""Names and numbers that are plainly made up, yet pass every check a real one passes."""

from stdnum.cn import ric, uscc

from tuoyu.core.identifiers import USCC_ALPHABET
from tuoyu.institutions.vocabulary import Kind, LegalForm

# No character here has a second reading, so that the pinyin of a name is that of its parts.
BRANDS = (
    "星芽", "棉花糖", "小云朵", "拾光", "芽芽", "暖橙", "柚子树", "小帆船", "麦穗", "青禾", "小鹿林", "月亮船",
    "七彩石", "松果", "小番茄", "纸飞机", "蒲公英", "萤火虫", "海螺", "布谷", "小山雀", "豌豆", "蓝风铃",
    "橡树", "小蜗牛", "彩虹桥", "木马", "小蘑菇", "石榴", "向日葵", "小羊驼", "栗子", "朝露", "竹蜻蜓", "莲蓬",
    "小刺猬", "风车", "薄荷", "摇篮", "晨星", "小松鼠", "梧桐", "花篮", "小企鹅", "暖阳", "荷塘", "小骆驼", "云杉",
)  # fmt: skip
FAMILY_NAMES = "赵钱孙李周吴郑王冯陈沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢苏潘范彭"
GIVEN_NAMES = (
    "佳音", "若水", "明朗", "清和", "子墨", "小满", "知秋", "安然", "立夏", "思齐", "予安", "景行", "一诺", "望舒",
    "采薇", "南风", "初雪", "如意", "长青", "云起",
)  # fmt: skip
ROADS = ("梧桐路", "银杏路", "和风街", "桃李巷", "星河路", "望湖路", "书香街", "槐荫路", "春晖路", "稻香路")

ENDINGS = {
    LegalForm.PUBLIC_INSTITUTION: "托育中心",
    LegalForm.SOCIAL_SERVICE_ORG: "托育园",
    LegalForm.ENTERPRISE: "托育服务有限公司",
    LegalForm.INDIVIDUAL_BUSINESS: "托育服务部",
}
USCC_BEGINNINGS = {
    LegalForm.PUBLIC_INSTITUTION: "12",
    LegalForm.SOCIAL_SERVICE_ORG: "52",
    LegalForm.ENTERPRISE: "91",
    LegalForm.INDIVIDUAL_BUSINESS: "92",
}
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def brand(number: int) -> str:
    """A trade name; with more than there are words, two of them together, so that names stay different."""
    first = BRANDS[number % len(BRANDS)]
    second = number // len(BRANDS)
    return first if second == 0 else first + BRANDS[(second - 1) % len(BRANDS)]


def ending(kind: str, legal_form: str) -> str:
    """How the name of such a place ends."""
    if kind == Kind.FAMILY_POINT:
        return "家庭托育点"
    if kind == Kind.KINDERGARTEN_CLASS:
        return "幼儿园"
    return ENDINGS[LegalForm(legal_form)]


def person(number: int) -> str:
    """A person's name."""
    return FAMILY_NAMES[number % len(FAMILY_NAMES)] + GIVEN_NAMES[number * 7 % len(GIVEN_NAMES)]


def identity(county: str, number: int) -> str:
    """An identity number of somebody born in 1900, and so of nobody who could be asked about it."""
    body = f"{county}1900{number // 28 % 12 + 1:02d}{number % 28 + 1:02d}{number % 1000:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def credit_code(county: str, legal_form: str, number: int, letters: str = "TY") -> str:
    """A unified social credit code with both its check characters; its body begins with letters nobody
    is given."""
    body = f"{letters}{number:06d}"
    total = sum(int(c, 36) * w for c, w in zip(body, _WEIGHTS, strict=True))
    code = USCC_BEGINNINGS[LegalForm(legal_form)] + county + body + "0123456789X0"[11 - total % 11]
    return code + str(uscc.calc_check_digit(code))


assert set("TYW") <= set(USCC_ALPHABET)
