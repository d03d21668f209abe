"""The application's pages and fields: one description for the form, its problems, remarks and the API."""

from tuoyu.institutions.fields import (
    BY_THEMSELVES,
    INSTITUTIONS,
    KINDERGARTEN,
    YES_NO,
    Field,
    Options,
    Page,
    Slot,
)
from tuoyu.institutions.provider import PROVIDER
from tuoyu.institutions.vocabulary import CareType, ClassType, Kind

__all__ = [
    "BASICS",
    "BESIDES",
    "BY_KEY",
    "CLASSES",
    "COMMITMENT",
    "EDUCATION",
    "FILLED",
    "PAGES",
    "PAPERS",
    "PREMISES",
    "PROVIDER",
    "REVIEW",
    "ROW_FIELDS",
    "SLOT_FIELDS",
    "STAFF",
    "TENURES",
    "YES_NO",
    "Field",
    "Page",
    "Slot",
    "fields_of",
    "has_rows",
    "rows_of",
]

TENURES: Options = (("owned", "自有"), ("leased", "租赁"))
# In rising order; rules name the least that is enough.
EDUCATION = ("初中及以下", "高中", "大专", "本科", "研究生")

BASICS = Page(
    "basics",
    "基本情况",
    "机构叫什么、在哪里、谁负责。",
    (
        Field(
            "name",
            "幼儿园名称",
            help="与登记证书一致；托班随幼儿园，不另起名。",
            only=KINDERGARTEN,
            longest=120,
            fact="name",
        ),
        Field(
            "name",
            "机构名称",
            help="一般为：行政区划＋字号＋托育（婴幼儿照护）＋组织形式。",
            only=BY_THEMSELVES,
            longest=120,
            fact="name",
        ),
        Field(
            "business_scope",
            "业务（经营）范围",
            "longtext",
            help="登记时使用的业务范围或经营范围。",
            longest=1000,
            fact="business_scope",
        ),
        Field("care_types", "服务范围", "choices", tuple(CareType.choices), fact="care_types"),
        Field(
            "serves_meals",
            "是否供餐",
            "yesno",
            YES_NO,
            help="供餐的须有食品经营许可证。",
            fact="basics.serves_meals",
        ),
        Field("street", "所在乡镇（街道）", "street", fact="division_code"),
        Field("address", "详细地址", help="写到门牌号。", fact="address"),
        Field(
            "longitude",
            "经度",
            "number",
            unit="°",
            help="用于地图，不填则只按地址显示。",
            required=False,
            fact="longitude",
        ),
        Field("latitude", "纬度", "number", unit="°", required=False, fact="latitude"),
        Field("contact_name", "法定代表人或负责人", longest=60, fact="representative"),
        Field(
            "contact_identity",
            "负责人身份证号",
            "identity",
            help="加密保存，页面上只显示前后几位。",
            longest=18,
            fact="contact_identity",
        ),
        Field(
            "contact_phone",
            "联系电话",
            help="办件进展会通知到这个号码，不对外公开。",
            longest=20,
            fact="contact_phone",
        ),
        Field(
            "public_phone",
            "咨询电话（公开）",
            required=False,
            help="家长在公开页面上看到的电话。",
            longest=20,
            fact="phone",
        ),
        Field(
            "opening_hours",
            "服务时间（公开）",
            required=False,
            help="例如：周一至周五7:30—18:00。",
            fact="opening_hours",
        ),
        Field("fees", "收费标准（公开）", "longtext", required=False, longest=1000, fact="fees"),
        Field("intro", "机构简介（公开）", "longtext", required=False, longest=1000, fact="intro"),
    ),
)

PREMISES = Page(
    "premises",
    "场地",
    "房屋从哪里来、有多大、在几层。",
    (
        Field("tenure", "场地性质", "choice", TENURES, fact="premises.tenure"),
        Field(
            "lease_from",
            "租赁开始日期",
            "date",
            required=False,
            help="租赁场地填写。",
            fact="premises.lease_from",
        ),
        Field(
            "lease_to",
            "租赁结束日期",
            "date",
            required=False,
            help="租赁场地填写。",
            fact="premises.lease_to",
        ),
        Field("building_area", "建筑面积", "number", unit="平方米", fact="premises.building_area"),
        Field(
            "indoor_area",
            "室内使用面积",
            "number",
            unit="平方米",
            only=INSTITUTIONS,
            fact="premises.indoor_area",
        ),
        Field(
            "outdoor_area",
            "户外活动场地面积",
            "number",
            unit="平方米",
            only=INSTITUTIONS,
            required=False,
            fact="premises.outdoor_area",
        ),
        Field(
            "outdoor_nearby",
            "是否借用附近安全的公共场地",
            "yesno",
            YES_NO,
            only=INSTITUTIONS,
            required=False,
            fact="premises.outdoor_nearby",
        ),
        Field("floor", "婴幼儿用房所在最高楼层", "number", unit="层", fact="premises.floor"),
        Field("basement", "是否使用地下室或半地下室", "yesno", YES_NO, fact="premises.basement"),
        Field("standalone", "是否独立设置", "yesno", YES_NO, only=INSTITUTIONS, fact="premises.standalone"),
        Field(
            "observation_area",
            "保健观察室面积",
            "number",
            unit="平方米",
            only=INSTITUTIONS,
            fact="premises.observation_area",
        ),
        Field("video_days", "监控录像保存天数", "number", unit="天", fact="premises.video_days"),
        Field(
            "owners_consent",
            "是否已取得本栋（院落）全体业主同意",
            "yesno",
            YES_NO,
            only=(Kind.FAMILY_POINT,),
            fact="premises.owners_consent",
        ),
    ),
)

ROW_FIELDS = (
    Field("class_type", "班型", "choice", tuple(ClassType.choices)),
    Field("name", "班级名称", longest=40, required=False),
    Field("places", "托位数", "number", unit="个"),
    Field("carers", "保育人员", "number", unit="人"),
    Field("sleep_area", "睡眠区面积", "number", unit="平方米", required=False),
    Field("activity_area", "活动区面积", "number", unit="平方米", required=False),
)

CLASSES = Page(
    "classes",
    "班级",
    "每个班收多大的孩子、多少个、由几个人照护。",
    (
        Field("children", "收托人数", "number", unit="人", only=(Kind.FAMILY_POINT,), fact="classes"),
        Field("carers", "照护人员", "number", unit="人", only=(Kind.FAMILY_POINT,), fact="classes"),
    ),
    ROW_FIELDS,
    "个班",
)

STAFF = Page(
    "staff",
    "人员",
    "负责人和工作人员是否符合条件。",
    (
        Field(
            "head_education",
            "负责人学历",
            "choice",
            tuple((e, e) for e in EDUCATION),
            only=INSTITUTIONS,
            fact="staff.head_education",
        ),
        Field(
            "head_years",
            "负责人相关管理经历",
            "number",
            unit="年",
            only=INSTITUTIONS,
            help="从事儿童保育教育或卫生健康管理工作的年数。",
            fact="staff.head_years",
        ),
        Field(
            "head_trained",
            "负责人是否岗位培训合格",
            "yesno",
            YES_NO,
            only=INSTITUTIONS,
            fact="staff.head_trained",
        ),
        Field(
            "carers_trained",
            "保育（照护）人员是否全部接受过保育和心理健康培训",
            "yesno",
            YES_NO,
            fact="staff.carers_trained",
        ),
        Field(
            "carers_background",
            "保育（照护）人员是否都有照护经验或相关专业背景",
            "yesno",
            YES_NO,
            fact="staff.carers_background",
        ),
        Field(
            "health_staff",
            "保健人员",
            "number",
            unit="人",
            only=INSTITUTIONS,
            help="专职和兼职合计。",
            fact="staff.health_staff",
        ),
        Field(
            "health_staff_trained",
            "保健人员是否经妇幼保健机构培训合格",
            "yesno",
            YES_NO,
            only=INSTITUTIONS,
            fact="staff.health_staff_trained",
        ),
        Field("guards", "持证保安", "number", unit="人", only=INSTITUTIONS, fact="staff.guards"),
        Field(
            "health_certificates",
            "工作人员是否全部持有效健康合格证",
            "yesno",
            YES_NO,
            fact="staff.health_certificates",
        ),
        Field(
            "records_checked",
            "是否已对全体人员查询违法犯罪记录且均无记录",
            "yesno",
            YES_NO,
            fact="staff.records_checked",
        ),
    ),
)

PAPERS = Page("papers", "材料", "每份材料拍照或扫描上传；支持pdf、jpg、png。")

COMMITMENT = Page(
    "commitment",
    "承诺",
    "备案承诺书。备案不是许可，机构对自己的承诺负责。",
    (
        Field("agreed", "我已阅读并承诺以上各项", "promise"),
        Field("signer", "承诺人姓名", longest=60),
    ),
)

REVIEW = Page("review", "核对提交", "把问题一次看全，核对后提交。")

FILLED = (BASICS, PREMISES, CLASSES, STAFF, PAPERS, COMMITMENT)
PAGES = (*FILLED, REVIEW)
BY_KEY = {page.key: page for page in (*PAGES, PROVIDER)}
# What a kind of institution is asked besides, and before which page.
BESIDES: dict[str, Page] = {Kind.KINDERGARTEN_CLASS: PROVIDER, Kind.EMPLOYER: PROVIDER}

SLOT_FIELDS = (
    ("issuer", "出具单位", "text"),
    ("number", "文号或证号", "text"),
    ("issued_on", "出具日期", "date"),
    ("expires_on", "有效期至", "date"),
)


def fields_of(page: Page, kind: str) -> tuple[Field, ...]:
    """The fields a kind of institution may be asked on a page (rows and papers apart)."""
    return tuple(field for field in page.fields if kind in field.only)


def has_rows(kind: str) -> bool:
    """Whether classes are asked row by row; a family point is one group."""
    return kind != Kind.FAMILY_POINT


def rows_of(page: Page, kind: str) -> tuple[Field, ...]:
    """The fields of what a kind of institution tells row by row on a page; empty when nothing is."""
    if page.key == PROVIDER.key:
        return page.rows if kind == Kind.EMPLOYER else ()
    return page.rows if has_rows(kind) else ()
