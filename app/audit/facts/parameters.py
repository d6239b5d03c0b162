"""The rule parameters that facts are computed with, typed."""

from decimal import Decimal
from typing import Protocol

from app.core.errors import AppError

_FILED: dict[tuple[str, str], object] = {
    ("WIN-01", "first_day"): 1,
    ("WIN-01", "last_day"): 8,
    ("WIN-01", "roll_if_nonworking"): False,
    ("WIN-02", "first_day"): 15,
    ("WIN-02", "last_day"): 22,
    ("WIN-02", "roll_if_nonworking"): False,
    ("WIN-03", "summary_days"): (30, 31),
    ("WIN-09", "new_or_exiting_sku_exempt"): True,
    ("ENT-08", "inactive_statuses"): ("停业", "歇业", "注销", "暂停供货"),
    ("ENT-12", "identical_skus"): 8,
    ("SEG-02", "required_types"): ("storefront", "interior", "fixtures", "licence_scope", "site_record"),
    ("SEG-02", "photo_max_age"): 30,
    ("SEG-12", "area_tol"): Decimal("0.3"),
    ("SEG-14", "window_days"): 30,
    ("SEG-16", "check_limit"): 5,
    ("SEG-16", "market_manager_limit"): 3,
    ("SEG-16", "marketing_leader_limit"): 3,
    ("SEG-16", "supervision_limit"): 3,
    ("SEG-17", "months"): 12,
    ("SEG-20", "days"): 180,
    ("TRL-05", "min_interval"): 60,
    ("TRL-05", "night_from"): 22,
    ("TRL-05", "night_to"): 6,
}
"""What counts when a rule is retired or still a draft: the facts it shares with other rules are still needed.

Source: domain/rules.json, defaults.
"""


class Parameters(Protocol):
    """What knows the value of a rule's parameter on the day of judging: a rulebook."""

    def parameter(self, rule_id: str, name: str) -> object:
        """Return the value; raises an AppError when the rule is not asked that day."""


class FirstFiled:
    """Parameters where no rulebook is at hand: each as it was filed first."""

    def parameter(self, rule_id: str, name: str) -> object:
        """Return the value; raises KeyError for a parameter that no fact is computed with."""
        return _FILED[rule_id, name]


def _value(parameters: Parameters, rule_id: str, name: str) -> object:
    filed = _FILED[rule_id, name]
    try:
        return parameters.parameter(rule_id, name)
    except AppError:
        return filed


def whole_number(parameters: Parameters, rule_id: str, name: str) -> int:
    """Return a parameter that is a whole number."""
    value = _value(parameters, rule_id, name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{rule_id}.{name} is {value!r}, not a whole number")
    return value


def decimal_number(parameters: Parameters, rule_id: str, name: str) -> Decimal:
    """Return a parameter that is a decimal or a whole number."""
    value = _value(parameters, rule_id, name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{rule_id}.{name} is {value!r}, not a number")
    return Decimal(value)


def yes_no(parameters: Parameters, rule_id: str, name: str) -> bool:
    """Return a parameter that is true or false."""
    value = _value(parameters, rule_id, name)
    if not isinstance(value, bool):
        raise TypeError(f"{rule_id}.{name} is {value!r}, not true or false")
    return value


def whole_numbers(parameters: Parameters, rule_id: str, name: str) -> tuple[int, ...]:
    """Return a parameter that is a list of whole numbers."""
    return tuple(value for value in _list(parameters, rule_id, name) if isinstance(value, int))


def texts(parameters: Parameters, rule_id: str, name: str) -> frozenset[str]:
    """Return a parameter that is a list of texts."""
    return frozenset(value for value in _list(parameters, rule_id, name) if isinstance(value, str))


def inactive_statuses(parameters: Parameters) -> frozenset[str]:
    """Return the business statuses in which a customer is not supplied. Source: ENT-08."""
    return texts(parameters, "ENT-08", "inactive_statuses")


def _list(parameters: Parameters, rule_id: str, name: str) -> tuple[object, ...]:
    value = _value(parameters, rule_id, name)
    if not isinstance(value, tuple):
        raise TypeError(f"{rule_id}.{name} is {value!r}, not a list")
    return value
