"""What the office's systems wrote down: deliveries, ledgers of visits, model runs."""

from dataclasses import dataclass
from datetime import date, datetime

from app.office.month import Month
from app.office.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Actual:
    """What one customer asked for and was delivered of one product in one month."""

    month: Month
    licence_no: str
    sku: str
    requested_cartons: int | None
    """None when the request is not known."""
    delivered_cartons: int


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One product of a visit: what the customer asked for."""

    sku: str
    requested: Quantity


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One visit in the sell-through ledger (零售客户卷烟经营动销台账)."""

    ledger_id: str
    licence_no: str
    account_manager: str
    visited_at: datetime
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class ModelRunLine:
    """What the model expects one customer to need of one product."""

    licence_no: str
    sku: str
    cartons: int


@dataclass(frozen=True, slots=True)
class ModelRun:
    """One run of a forecasting model."""

    run_id: str
    model_version: str
    inputs_hash: str
    trained_to: date
    """The last day of the data it was trained on."""
    lines: tuple[ModelRunLine, ...]
