"""Licences, profiles of formats, sanctions, decisions on customers and census campaigns in the store."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from app.office.change_records import CensusCampaign, CustomerDecision, ProfileOfVersion, Sanction
from app.office.position import Position
from app.office.segment_change import LicenceRecord, SegmentProfile
from app.store import office_change_tables as tables
from app.store.office_shelf import CHUNK, Row, Shelf, chunks, newest
from app.store.office_tables import office_import


def _licence_row(value: LicenceRecord) -> dict[str, Any]:
    where = value.position
    return {
        "licence_no": value.licence_no,
        "holder_name": value.holder_name,
        "address": value.address,
        "valid_to": value.valid_to,
        "is_valid": value.is_valid,
        "latitude": where.latitude if where else None,
        "longitude": where.longitude if where else None,
    }


def _licence(row: Row, _lines: Sequence[Row]) -> LicenceRecord:
    latitude, longitude = row["latitude"], row["longitude"]
    return LicenceRecord(
        licence_no=row["licence_no"],
        holder_name=row["holder_name"],
        address=row["address"],
        valid_to=row["valid_to"],
        is_valid=row["is_valid"],
        position=None if latitude is None or longitude is None else Position(latitude, longitude),
    )


def _profile_row(value: ProfileOfVersion) -> dict[str, Any]:
    profile = value.profile
    return {
        "list_version": value.list_version,
        "code": profile.code,
        "least_area_m2": profile.least_area_m2,
        "most_area_m2": profile.most_area_m2,
        "least_hours": profile.least_hours,
        "sales_modes": sorted(profile.sales_modes),
        "it_levels": sorted(profile.it_levels),
    }


def _profile(row: Row, _lines: Sequence[Row]) -> ProfileOfVersion:
    profile = SegmentProfile(
        code=row["code"],
        least_area_m2=row["least_area_m2"],
        most_area_m2=row["most_area_m2"],
        least_hours=row["least_hours"],
        sales_modes=frozenset(row["sales_modes"]),
        it_levels=frozenset(row["it_levels"]),
    )
    return ProfileOfVersion(row["list_version"], profile)


_SANCTION = ("case_no", "licence_no", "decided_on", "title", "lifted_on")
_DECISION = (
    "decision_no",
    "licence_no",
    "attribute",
    "value",
    "decided_on",
    "minutes_no",
    "marketing_present",
    "monopoly_present",
)
_CAMPAIGN = ("campaign_no", "title", "filed_on")

LICENCES: Shelf[LicenceRecord] = Shelf(tables.licence_record, _licence_row, _licence)
PROFILES: Shelf[ProfileOfVersion] = Shelf(tables.segment_profile, _profile_row, _profile)
SANCTIONS: Shelf[Sanction] = Shelf(
    tables.sanction,
    lambda value: {name: getattr(value, name) for name in _SANCTION},
    lambda row, _: Sanction(*(row[name] for name in _SANCTION)),
)
DECISIONS: Shelf[CustomerDecision] = Shelf(
    tables.customer_decision,
    lambda value: {name: getattr(value, name) for name in _DECISION},
    lambda row, _: CustomerDecision(*(row[name] for name in _DECISION)),
)
CAMPAIGNS: Shelf[CensusCampaign] = Shelf(
    tables.census_campaign,
    lambda value: {name: getattr(value, name) for name in _CAMPAIGN},
    lambda row, _: CensusCampaign(*(row[name] for name in _CAMPAIGN)),
)


def licence_record(connection: Connection, licence_no: str) -> LicenceRecord | None:
    """Return what the licence system said last of a licence; None when it was never delivered."""
    found = newest(connection, LICENCES, tables.licence_record.c.licence_no == licence_no)
    return next(iter(found.values()), None)


def profiles_of(connection: Connection, list_version: str) -> dict[str, SegmentProfile]:
    """Return the profiles of one version of the list of formats, by code."""
    found = newest(connection, PROFILES, tables.segment_profile.c.list_version == list_version)
    return {one.profile.code: one.profile for one in found.values()}


def sanctions_since(connection: Connection, licence_no: str, since: date) -> tuple[str, ...] | None:
    """Return the numbers of the violations decided since then and not lifted, oldest first.

    None when sanctions were never delivered: an office without any says so with an empty delivery.
    """
    table = office_import
    brought = or_(table.c.received == 0, table.c.received > table.c.rejected)
    ever = select(table.c.import_id).where(table.c.collection == "sanctions", brought).limit(1)
    if connection.execute(ever).first() is None:
        return None
    found = newest(connection, SANCTIONS, tables.sanction.c.licence_no == licence_no).values()
    standing = [one for one in found if one.lifted_on is None and one.decided_on >= since]
    return tuple(one.case_no for one in sorted(standing, key=lambda one: (one.decided_on, one.case_no)))


def decisions_on(connection: Connection, licences: Iterable[str]) -> tuple[CustomerDecision, ...]:
    """Return the decisions on these customers, oldest first."""
    found: list[CustomerDecision] = []
    for chunk in chunks(sorted(set(licences)), CHUNK):
        found += newest(connection, DECISIONS, tables.customer_decision.c.licence_no.in_(chunk)).values()
    return tuple(sorted(found, key=lambda one: (one.decided_on, one.decision_no, one.licence_no, one.attribute)))


def campaigns(connection: Connection) -> Mapping[str, date]:
    """Return the day of filing of every census campaign by its number."""
    return {one.campaign_no: one.filed_on for one in newest(connection, CAMPAIGNS).values()}
