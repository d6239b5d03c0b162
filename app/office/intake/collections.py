"""The collections of office data: their keys and fields, exactly as callers send them.

Source: docs/office-data.md, which is written for those callers.
"""

from collections.abc import Mapping, Sequence

from app.core.text import Bilingual
from app.office.customer import Brand, Customer, Manufacturer, Product
from app.office.intake.builders import (
    build_calendar_day,
    build_code_list,
    build_cycle,
    build_ledger_entry,
    build_model_run,
    build_person,
    build_territory,
    check_code_list,
    check_ledger,
    check_periods,
    check_repeated,
    check_windows,
)
from app.office.intake.change_records import (
    CENSUS_CAMPAIGNS,
    CUSTOMER_DECISIONS,
    LICENCES,
    SANCTIONS,
    SEGMENT_PROFILES,
)
from app.office.intake.checks import check_period
from app.office.intake.collection import (
    CollectionSpec,
)
from app.office.intake.collection import choice_field as _choice
from app.office.intake.collection import count_field as _count
from app.office.intake.collection import day_field as _day
from app.office.intake.collection import id_field as _id
from app.office.intake.collection import month_field as _month
from app.office.intake.collection import object_field as _object
from app.office.intake.collection import rows_field as _rows
from app.office.intake.collection import text_field as _text
from app.office.intake.collection import yes_no_field as _yes_no
from app.office.intake.fields import FieldSpec, Kind
from app.office.intake.readers import (
    days,
    grade,
    identifier,
    last_day,
    licence,
    moment,
    money,
    order_cycle,
    price_class,
    requested_quantity,
    version,
)
from app.office.intake.standards import ALLOCATION_STANDARDS
from app.office.normalise import (
    ASSIGNMENT_KINDS,
    CREDIT_LEVELS,
    MARKET_TYPES,
    ROLES,
    SUPPLY_ATTRIBUTES,
    UNITS,
    VOLATILITY_CLASSES,
)
from app.office.records import Actual

LICENCE = _id("licence_no", "许可证号", "licence_no", "烟草专卖零售许可证号", "专卖证号", read=licence)
_LICENCE_NAMED = _id("licence_no", "许可证号", "licence_no", "烟草专卖零售许可证号", "专卖证号", read=identifier(32))
"""Where a licence is only referred to: its shape was noted when the customer was delivered."""
_SKU = _id("sku", "卷烟代码", "sku", "规格代码", "品规代码")
_SINCE = _day("from", "开始日期", "from", "起始日期", "自")
_UNTIL = _day("to", "结束日期", "to", "终止日期", "至", required=False)


_ROLE = (
    _choice("role", "角色", "role", ROLES),
    _id("unit", "单位", "unit"),
    _SINCE,
    _UNTIL,
)
_ASSIGNMENT = (
    _id("account_manager", "客户经理", "account_manager"),
    _choice("kind", "分管方式", "kind", ASSIGNMENT_KINDS),
    _id("filing_no", "备案号", "filing_no", required=False),
    _SINCE,
    _UNTIL,
)
_LEDGER_LINE = (
    _SKU,
    FieldSpec(
        "requested_quantity",
        Kind.QUANTITY,
        Bilingual("申报数量", "requested_quantity"),
        requested_quantity,
        also=("需求数量", "客户需求量"),
    ),
    _choice("unit", "单位", "unit", UNITS, "计量单位"),
)
_MODEL_LINE = (_LICENCE_NAMED, _SKU, _count("cartons", "条数", "cartons", "预测条数"))
_CODE_ITEM = (
    _id("code", "代码", "code"),
    _text("zh", "中文名称", "zh"),
    _text("en", "英文名称", "en"),
    _id("maps_to", "对应代码", "maps_to", required=False),
)
_WINDOW = (_SINCE, _day("to", "结束日期", "to"))

_ALL: Sequence[CollectionSpec] = (
    CollectionSpec(
        "people",
        Bilingual("人员", "People"),
        ("person_id",),
        (
            _id("person_id", "人员编号", "person_id"),
            _text("name", "姓名", "name"),
            _id("staff_no", "工号", "staff_no", required=False),
            _rows("roles", "任职", "roles", _ROLE),
        ),
        build_person,
        lambda values, place: check_periods(values, place, "roles"),
    ),
    CollectionSpec(
        "territories",
        Bilingual("片区", "Territories"),
        ("territory_id",),
        (
            _id("territory_id", "片区编号", "territory_id"),
            _text("name", "片区名称", "name"),
            _text("county", "县区", "county", "县（区）"),
            _rows("assignments", "分管", "assignments", _ASSIGNMENT),
        ),
        build_territory,
        lambda values, place: check_periods(values, place, "assignments"),
    ),
    CollectionSpec(
        "manufacturers",
        Bilingual("工业企业", "Manufacturers"),
        ("manufacturer_id",),
        (_id("manufacturer_id", "工业企业编号", "manufacturer_id"), _text("name", "名称", "name", "工业企业名称")),
        lambda values: Manufacturer(**values),
    ),
    CollectionSpec(
        "brands",
        Bilingual("品牌", "Brands"),
        ("brand_id",),
        (
            _id("brand_id", "品牌编号", "brand_id"),
            _text("name", "名称", "name", "品牌名称", "牌号"),
            _id("manufacturer_id", "工业企业编号", "manufacturer_id"),
        ),
        lambda values: Brand(**values),
    ),
    CollectionSpec(
        "products",
        Bilingual("卷烟规格", "Products"),
        ("sku",),
        (
            _SKU,
            _text("name", "名称", "name", "规格名称", "卷烟名称", "品规"),
            _id("brand_id", "品牌编号", "brand_id"),
            FieldSpec("price_class", Kind.GRADE, Bilingual("价类", "price_class"), price_class),
            FieldSpec(
                "wholesale_price_cny",
                Kind.MONEY,
                Bilingual("批发价（元/条）", "wholesale_price_cny"),
                money,
                also=("批发价",),
            ),
            _choice("supply_attribute", "货源属性", "supply_attribute", SUPPLY_ATTRIBUTES),
            _day("on_sale_from", "上市日期", "on_sale_from"),
            _day("on_sale_to", "退市日期", "on_sale_to", required=False),
        ),
        lambda values: Product(**values),
        lambda values, place: check_period(values, "on_sale_from", "on_sale_to", place),
    ),
    CollectionSpec(
        "code-lists",
        Bilingual("代码表", "Code lists"),
        ("list", "version"),
        (
            _id("list", "代码表", "list"),
            _id("version", "版本", "version", read=version),
            _day("valid_from", "生效日期", "valid_from"),
            _day("valid_to", "失效日期", "valid_to", required=False),
            _rows("items", "代码", "items", _CODE_ITEM),
        ),
        build_code_list,
        check_code_list,
        "items",
    ),
    SEGMENT_PROFILES,
    CollectionSpec(
        "calendar",
        Bilingual("日历", "Calendar"),
        ("date",),
        (
            _day("date", "日期", "date"),
            _yes_no("is_working_day", "是否工作日", "is_working_day", "工作日"),
            _text("name", "名称", "name", "节日名称", required=False),
            _yes_no("announced", "是否已公布", "announced", "已公布"),
        ),
        build_calendar_day,
    ),
    CollectionSpec(
        "cycles",
        Bilingual("工作周期", "Cycles"),
        ("cycle",),
        (
            _month("cycle", "周期", "cycle", "工作周期"),
            _month("target_month", "目标月份", "target_month"),
            _id("market_manager", "市场经理", "market_manager", required=False),
            _id("marketing_leader", "营销部门分管领导", "marketing_leader", "分管领导", required=False),
            _id("supervision_officer", "内管人员", "supervision_officer", "内管员", required=False),
            _object(
                "windows",
                "时间窗口",
                "windows",
                _object("supply", "货源预测窗口", "supply", *_WINDOW),
                _object("order", "订单预测窗口", "order", *_WINDOW),
                _object(
                    "summary",
                    "预测总结",
                    "summary",
                    FieldSpec("dates", Kind.DAYS, Bilingual("总结会日期", "dates"), days),
                ),
            ),
        ),
        build_cycle,
        check_windows,
    ),
    LICENCES,
    SANCTIONS,
    CUSTOMER_DECISIONS,
    CENSUS_CAMPAIGNS,
    CollectionSpec(
        "customers",
        Bilingual("零售客户", "Customers"),
        ("licence_no",),
        (
            LICENCE,
            _text("shop_name", "店铺名称", "shop_name", "企业字号", "客户名称", "店名"),
            _text("holder_name", "持证人", "holder_name", "负责人", "经营者姓名", required=False),
            _id("territory_id", "片区编号", "territory_id", "片区"),
            _text("segment", "业态", "segment", "国标业态", "经营业态"),
            FieldSpec("grade", Kind.GRADE, Bilingual("档位", "grade"), grade, also=("客户档位",)),
            _choice("market_type", "市场类型", "market_type", MARKET_TYPES),
            _choice("volatility_class", "客户类型", "volatility_class", VOLATILITY_CLASSES, "波动类型", "波动性"),
            _yes_no("has_pos", "终端POS机", "has_pos", "是否POS客户", "POS"),
            _yes_no("is_retail_info_officer", "零售客户信息员", "is_retail_info_officer", "是否信息员", "信息员"),
            _text("business_status", "经营状态", "business_status", "营业状态"),
            _day("licence_valid_to", "许可证有效期至", "licence_valid_to", "证件有效期至", "有效期至"),
            _count("monthly_cap_cartons", "月度限量（条）", "monthly_cap_cartons", "月限量", required=False),
            _text("address", "经营地址", "address", "地址", required=False),
            _text("area_code", "城乡分类", "area_code", required=False),
            FieldSpec(
                "order_cycle",
                Kind.TEXT,
                Bilingual("订货周期", "order_cycle"),
                order_cycle,
                required=False,
                also=("访销周期",),
            ),
            _choice("credit_level", "诚信等级", "credit_level", CREDIT_LEVELS, "信用等级", required=False),
            _day("valid_from", "生效日期", "valid_from"),
        ),
        lambda values: Customer(**values),
    ),
    ALLOCATION_STANDARDS,
    CollectionSpec(
        "actuals",
        Bilingual("实际销量", "Actuals"),
        ("month", "licence_no", "sku"),
        (
            _month("month", "月份", "month"),
            _LICENCE_NAMED,
            _SKU,
            _count("requested_cartons", "需求条数", "requested_cartons", required=False),
            _count("delivered_cartons", "实际条数", "delivered_cartons", "销量（条）", "供货条数"),
        ),
        lambda values: Actual(**values),
    ),
    CollectionSpec(
        "ledger-entries",
        Bilingual("动销台账", "Ledger entries"),
        ("ledger_id",),
        (
            _id("ledger_id", "台账编号", "ledger_id"),
            _LICENCE_NAMED,
            _id("account_manager", "客户经理", "account_manager"),
            FieldSpec("visited_at", Kind.MOMENT, Bilingual("拜访时间", "visited_at"), moment, also=("拜访日期",)),
            _rows("lines", "明细", "lines", _LEDGER_LINE),
        ),
        build_ledger_entry,
        check_ledger,
        "lines",
    ),
    CollectionSpec(
        "model-runs",
        Bilingual("模型预测", "Model runs"),
        ("run_id",),
        (
            _id("run_id", "运行编号", "run_id"),
            _id("model_version", "模型版本", "model_version"),
            _id("inputs_hash", "输入摘要", "inputs_hash", read=identifier(200)),
            FieldSpec("trained_to", Kind.DAY, Bilingual("训练截止", "trained_to"), last_day, also=("训练截止日期",)),
            _rows("lines", "明细", "lines", _MODEL_LINE),
        ),
        build_model_run,
        lambda values, place: check_repeated(values, place, "lines", "licence_no", "sku"),
        "lines",
    ),
)

COLLECTIONS: Mapping[str, CollectionSpec] = {spec.name: spec for spec in _ALL}
"""Every collection by its name, in the order in which they are best delivered.

The list of formats comes before customers, who may then name them, and decisions before the customers they are about.
"""
