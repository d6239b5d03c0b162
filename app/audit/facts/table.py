"""Making fact tables, and writing values the way facts carry them."""

from collections.abc import Mapping
from datetime import datetime

from app.audit.fact import Cell, FactTable
from app.core.clock import local

Row = dict[str, Cell]
"""The facts of one row by name."""

Columns = dict[str, list[Cell]]
"""Equally long columns by fact name."""


def pair_text(licence_no: str | None, sku: str | None) -> str | None:
    """Return ``licence/SKU`` as messages print it, the SKU alone when there is no licence; None without a SKU."""
    return f"{licence_no}/{sku}" if licence_no and sku else sku


def single(scope: str, row: Mapping[str, Cell]) -> FactTable:
    """Return the table of a scope that has one row."""
    return FactTable(scope, {name: [cell] for name, cell in row.items()})


def local_text(at: datetime) -> str:
    """Return ``at`` as people of the office read it: ``2026-11-09 10:12:00``."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")
