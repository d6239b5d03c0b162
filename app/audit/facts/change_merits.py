"""Whether the facts fit the format asked for, and what the change would give: SEG-11, SEG-12, SEG-17."""

from decimal import Decimal

from app.audit.fact import Cell, micro, ratio
from app.audit.facts.change_context import SegmentChangeContext
from app.audit.facts.parameters import Parameters, decimal_number
from app.audit.facts.table import Row
from app.office.benefit import Benefit, BenefitLine
from app.office.people import Role
from app.office.segment_change import SegmentChange, SegmentProfile, SiteCheck

_CENTS = 100


def merits_row(change: SegmentChange, context: SegmentChangeContext, parameters: Parameters) -> Row:
    """Return what SEG-11, SEG-12 and SEG-17 read."""
    sanctions = context.sanctions
    return {
        **_benefit(context.benefit),
        **_fit(change, context, parameters),
        "sanctions": None if sanctions is None else len(sanctions),
        "sanction_list": None if sanctions is None else list(sanctions),
        "credit_level": context.credit_level,
    }


def _benefit(benefit: Benefit | None) -> Row:
    if benefit is None:
        names = ("delta_tight_cartons", "delta_value_cny", "value_gain_ratio", "benefit_month")
        return {
            "analysis_attached": False,
            **dict.fromkeys(names),
            "benefit_lines": [],
            "products_gained": [],
            "tight_without_standard": 0,
            "tight_without_standard_list": [],
        }
    delta, old = benefit.delta_value_cny, benefit.old_value_cny
    return {
        "analysis_attached": True,
        "benefit_month": str(benefit.month),
        "delta_tight_cartons": benefit.delta_tight_cartons,
        "delta_value_cny": None if delta is None else micro(delta),
        "value_gain_ratio": None if delta is None or old is None else value_gain_ratio(delta, old),
        "benefit_lines": [_line(line) for line in benefit.lines],
        "products_gained": list(benefit.gained),
        "tight_without_standard": len(benefit.tight_without_standard),
        "tight_without_standard_list": list(benefit.tight_without_standard),
    }


def value_gain_ratio(delta: Decimal, old: Decimal) -> int:
    """Return the gain as a share of the old monthly entitlement, in millionths.

    When the old format was entitled to nothing, any gain is the whole (1), and none is 0.
    """
    if old == 0:
        return micro(1) if delta > 0 else 0
    share = ratio(int(delta * _CENTS), int(old * _CENTS))
    assert share is not None
    return share


def _line(line: BenefitLine) -> dict[str, Cell]:
    delta_value = line.delta_value_cny
    return {
        "sku": line.sku,
        "tight": line.is_tight,
        "standard": line.has_standard,
        "old": line.old.cartons if line.old else None,
        "new": line.new.cartons if line.new else None,
        "old_eligible": line.old.eligible if line.old else None,
        "new_eligible": line.new.eligible if line.new else None,
        "delta": line.delta_cartons,
        "delta_cny": None if delta_value is None else str(delta_value),
    }


def _fit(change: SegmentChange, context: SegmentChangeContext, parameters: Parameters) -> Row:
    """Return how many features found on site lie outside the profile of the format asked for.

    The market supervisor's sheet counts once it is there: that side gains nothing by the change.
    """
    sheets = {check.role: check for check in change.site_checks}
    check = sheets.get(Role.MARKET_SUPERVISOR) or sheets.get(Role.ACCOUNT_MANAGER)
    profile = context.profiles.get(change.application.proposed_segment or "")
    row: Row = {
        "area_m2": None if check is None or check.area_m2 is None else micro(check.area_m2),
        "hours_per_day": None if check is None or check.hours_per_day is None else micro(check.hours_per_day),
        "sales_mode": check.sales_mode if check else None,
        "it_level": check.it_level if check else None,
        "features_outside": None,
        "features_outside_list": [],
    }
    if check is not None and profile is not None:
        tolerance = decimal_number(parameters, "SEG-12", "area_tol")
        answers = _features(check, profile, tolerance)
        outside = [name for name, fits in answers.items() if fits is False]
        unknown = [name for name, fits in answers.items() if fits is None]
        row["features_outside"] = None if unknown else len(outside)
        row["features_outside_list"] = list(outside)
    return row


def _features(check: SiteCheck, profile: SegmentProfile, tolerance: Decimal) -> dict[str, bool | None]:
    return {
        "面积 (area)": _between(check.area_m2, profile, tolerance),
        "营业时间 (hours)": _at_least(check.hours_per_day, profile.least_hours),
        "售货方式 (sales mode)": _among(check.sales_mode, profile.sales_modes),
        "信息化程度 (IT level)": _among(check.it_level, profile.it_levels),
    }


def _between(area: Decimal | None, profile: SegmentProfile, tolerance: Decimal) -> bool | None:
    least, most = profile.least_area_m2, profile.most_area_m2
    if least is None and most is None:
        return True
    if area is None:
        return None
    large_enough = least is None or area >= least * (1 - tolerance)
    return large_enough and (most is None or area <= most * (1 + tolerance))


def _at_least(hours: Decimal | None, least: Decimal | None) -> bool | None:
    if least is None:
        return True
    return None if hours is None else hours >= least


def _among(value: str | None, allowed: frozenset[str]) -> bool | None:
    if not allowed:
        return True
    return None if value is None else value in allowed
