"""Retail customers and products, as valid on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Customer:
    """One state of a licence holder, valid from a day until the next state."""

    licence_no: str
    shop_name: str
    territory_id: str
    segment: str
    """Business format (业态): a code of the list ``segment``."""
    grade: int
    """1 to 30, 30 highest."""
    market_type: str
    volatility_class: str
    """``volatile`` or ``stable``."""
    has_pos: bool
    is_retail_info_officer: bool
    business_status: str
    licence_valid_to: date
    valid_from: date
    holder_name: str | None = None
    monthly_cap_cartons: int | None = None
    address: str | None = None
    area_code: str | None = None
    """城乡分类, in the office's own words: standards name the same."""
    order_cycle: str | None = None
    """In the office's own spelling (周一, 单周周四); read with :func:`app.office.normalise.read_order_cycle`."""
    credit_level: str | None = None
    """AAA, AA, A, B, C or D."""


@dataclass(frozen=True, slots=True)
class Product:
    """One specification (规格) on sale between two days."""

    sku: str
    name: str
    brand_id: str
    price_class: int
    wholesale_price_cny: Decimal
    """Per carton (条)."""
    supply_attribute: str
    on_sale_from: date
    on_sale_to: date | None = None


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand and its manufacturer."""

    brand_id: str
    name: str
    manufacturer_id: str


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """An industrial enterprise."""

    manufacturer_id: str
    name: str
