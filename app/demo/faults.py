"""The planted faults: each changes an honest submission in one known way, and says which rules must speak."""

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from app.core.text import Bilingual
from app.demo.forecasts import Payload, retotal
from app.demo.history import Deliveries

Expected = Mapping[str, str]
"""Rule id -> outcome, of every rule that must speak; no other may."""

NOTHING: Expected = {}

_CLEAR_MEAN = 6
"""Cartons a month: clearly above the five from which an omission is suspected."""


class Planted:
    """A faulty submission, why it is faulty, and what must be found."""

    def __init__(self, payload: Payload, title: Bilingual, expected: Expected) -> None:
        """Keep all three."""
        self.payload, self.title, self.expected = payload, title, expected


def corrected(honest: Payload, forecast_id: str, reason: str) -> Payload:
    """Return the honest submission as the next version of ``forecast_id``."""
    payload = deepcopy(honest)
    payload["supersedes"], payload["reason"] = forecast_id, reason
    return payload


def wrong_target(honest: Payload) -> Planted:
    """The target month is the cycle month itself."""
    payload = deepcopy(honest)
    payload["target_month"] = payload["cycle"]
    return Planted(payload, Bilingual("预测目标月填成当月", "Target month is the cycle month"), {"WIN-04": "block"})


def wrong_total(honest: Payload) -> Planted:
    """Two digits of the total are swapped."""
    payload = deepcopy(honest)
    payload["totals"]["cartons"] += 18
    return Planted(payload, Bilingual("合计数位颠倒，多18条", "Total off by 18 cartons"), {"ENT-07": "block"})


def skipped_skus(honest: Payload) -> Planted:
    """The two best sellers have no line."""
    payload = deepcopy(honest)
    best = sorted(payload["lines"], key=lambda line: -int(line["final_quantity"]))[:2]
    payload["lines"] = [line for line in payload["lines"] if line not in best]
    return Planted(
        payload,
        Bilingual("漏报2个在售规格", "Two SKUs on sale without a line"),
        {"WIN-09": "flag", "ENT-05": "flag", "ENT-07": "block"},
    )


def half_carton(honest: Payload) -> Planted:
    """A quantity is no whole number of cartons."""
    payload = deepcopy(honest)
    payload["lines"][3]["final_quantity"] = "12.5"
    return Planted(
        payload,
        Bilingual("数量12.5条不是整条", "A quantity of 12.5 cartons"),
        {"ENT-03": "block", "ENT-06": "not_evaluable", "ENT-07": "not_evaluable"},
    )


def no_quantity(honest: Payload, deliveries: Deliveries) -> Planted:
    """A line has no quantity."""
    payload = deepcopy(honest)
    _steady_line(payload, deliveries)["final_quantity"] = None
    unknown = dict.fromkeys(("ENT-03", "ENT-06", "ENT-07", "ENT-08"), "not_evaluable")
    return Planted(payload, Bilingual("一行缺少数量", "A line without a quantity"), {"ENT-01": "block", **unknown})


def differs_from_ledger(honest: Payload) -> Planted:
    """What was collected is not what the ledger says."""
    payload = deepcopy(honest)
    line = next(line for line in payload["lines"] if line["channel"] == "visit")
    line["collected_quantity"] += 20
    return Planted(
        payload,
        Bilingual("采集量比台账多20条", "Collected quantity 20 cartons above the ledger"),
        {"ENT-09": "flag"},
    )


def foreign_customers(honest: Payload, other: Payload, prices: Mapping[str, Decimal]) -> Planted:
    """Three customers of a colleague are in it."""
    payload = deepcopy(honest)
    licences = list(dict.fromkeys(line["licence_no"] for line in other["lines"]))[:3]
    payload["lines"] += [deepcopy(line) for line in other["lines"] if line["licence_no"] in licences]
    retotal(payload, prices)
    return Planted(
        payload, Bilingual("代报他人片区客户3户", "Three customers of another territory"), {"WIN-06": "block"}
    )


def omitted(honest: Payload, deliveries: Deliveries, prices: Mapping[str, Decimal]) -> Planted:
    """A product that sells steadily is left out for one customer."""
    payload = deepcopy(honest)
    line = _steady_line(payload, deliveries)
    payload["lines"].remove(line)
    retotal(payload, prices)
    return Planted(payload, Bilingual("漏录近3月持续销售的规格", "A steadily selling SKU left out"), {"ENT-05": "flag"})


def extra_zero(honest: Payload, deliveries: Deliveries, prices: Mapping[str, Decimal]) -> Planted:
    """A quantity has one zero too many."""
    payload = deepcopy(honest)
    line = _steady_line(payload, deliveries)
    months = deliveries.last_three(line["licence_no"], line["sku"])
    line["final_quantity"] = round(sum(months) / 3 * 10)
    retotal(payload, prices)
    return Planted(payload, Bilingual("数量多写一个零", "One zero too many"), {"ENT-06": "flag"})


def _steady_line(payload: Payload, deliveries: Deliveries) -> Payload:
    return next(
        line
        for line in payload["lines"]
        if line["channel"] == "model" and min(deliveries.last_three(line["licence_no"], line["sku"])) >= _CLEAR_MEAN
    )


def unknown_licence(honest: Payload, deliveries: Deliveries) -> Planted:
    """A licence number has lost a digit."""
    payload = deepcopy(honest)
    line = next(
        line
        for line in payload["lines"]
        if line["channel"] == "model" and max(deliveries.last_three(line["licence_no"], line["sku"])) < 4  # noqa: PLR2004  # too little to be missed
    )
    line["licence_no"] = line["licence_no"][:-1]
    unknown = dict.fromkeys(("ENT-08", "ENT-11"), "not_evaluable")
    return Planted(
        payload, Bilingual("许可证号少一位", "A licence number lost a digit"), {"ENT-02": "block", **unknown}
    )


def duplicate(honest: Payload, prices: Mapping[str, Decimal]) -> Planted:
    """One line is there twice."""
    payload = deepcopy(honest)
    payload["lines"].append(deepcopy(payload["lines"][7]))
    retotal(payload, prices)
    return Planted(payload, Bilingual("同一客户规格录了两行", "The same line twice"), {"ENT-04": "block"})


def other_segment(honest: Payload) -> Planted:
    """The submission says another business format than the one on file."""
    payload = deepcopy(honest)
    line = next(line for line in payload["lines"] if line["segment"] == "B")
    line["segment"] = "Y"
    return Planted(
        payload, Bilingual("报文业态与备案业态不符", "Segment differs from the filed one"), {"ENT-11": "block"}
    )


def stopped_customer(honest: Payload) -> Planted:
    """A customer whose supply was stopped yesterday is still in it."""
    return Planted(
        deepcopy(honest), Bilingual("对暂停供货客户预测", "Forecast for a suspended customer"), {"ENT-08": "block"}
    )


def without_customer(honest: Payload, licence_no: str, prices: Mapping[str, Decimal]) -> Payload:
    """Return the submission without the lines of one customer."""
    payload = deepcopy(honest)
    payload["lines"] = [line for line in payload["lines"] if line["licence_no"] != licence_no]
    retotal(payload, prices)
    return payload


def identical(honest: Payload, licences: frozenset[str], deliveries: Deliveries, prices: Mapping[str, Any]) -> Planted:
    """A dozen shops get the same numbers."""
    payload = deepcopy(honest)
    for line in payload["lines"]:
        if line["licence_no"] in licences:
            months = deliveries.last_three(line["licence_no"], line["sku"])
            line["final_quantity"] = max(1, round(sum(months) / 3))
    retotal(payload, prices)
    title = Bilingual(f"{len(licences)}户预测数量完全雷同", f"{len(licences)} customers with identical numbers")
    return Planted(payload, title, {"ENT-12": "flag"})
