"""Licences, profiles of formats, sanctions, decisions on customers and census campaigns as callers deliver them."""

from app.core.text import Bilingual
from app.office.change_records import FIRST_SETTING, CensusCampaign, CustomerDecision, ProfileOfVersion, Sanction
from app.office.intake.builders import Values
from app.office.intake.checks import check_period
from app.office.intake.collection import (
    CollectionSpec,
    choice_field,
    choices_field,
    day_field,
    id_field,
    text_field,
    yes_no_field,
)
from app.office.intake.fields import FieldSpec, Kind, refuse_missing, refuse_spelling
from app.office.intake.measures import HOURS_OF_A_DAY, LARGEST_AREA, POSITION, measure_field, position_of
from app.office.intake.notes import Place
from app.office.intake.readers import identifier, licence, name, version
from app.office.normalise import (
    DECIDED_ATTRIBUTES,
    IT_LEVELS,
    SALES_MODES,
    read_grade,
    read_volatility_class,
)
from app.office.segment_change import LicenceRecord, SegmentProfile

_LICENCE_NAMED = id_field(
    "licence_no", "许可证号", "licence_no", "烟草专卖零售许可证号", "专卖证号", read=identifier(32)
)
"""Where a licence is only referred to: its shape was noted when it was delivered."""


def _build_licence(values: Values) -> LicenceRecord:
    return LicenceRecord(**{**values, "position": position_of(values["position"])})


LICENCES = CollectionSpec(
    "licences",
    Bilingual("许可证", "Licences"),
    ("licence_no",),
    (
        id_field("licence_no", "许可证号", "licence_no", "烟草专卖零售许可证号", "专卖证号", read=licence),
        text_field("holder_name", "持证人", "holder_name", "负责人", "经营者姓名"),
        text_field("address", "经营地址", "address", "地址", "经营场所"),
        day_field("valid_to", "有效期至", "valid_to", "证件有效期至"),
        yes_no_field("is_valid", "是否有效", "is_valid", "有效"),
        POSITION,
    ),
    _build_licence,
)


def _check_profile(values: Values, place: Place) -> None:
    least, most = values["least_area_m2"], values["most_area_m2"]
    if least is not None and most is not None and most < least:
        place.at("most_area_m2", Bilingual("面积上限", "most_area_m2")).fault(
            "value.out_of_range", f"小于下限 {least}。", f"is smaller than the least, {least}."
        )


def _build_profile(values: Values) -> ProfileOfVersion:
    return ProfileOfVersion(
        values["list_version"],
        SegmentProfile(
            values["code"],
            values["least_area_m2"],
            values["most_area_m2"],
            values["least_hours"],
            frozenset(values["sales_modes"] or ()),
            frozenset(values["it_levels"] or ()),
        ),
    )


SEGMENT_PROFILES = CollectionSpec(
    "segment-profiles",
    Bilingual("业态特征", "Profiles of formats"),
    ("list_version", "code"),
    (
        id_field("list_version", "业态代码表版本", "list_version", "版本", read=version),
        id_field("code", "业态代码", "code", "代码"),
        measure_field("least_area_m2", "面积下限（平方米）", "least_area_m2", LARGEST_AREA, "面积下限"),
        measure_field("most_area_m2", "面积上限（平方米）", "most_area_m2", LARGEST_AREA, "面积上限"),
        measure_field("least_hours", "每日营业小时下限", "least_hours", HOURS_OF_A_DAY, "营业小时下限"),
        choices_field("sales_modes", "售货方式", "sales_modes", SALES_MODES),
        choices_field("it_levels", "信息化程度", "it_levels", IT_LEVELS),
    ),
    _build_profile,
    _check_profile,
)

SANCTIONS = CollectionSpec(
    "sanctions",
    Bilingual("违规处罚", "Sanctions"),
    ("case_no",),
    (
        id_field("case_no", "案件编号", "case_no", "处罚编号", "案号"),
        _LICENCE_NAMED,
        day_field("decided_on", "决定日期", "decided_on", "处罚日期"),
        text_field("title", "案由", "title"),
        day_field("lifted_on", "撤销日期", "lifted_on", required=False),
    ),
    lambda values: Sanction(**values),
    lambda values, place: check_period(values, "decided_on", "lifted_on", place),
)


def _decided_value(raw: object, place: Place) -> str | None:
    """Return the new value as text; a grade may be sent as the number it is."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    return name(raw, place)


def _known_value(attribute: str | None, value: str) -> str | None:
    """Return ``value`` as customers are kept with it; None when the attribute has no such value."""
    if attribute == "grade":
        grade = read_grade(value)
        return None if grade is None else str(grade)
    if attribute == "volatility_class":
        return read_volatility_class(value)
    return value


def _check_decision(values: Values, place: Place) -> None:
    attribute, value = values["attribute"], values["value"]
    here = place.at("value", Bilingual("新值", "value"))
    if value is None:
        if attribute not in (None, FIRST_SETTING) and not here.is_faulty:
            refuse_missing(here)
        return
    kept = _known_value(attribute, value)
    if kept is None:
        refuse_spelling(value, here, "value.not_allowed", "该项目的取值", "a value of that attribute")
    elif kept != value:
        here.read_as(value, kept)


def _build_decision(values: Values) -> CustomerDecision:
    value = values["value"]
    return CustomerDecision(**{**values, "value": value and _known_value(values["attribute"], value)})


CUSTOMER_DECISIONS = CollectionSpec(
    "customer-decisions",
    Bilingual("客户认定事项", "Decisions on customers"),
    ("decision_no", "licence_no", "attribute"),
    (
        id_field("decision_no", "决定编号", "decision_no", "备案号"),
        _LICENCE_NAMED,
        choice_field("attribute", "事项", "attribute", DECIDED_ATTRIBUTES),
        FieldSpec("value", Kind.QUANTITY, Bilingual("新值", "value"), _decided_value, required=False),
        day_field("decided_on", "决定日期", "decided_on"),
        id_field("minutes_no", "会议纪要编号", "minutes_no", "纪要编号", required=False),
        yes_no_field("marketing_present", "营销部门到会", "marketing_present"),
        yes_no_field("monopoly_present", "专卖部门到会", "monopoly_present"),
    ),
    _build_decision,
    _check_decision,
)

CENSUS_CAMPAIGNS = CollectionSpec(
    "census-campaigns",
    Bilingual("业态普查", "Census campaigns"),
    ("campaign_no",),
    (
        id_field("campaign_no", "普查备案号", "campaign_no"),
        text_field("title", "名称", "title", "普查名称"),
        day_field("filed_on", "备案日期", "filed_on"),
    ),
    lambda values: CensusCampaign(**values),
)
