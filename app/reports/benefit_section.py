"""What a change of format is worth, as approvers see it on D03: scarce goods first, and nothing unknown hidden.

Money is cartons at the wholesale price, which is what the shop may buy; it is not a margin. A difference that cannot be
told stands in no sum, and beside every sum stands how many lines it leaves out. Source: SEG-11.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.core.text import Bilingual
from app.reports.change_words import UNTOLD
from app.reports.document import Align, Block, Cell, Column, Paragraph, Table, Tone

_COLUMNS = (
    Column(Bilingual("规格", "Product"), 56),
    Column(Bilingual("紧俏", "Scarce"), 16),
    Column(Bilingual("现业态 条/月", "Old, cartons a month"), 30, Align.RIGHT),
    Column(Bilingual("拟变更 条/月", "New, cartons a month"), 30, Align.RIGHT),
    Column(Bilingual("增减 条/月", "Δ cartons a month"), 28, Align.RIGHT),
    Column(Bilingual("增减 元/月（批发价）", "Δ CNY, wholesale"), 30, Align.RIGHT),
)
_NO_NAME = Bilingual("（无品名）", "(no name)")
_NO_STANDARD = Bilingual("无备案标准", "no standard filed")
_UNKNOWN = Bilingual("无法确定", "unknown")
_NOT_ELIGIBLE = Bilingual("不投放", "not eligible")
_NO_LIMIT = Bilingual("不限量", "no limit")
_FREED, _BOUND = Bilingual("改为不限量", "limit lifted"), Bilingual("改为限量", "now limited")
_NO_PRICE = Bilingual("批发价未知", "price unknown")
_FAVOURABLE: Mapping[bool | None, Bilingual] = {
    True: Bilingual(
        "紧俏货源增加：营销分管领导须写明二级复核意见，生效后 90 日内须复查。",
        "Scarce supply is gained: the marketing leader must state a second-level review, and the shop is checked "
        "again within 90 days of the effect.",
    ),
    False: Bilingual("紧俏货源没有增加。", "No scarce supply is gained."),
    None: Bilingual(
        "不能判断紧俏货源是否增加，按“增加”办理：营销分管领导须写明二级复核意见，生效后 90 日内须复查。",
        "Whether scarce supply is gained cannot be told; it is treated as gained: the marketing leader must state a "
        "second-level review, and the shop is checked again within 90 days of the effect.",
    ),
}


def benefit_section(benefit: Mapping[str, Any] | None, *, favourable: bool | None) -> list[Block]:
    """Return the blocks for the member ``benefit`` of the evidence of D03; None: no analysis could be made."""
    if benefit is None:
        none = Bilingual("没有投放变化测算：缺少所需的资料。", "There is no analysis: what it needs is not known.")
        return [Paragraph(none, Tone.NOTICE), Paragraph(_FAVOURABLE[favourable])]
    lines: Sequence[Mapping[str, Any]] = benefit["lines"]
    shown = [line for line in lines if line["scarce"] or line["delta_cartons"] != 0]
    scarce = [line for line in shown if line["scarce"]]
    rows = [*map(_row, scarce), *map(_row, (line for line in shown if not line["scarce"]))]
    rows += [_sum(Bilingual("紧俏规格合计", "Scarce goods, total"), scarce)] if scarce else []
    rows.append(_sum(Bilingual("全部规格合计", "All goods, total"), lines))
    hidden = len(lines) - len(shown)
    note = Bilingual(
        f"另有 {hidden} 个非紧俏规格不变，未逐行列出，见所附证据。",
        f"{hidden} more products, none scarce, do not change; the evidence has them.",
    )
    blocks: list[Block] = [
        Paragraph(_basis(benefit), Tone.QUIET),
        Table(_COLUMNS, tuple(rows), note if hidden else None, totals=2 if scarce else 1),
    ]
    untold = _untold(benefit, lines)
    if untold is not None:
        blocks.append(Paragraph(untold, Tone.NOTICE))
    return [*blocks, Paragraph(_FAVOURABLE[favourable])]


def _basis(benefit: Mapping[str, Any]) -> Bilingual:
    old, new = (benefit[which] or UNTOLD.as_json() for which in ("from", "to"))
    assumed = benefit["order_cycle_assumed"]
    return Bilingual(
        f"按 {benefit['month']} 已备案的投放标准，比较“{old['zh']}”与“{new['zh']}”每月可获条数；金额为增减条数按批发价"
        f"计算的进货额，不是利润。紧俏规格列前。{'订货周期未登记，按每周一次（周一）测算。' if assumed else ''}",
        f"By the standards filed for {benefit['month']}, {old['en']} against {new['en']}. Money is the cartons at the "
        f"wholesale price, not a profit. Scarce goods first."
        f"{' The order cycle is not on record: one order a week (Monday) is assumed.' if assumed else ''}",
    )


def _row(line: Mapping[str, Any]) -> tuple[Cell, ...]:
    name = line["name"]
    return (
        Bilingual(name or _NO_NAME.zh, line["sku"] if name else f"{_NO_NAME.en} {line['sku']}"),
        Bilingual("紧俏", "scarce") if line["scarce"] else "–",
        _entitled(line, "old"),
        _entitled(line, "new"),
        _difference(line),
        _money(line),
    )


def _entitled(line: Mapping[str, Any], which: str) -> Cell:
    if not line["has_standard"]:
        return _NO_STANDARD
    entitlement = line[which]
    if entitlement is None:
        return _UNKNOWN
    if not entitlement["eligible"]:
        return _NOT_ELIGIBLE
    return _NO_LIMIT if entitlement["cartons"] is None else f"{entitlement['cartons']:,}"


def _difference(line: Mapping[str, Any]) -> Cell:
    delta = line["delta_cartons"]
    if delta is not None:
        return _signed(delta)
    if line["old"] is None or line["new"] is None:
        return UNTOLD
    return _FREED if line["new"]["cartons"] is None else _BOUND


def _money(line: Mapping[str, Any]) -> Cell:
    value = _value(line)
    if value is not None:
        return _signed(value)
    return UNTOLD if line["delta_cartons"] is None else _NO_PRICE


def _value(line: Mapping[str, Any]) -> Decimal | None:
    """Return the difference in CNY; no difference in cartons is none in money, whatever the price."""
    if line["delta_cartons"] == 0:
        return Decimal(0)
    return None if line["delta_cny"] is None else Decimal(line["delta_cny"])


def _signed(value: Decimal | int) -> str:
    return f"{value:+,}" if value else "0"


def _sum(title: Bilingual, lines: Sequence[Mapping[str, Any]]) -> tuple[Cell, ...]:
    cartons = [line["delta_cartons"] for line in lines if line["delta_cartons"] is not None]
    money = [value for value in map(_value, lines) if value is not None]
    return (
        title,
        "",
        "",
        "",
        _partial(_signed(sum(cartons)), len(cartons), len(lines)),
        _partial(_signed(sum(money, Decimal(0))), len(money), len(lines)),
    )


def _partial(total: str, told: int, lines: int) -> Cell:
    """Return a sum that says beside itself of how many of the lines it is, when not of all."""
    if not told:
        return UNTOLD
    if told == lines:
        return total
    return Bilingual(total, f"{lines} 行中 {told} 行 {told} of {lines}")


def _untold(benefit: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Bilingual | None:
    if not benefit["standards_found"]:
        return Bilingual(
            f"{benefit['month']} 没有已备案的投放标准，变更的投放变化无法测算。",
            f"No standard is filed for {benefit['month']}: what the change is worth cannot be told.",
        )
    untold = [line for line in lines if line["delta_cartons"] is None]
    unpriced = [line for line in lines if line["delta_cartons"] is not None and _value(line) is None]
    if not untold and not unpriced:
        return None
    without = sum(1 for line in untold if not line["has_standard"])
    unlimited = sum(1 for line in untold if line["old"] is not None and line["new"] is not None)
    other = len(untold) - without - unlimited
    scarce = sum(1 for line in untold if line["scarce"])
    return Bilingual(
        f"合计不是变更的全部：有 {len(untold)} 个规格（其中紧俏 {scarce} 个）的增减不能计算，未计入合计——"
        f"无备案标准 {without} 个，一方不限量 {unlimited} 个，资格或数量不能确定 {other} 个；"
        f"另有 {len(unpriced)} 个规格批发价未知，未计入金额。",
        f"The totals are not all there is: the difference of {len(untold)} products ({scarce} of them scarce) cannot "
        f"be told and is in no total: {without} without a filed standard, {unlimited} without limit on one side, "
        f"{other} unknown; {len(unpriced)} more have no known price and are in no sum of money.",
    )
