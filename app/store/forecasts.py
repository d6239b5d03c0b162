"""Forecasts: one identity, counted versions, what supervision determined, what was reopened. Nothing is overwritten."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, bindparam, func, select

from app.core.errors import Conflict, NotFound
from app.core.text import Bilingual
from app.office.cycle import Stage
from app.office.month import Month
from app.store.tables import determination, forecast, forecast_version, reopening
from app.store.values import Decision, Determination, ForecastHead, ForecastVersion, Reopening

ON_TIME_CYCLES = 6
"""How far back the habit of an account manager is looked at. Source: WIN-01, evidence."""


class VersionTaken(Conflict):
    """The version to be recorded is not the one after the newest."""

    code = "forecast.version_taken"
    title = Bilingual("预测版本号不连续", "The version is not the next one of the forecast")


# Asked for every submission: written once. The stages are named so that the unique index serves.
_OF_MANAGER = (
    select(forecast)
    .where(
        forecast.c.stage.in_([stage.value for stage in Stage]),
        forecast.c.cycle == bindparam("of_cycle"),
        forecast.c.account_manager == bindparam("of_manager"),
    )
    .order_by(forecast.c.forecast_id)
)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_VERSIONS_OF = (
    select(forecast_version).where(forecast_version.c.forecast_id.in_(_IDS)).order_by(forecast_version.c.version)
)
_DETERMINATIONS_OF = (
    select(determination).where(determination.c.forecast_id.in_(_IDS)).order_by(determination.c.determination_no)
)
_REOPENINGS_OF = select(reopening).where(reopening.c.forecast_id.in_(_IDS)).order_by(reopening.c.reopening_no)


class ForecastRepository:
    """Record and read forecasts."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def head(self, stage: Stage, cycle: Month, account_manager: str | None) -> ForecastHead | None:
        """Return how the forecast of this account manager stands; None when there is none, or nobody is named."""
        if account_manager is None:
            return None
        heads = self._heads(
            (forecast.c.stage == stage) & (forecast.c.cycle == cycle) & (forecast.c.account_manager == account_manager)
        )
        return heads[0] if heads else None

    def heads_of(self, cycle: Month, account_manager: str | None) -> dict[Stage, ForecastHead]:
        """Return how the forecasts of one account manager stand in a cycle, by stage."""
        if account_manager is None:
            return {}
        rows = self._connection.execute(_OF_MANAGER, {"of_cycle": cycle, "of_manager": account_manager}).all()
        return {head.stage: head for head in self._heads_of_rows(rows)}

    def get(self, forecast_id: str) -> ForecastHead:
        """Return how a forecast stands.

        Raises:
            NotFound: there is none with this id.
        """
        heads = self._heads(forecast.c.forecast_id == forecast_id)
        if not heads:
            raise NotFound(Bilingual(f"没有预测 {forecast_id}。", f"There is no forecast {forecast_id}."))
        return heads[0]

    def heads(self, stage: Stage, cycle: Month) -> tuple[ForecastHead, ...]:
        """Return how every forecast of the stage stands, by id."""
        return self._heads((forecast.c.stage == stage) & (forecast.c.cycle == cycle))

    def version(self, forecast_id: str, version: int) -> ForecastVersion:
        """Return one version.

        Raises:
            NotFound: there is none.
        """
        row = self._connection.execute(
            select(forecast_version).where(
                forecast_version.c.forecast_id == forecast_id, forecast_version.c.version == version
            )
        ).first()
        if row is None:
            raise NotFound(
                Bilingual(f"预测 {forecast_id} 没有第 {version} 版。", f"{forecast_id} has no version {version}.")
            )
        return _version(row)

    def versions(self, forecast_id: str) -> tuple[ForecastVersion, ...]:
        """Return every version, oldest first; empty when there is no such forecast."""
        wanted = select(forecast_version).where(forecast_version.c.forecast_id == forecast_id)
        return tuple(_version(row) for row in self._connection.execute(wanted.order_by(forecast_version.c.version)))

    def add(self, forecast_id: str, stage: Stage, cycle: Month, account_manager: str | None, at: datetime) -> None:
        """Open a forecast; its first version must follow in the same transaction.

        Raises:
            AlreadyRecorded: the account manager has a forecast for this stage and cycle.
        """
        self._connection.execute(
            forecast.insert(),
            {
                "forecast_id": forecast_id,
                "stage": stage.value,
                "cycle": cycle,
                "account_manager": account_manager,
                "opened_at": at,
            },
        )

    def add_version(self, version: ForecastVersion) -> None:
        """Record a version. Its evaluation and its payload must be kept before, in the same transaction.

        Raises:
            VersionTaken: it is not the next one.
        """
        newest = self._connection.scalar(
            select(func.max(forecast_version.c.version)).where(forecast_version.c.forecast_id == version.forecast_id)
        )
        if version.version != (newest or 0) + 1:
            raise VersionTaken
        columns = {name: getattr(version, name) for name in forecast_version.c.keys()}  # noqa: SIM118  # columns, not a dict
        self._connection.execute(forecast_version.insert(), columns)

    def add_determination(self, made: Determination) -> None:
        """Record what supervision determined about a version.

        Raises:
            BrokenReference: there is no such version.
        """
        self._connection.execute(
            determination.insert(),
            {
                "forecast_id": made.forecast_id,
                "version": made.version,
                "person_id": made.person_id,
                "decision": made.decision.value,
                "opinion": made.opinion,
                "determined_at": made.at,
                "actor": made.actor,
            },
        )

    def add_reopening(self, made: Reopening) -> None:
        """Record the approval to submit again.

        Raises:
            BrokenReference: there is no such version.
        """
        self._connection.execute(
            reopening.insert(),
            {
                "forecast_id": made.forecast_id,
                "after_version": made.after_version,
                "approved_by": made.approved_by,
                "reason": made.reason,
                "reopened_at": made.at,
                "actor": made.actor,
            },
        )

    def determinations(self, forecast_id: str) -> tuple[Determination, ...]:
        """Return every determination about a forecast, oldest first."""
        return self._determinations([forecast_id])[forecast_id]

    def reopenings(self, forecast_id: str) -> tuple[Reopening, ...]:
        """Return every reopening of a forecast, oldest first."""
        return self._reopenings([forecast_id])[forecast_id]

    def on_time(self, stage: Stage, account_manager: str, before: Month, last: int = ON_TIME_CYCLES) -> tuple[int, int]:
        """Return (submitted on time, submitted) over the ``last`` cycles before ``before``.

        A forecast counts by its first accepted version, by its first version when none was accepted; where the
        window was unknown then, it does not count.
        """
        wanted = (
            (forecast.c.stage == stage)
            & (forecast.c.account_manager == account_manager)
            & (forecast.c.cycle >= before.plus(-last))
            & (forecast.c.cycle < before)
        )
        days_late = [
            next((v for v in versions if v.accepted), versions[0]).days_late
            for versions in self._versions(wanted).values()
        ]
        known = [days for days in days_late if days is not None]
        return sum(1 for days in known if days <= 0), len(known)

    def _heads(self, wanted: ColumnElement[bool]) -> tuple[ForecastHead, ...]:
        return self._heads_of_rows(
            self._connection.execute(select(forecast).where(wanted).order_by(forecast.c.forecast_id)).all()
        )

    def _heads_of_rows(self, rows: Sequence[Row[Any]]) -> tuple[ForecastHead, ...]:
        ids = [row.forecast_id for row in rows]
        if not ids:
            return ()
        versions: dict[str, list[ForecastVersion]] = defaultdict(list)
        for row in self._connection.execute(_VERSIONS_OF, {"ids": ids}):
            versions[row.forecast_id].append(_version(row))
        determinations, reopenings = self._determinations(ids), self._reopenings(ids)
        return tuple(
            _head(row, versions[row.forecast_id], determinations[row.forecast_id], reopenings[row.forecast_id])
            for row in rows
            if row.forecast_id in versions
        )

    def _versions(self, wanted: ColumnElement[bool]) -> dict[str, list[ForecastVersion]]:
        query = select(forecast_version).join(forecast).where(wanted).order_by(forecast_version.c.version)
        found: dict[str, list[ForecastVersion]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.forecast_id].append(_version(row))
        return found

    def _determinations(self, forecast_ids: Iterable[str]) -> dict[str, tuple[Determination, ...]]:
        ids = list(forecast_ids)
        found: dict[str, list[Determination]] = {forecast_id: [] for forecast_id in ids}
        for row in self._connection.execute(_DETERMINATIONS_OF, {"ids": ids}):
            found[row.forecast_id].append(
                Determination(
                    row.forecast_id,
                    row.version,
                    row.person_id,
                    Decision(row.decision),
                    row.opinion,
                    row.determined_at,
                    row.actor,
                )
            )
        return {forecast_id: tuple(made) for forecast_id, made in found.items()}

    def _reopenings(self, forecast_ids: Iterable[str]) -> dict[str, tuple[Reopening, ...]]:
        ids = list(forecast_ids)
        found: dict[str, list[Reopening]] = {forecast_id: [] for forecast_id in ids}
        for row in self._connection.execute(_REOPENINGS_OF, {"ids": ids}):
            found[row.forecast_id].append(
                Reopening(row.forecast_id, row.after_version, row.approved_by, row.reason, row.reopened_at, row.actor)
            )
        return {forecast_id: tuple(made) for forecast_id, made in found.items()}


def _version(row: Row[Any]) -> ForecastVersion:
    return ForecastVersion(**row._mapping)  # noqa: SLF001  # the public way to a mapping


def _head(
    row: Row[Any],
    versions: list[ForecastVersion],
    determinations: tuple[Determination, ...],
    reopenings: tuple[Reopening, ...],
) -> ForecastHead:
    counts = next((version for version in reversed(versions) if version.accepted), None)
    since = (counts or versions[-1]).version
    return ForecastHead(
        forecast_id=row.forecast_id,
        stage=Stage(row.stage),
        cycle=row.cycle,
        account_manager=row.account_manager,
        newest=versions[-1],
        accepted_version=counts,
        determination=next((d for d in reversed(determinations) if counts and d.version == counts.version), None),
        reopened=any(made.after_version >= since for made in reopenings),
    )
