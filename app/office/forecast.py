"""A forecast as it was sent: read as far as it can be read, with every entry problem kept as a value.

Nothing here is judged: a silly quantity is a finding, not an error.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.core.clock import read_instant
from app.office.cycle import Stage
from app.office.month import Month
from app.office.quantity import Quantity, QuantityProblem, read_decimal, read_quantity
from app.office.visible_text import says_something


class Channel(StrEnum):
    """How a customer's wish was collected."""

    VISIT = "visit"
    SELF_REPORT = "self_report"
    MODEL = "model"


_CHANNELS = frozenset(channel.value for channel in Channel)


class EntryProblemKind(StrEnum):
    """Why a required field cannot be used."""

    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """A required business field that is absent, empty or unreadable. Source: ENT-01."""

    pointer: str
    """JSON Pointer into the submission."""
    field: str
    kind: EntryProblemKind
    line: int | None = None
    """1-based line number; None for the header."""


@dataclass(frozen=True, slots=True)
class LineSource:
    """Where a collected quantity was written down first; each None when not named."""

    ledger: str | None = None
    pos_batch: str | None = None
    model_run: str | None = None

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The named sources as (kind, id), in a fixed order."""
        pairs = (("ledger", self.ledger), ("pos_batch", self.pos_batch), ("model_run", self.model_run))
        return tuple((kind, name) for kind, name in pairs if name)


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """One customer's wish for one product in the target month (order stage), or one product's total (supply)."""

    number: int
    """1-based position in the submission."""
    licence_no: str | None
    sku: str | None
    channel: str | None
    collected: Quantity
    """What the customer or the terminal said, kept verbatim."""
    final: Quantity
    """What the account manager submits. Differs from collected only with a reason."""
    source: LineSource
    segment: str | None = None
    grade: str | None = None
    volatility_class: str | None = None
    reason_code: str | None = None
    reason: str | None = None

    @property
    def explained(self) -> bool:
        """Whether a reason or a reason code stands on the line."""
        return says_something(self.reason) or says_something(self.reason_code)


@dataclass(frozen=True, slots=True)
class Forecast:
    """One submission of one account manager for one stage of one cycle."""

    stage: Stage
    cycle: Month
    target_month: Month | None
    account_manager: str | None
    territory_id: str | None
    client_reference: str | None
    client_time: datetime | None
    supersedes: str | None
    reason: str | None
    total_cartons: int | None
    total_amount_cny: Decimal | None
    lines: tuple[ForecastLine, ...]
    problems: tuple[EntryProblem, ...]
    """Everything ENT-01 speaks about."""
    payload: Mapping[str, Any] = field(repr=False)
    """The submission as it was received."""


def _text(value: Any) -> str | None:  # noqa: ANN401  # any JSON value
    return value if isinstance(value, str) and value.strip() else None


class _Reader:
    """Collects entry problems while a payload is read."""

    def __init__(self) -> None:
        self.problems: list[EntryProblem] = []

    def note(self, pointer: str, name: str, kind: EntryProblemKind, line: int | None = None) -> None:
        self.problems.append(EntryProblem(pointer, name, kind, line))

    def required_text(self, holder: Mapping[str, Any], name: str, at: str = "", line: int | None = None) -> str | None:
        value = _text(holder.get(name))
        if value is None:
            self.note(f"{at}/{name}", name, EntryProblemKind.MISSING, line)
        return value


def read_forecast(payload: Mapping[str, Any]) -> Forecast:
    """Return ``payload`` (already of the right JSON shape) read as a forecast.

    The door has made sure that ``stage`` and ``cycle`` are what they should be; everything an office calls a
    wrong entry ends in ``problems`` or in a quantity's own problem.

    Raises:
        ValueError: ``stage`` or ``cycle`` is not what it should be.
    """
    reader = _Reader()
    stage = Stage(payload["stage"])
    cycle = Month.read(payload["cycle"])
    target = _read_target(payload, reader)
    manager = reader.required_text(payload, "account_manager")
    territory = reader.required_text(payload, "territory_id")
    total_cartons, total_amount = _read_totals(payload, reader)
    raw_lines = payload.get("lines") or []
    if not raw_lines:
        reader.note("/lines", "lines", EntryProblemKind.MISSING)
    lines = tuple(_read_line(raw, place, stage, reader) for place, raw in enumerate(raw_lines))
    return Forecast(
        stage=stage,
        cycle=cycle,
        target_month=target,
        account_manager=manager,
        territory_id=territory,
        client_reference=_text(payload.get("client_reference")),
        client_time=_read_client_time(payload, reader),
        supersedes=_text(payload.get("supersedes")),
        reason=_text(payload.get("reason")),
        total_cartons=total_cartons,
        total_amount_cny=total_amount,
        lines=lines,
        problems=tuple(reader.problems),
        payload=payload,
    )


def final_quantities(payload: Mapping[str, Any]) -> Iterator[tuple[tuple[str | None, str | None], int | None]]:
    """Yield ((licence_no, sku), final cartons) of every line: all that a later version is compared with."""
    for raw in payload.get("lines") or []:
        final = read_quantity(raw.get("final_quantity"), _text(raw.get("unit")))
        yield (_text(raw.get("licence_no")), _text(raw.get("sku"))), final.cartons


def _read_target(payload: Mapping[str, Any], reader: _Reader) -> Month | None:
    text = reader.required_text(payload, "target_month")
    if text is None:
        return None
    try:
        return Month.read(text.strip())
    except ValueError:
        reader.note("/target_month", "target_month", EntryProblemKind.UNREADABLE)
        return None


def _read_client_time(payload: Mapping[str, Any], reader: _Reader) -> datetime | None:
    text = _text(payload.get("client_time"))
    if text is None:
        return None
    try:
        return read_instant(text)
    except ValueError:
        reader.note("/client_time", "client_time", EntryProblemKind.UNREADABLE)
        return None


def _read_totals(payload: Mapping[str, Any], reader: _Reader) -> tuple[int | None, Decimal | None]:
    totals = payload.get("totals")
    if not totals:
        reader.note("/totals", "totals", EntryProblemKind.MISSING)
        return None, None
    numbers: list[Decimal | None] = []
    for name in ("cartons", "amount_cny"):
        raw = totals.get(name)
        number = None
        if raw is None or raw == "":
            reader.note(f"/totals/{name}", f"totals.{name}", EntryProblemKind.MISSING)
        else:
            number = read_decimal(raw)
            if number is None or (name == "cartons" and number != number.to_integral_value()):
                reader.note(f"/totals/{name}", f"totals.{name}", EntryProblemKind.UNREADABLE)
                number = None
        numbers.append(number)
    cartons, amount = numbers
    return None if cartons is None else int(cartons), amount


def _read_line(raw: Mapping[str, Any], place: int, stage: Stage, reader: _Reader) -> ForecastLine:
    at, number = f"/lines/{place}", place + 1
    order = stage is Stage.ORDER
    licence_no = reader.required_text(raw, "licence_no", at, number) if order else _text(raw.get("licence_no"))
    sku = reader.required_text(raw, "sku", at, number)
    channel = _read_channel(raw, at, number, reader) if order else _text(raw.get("channel"))
    unit = reader.required_text(raw, "unit", at, number)
    final = _read_line_quantity(raw, "final_quantity", unit, at, number, reader)
    # The model asks nobody, and a supply forecast sums over customers: there may be nothing collected.
    optional = (channel == Channel.MODEL or not order) and raw.get("collected_quantity") in (None, "")
    collected = (
        read_quantity(None, unit)
        if optional
        else _read_line_quantity(raw, "collected_quantity", unit, at, number, reader)
    )
    _read_basis(raw, at, number, reader)
    source = raw.get("source") or {}
    return ForecastLine(
        number=number,
        licence_no=licence_no,
        sku=sku,
        channel=channel,
        collected=collected,
        final=final,
        source=LineSource(_text(source.get("ledger")), _text(source.get("pos_batch")), _text(source.get("model_run"))),
        segment=_text(raw.get("segment")),
        grade=_text(raw.get("grade")),
        volatility_class=_text(raw.get("volatility_class")),
        reason_code=_text(raw.get("reason_code")),
        reason=_text(raw.get("reason")),
    )


def _read_channel(raw: Mapping[str, Any], at: str, number: int, reader: _Reader) -> str | None:
    channel = reader.required_text(raw, "channel", at, number)
    if channel is not None and channel not in _CHANNELS:
        reader.note(f"{at}/channel", "channel", EntryProblemKind.UNREADABLE, number)
        return None
    return channel


def _read_line_quantity(
    raw: Mapping[str, Any], name: str, unit: str | None, at: str, number: int, reader: _Reader
) -> Quantity:
    quantity = read_quantity(raw.get(name), unit)
    if quantity.raw is None or quantity.raw == "":
        reader.note(f"{at}/{name}", name, EntryProblemKind.MISSING, number)
    elif quantity.problem is QuantityProblem.UNREADABLE:
        reader.note(f"{at}/{name}", name, EntryProblemKind.UNREADABLE, number)
    return quantity


_BASIS_FIELDS: Sequence[str] = ("mean_3m_cartons", "last_month_cartons", "last_forecast_cartons")


def _read_basis(raw: Mapping[str, Any], at: str, number: int, reader: _Reader) -> None:
    basis = raw.get("basis") or {}
    given = {name: basis[name] for name in _BASIS_FIELDS if basis.get(name) not in (None, "")}
    if not given:
        reader.note(f"{at}/basis", "basis", EntryProblemKind.MISSING, number)
    for name, value in given.items():
        if type(value) is not int and read_decimal(value) is None:
            reader.note(f"{at}/basis/{name}", f"basis.{name}", EntryProblemKind.UNREADABLE, number)
