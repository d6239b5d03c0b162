"""Allocation standards as callers deliver them."""

from collections.abc import Mapping

from app.core.text import Bilingual
from app.office.allocation_standard import (
    EVERY_GRADE,
    AllocationStandard,
    DeliveryMethod,
    Dimension,
    StandardPeriod,
    StandardRow,
)
from app.office.intake.builders import Values
from app.office.intake.checks import check_period, check_repeats
from app.office.intake.collection import (
    CollectionSpec,
    choice_field,
    count_field,
    day_field,
    id_field,
    moment_field,
    rows_field,
    text_field,
)
from app.office.intake.fields import FieldSpec, Kind
from app.office.intake.notes import Place
from app.office.intake.readers import grade
from app.office.normalise import DELIVERY_METHODS, DIMENSIONS, STANDARD_PERIODS
from app.office.visible_text import folded

_EVERY_GRADE_SPELLINGS = frozenset({"0", "不分档", "不分档位"})


def _grade_or_every(raw: object, place: Place) -> object:
    """Return the grade 1 to 30, 0 for 不分档 (the quota does not depend on the grade)."""
    if raw == EVERY_GRADE and not isinstance(raw, bool | float):
        return EVERY_GRADE
    if isinstance(raw, str) and folded(raw) in _EVERY_GRADE_SPELLINGS:
        place.read_as(raw, EVERY_GRADE)
        return EVERY_GRADE
    return grade(raw, place)


_QUOTA = (
    FieldSpec("grade", Kind.GRADE, Bilingual("档位", "grade"), _grade_or_every, also=("客户档位",)),
    count_field("cartons", "条数", "cartons", "限量（条）", "投放量（条）"),
)
_ROW = (
    text_field("segment", "业态", "segment", "国标业态", "经营业态", required=False),
    text_field("area", "城乡分类", "area", required=False),
    rows_field("quota", "限量", "quota", _QUOTA),
)
_DIMENSION = (
    choice_field("dimension", "扩展维度", "dimension", DIMENSIONS),
    text_field("value", "维度取值", "value"),
)


def _check(values: Values, place: Place) -> None:
    check_period(values, "effective_from", "effective_to", place)
    rows = values["rows"] or ()
    # Two rows of one format and area would leave the quota to the order they stand in.
    check_repeats([(row["segment"] or "*", row["area"] or "*") for row in rows], place.at("rows"), "segment")
    for number, row in enumerate(rows):
        grades = [quota["grade"] for quota in row["quota"] or ()]
        check_repeats(grades, place.at("rows").at(number).at("quota"), "grade")
    if values["version"] == 0:
        place.at("version", Bilingual("版本", "version")).fault("value.out_of_range", "从 1 起。", "starts with 1.")
    filed_at = place.at("filed_at", Bilingual("备案时间", "filed_at"))
    spoken_of = filed_at.is_faulty or place.at("filing_no").is_faulty
    if bool(values["filing_no"]) != bool(values["filed_at"]) and not spoken_of:
        filed_at.fault("filing.incomplete", "与备案号须同时填写。", "and the filing number are given together.")


def _build(values: Values) -> AllocationStandard:
    return AllocationStandard(
        std_id=values["std_id"],
        version=values["version"],
        sku=values["sku"],
        period=StandardPeriod(values["period"]),
        delivery_method=DeliveryMethod(values["delivery_method"]),
        rows=tuple(_row(row) for row in values["rows"]),
        effective_from=values["effective_from"],
        effective_to=values["effective_to"],
        dimensions=tuple(Dimension(row["dimension"], row["value"]) for row in values["extension"] or ()),
        filing_no=values["filing_no"],
        filed_at=values["filed_at"],
        published_at=values["published_at"],
    )


def _row(row: Mapping[str, object]) -> StandardRow:
    quota = row["quota"]
    assert isinstance(quota, tuple)
    segment, area = row["segment"], row["area"]
    return StandardRow(
        str(segment) if segment else None,
        str(area) if area else None,
        {part["grade"]: part["cartons"] for part in quota},
    )


ALLOCATION_STANDARDS = CollectionSpec(
    "allocation-standards",
    Bilingual("货源投放标准", "Allocation standards"),
    ("std_id", "version"),
    (
        id_field("std_id", "标准编号", "std_id"),
        count_field("version", "版本", "version"),
        id_field("sku", "卷烟代码", "sku", "规格代码", "品规代码"),
        choice_field("period", "投放周期", "period", STANDARD_PERIODS),
        choice_field("delivery_method", "投放方式", "delivery_method", DELIVERY_METHODS),
        rows_field("extension", "扩展条件", "extension", _DIMENSION, required=False),
        rows_field("rows", "投放明细", "rows", _ROW),
        id_field("filing_no", "备案号", "filing_no", required=False),
        moment_field("filed_at", "备案时间", "filed_at", required=False),
        moment_field("published_at", "公布时间", "published_at", required=False),
        day_field("effective_from", "生效日期", "effective_from"),
        day_field("effective_to", "失效日期", "effective_to", required=False),
    ),
    _build,
    _check,
    "rows",
)
