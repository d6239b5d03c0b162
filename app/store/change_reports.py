"""What other systems report of segment changes: signatures on paper, and the day from which a format is used."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, select

from app.store.change_tables import effect_report, paper_claim
from app.store.change_values import EffectReport, PaperClaim


class PaperClaimRepository:
    """Add and read claims that somebody signed on paper."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, claim: PaperClaim) -> None:
        """Keep a claim; its change, scan and evaluation must be kept before.

        Raises:
            AlreadyRecorded: there is one of this number.
            BrokenReference: what it names is not there.
        """
        self._connection.execute(paper_claim.insert(), _columns(claim))

    def of(self, change_no: str) -> tuple[PaperClaim, ...]:
        """Return every claim about a change, oldest first."""
        query = select(paper_claim).where(paper_claim.c.change_no == change_no)
        rows = self._connection.execute(query.order_by(paper_claim.c.received_at, paper_claim.c.claim_no))
        return tuple(_claim(row) for row in rows)

    def open_of(self, change_no: str) -> tuple[PaperClaim, ...]:
        """Return the claims about a change that no confirmed one of the same layer followed, oldest first."""
        claims = self.of(change_no)
        return tuple(
            claim
            for place, claim in enumerate(claims)
            if not any(other.confirmed and other.layer == claim.layer for other in claims[place:])
        )


class EffectReportRepository:
    """Add and read what another system says of an effect."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, report: EffectReport) -> None:
        """Keep a report; its change and evaluation must be kept before.

        Raises:
            BrokenReference: what it names is not there.
        """
        self._connection.execute(effect_report.insert(), _columns(report))

    def of(self, change_no: str) -> tuple[EffectReport, ...]:
        """Return every report about a change, oldest first."""
        query = select(effect_report).where(effect_report.c.change_no == change_no)
        return tuple(_report(row) for row in self._connection.execute(query.order_by(effect_report.c.report_no)))


def _columns(value: PaperClaim | EffectReport) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _claim(row: Row[Any]) -> PaperClaim:
    return PaperClaim(**row._mapping)  # noqa: SLF001  # the public way to a mapping


def _report(row: Row[Any]) -> EffectReport:
    columns = dict(row._mapping)  # noqa: SLF001  # the public way to a mapping
    del columns["report_no"]
    return EffectReport(**columns)
