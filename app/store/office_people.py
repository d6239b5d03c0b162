"""People with their roles and territories with their assignments in the store."""

from collections.abc import Sequence
from typing import Any

from app.office.people import Assignment, Person, RoleHeld, Territory
from app.store import office_tables as tables
from app.store.office_shelf import Row, Shelf


def _person_row(value: Person) -> dict[str, Any]:
    return {"person_id": value.person_id, "name": value.name, "staff_no": value.staff_no}


def _role_lines(value: Person) -> list[dict[str, Any]]:
    return [{"role": held.role, "unit": held.unit, "since": held.since, "until": held.until} for held in value.roles]


def _person(row: Row, lines: Sequence[Row]) -> Person:
    roles = tuple(RoleHeld(line["role"], line["unit"], line["since"], line["until"]) for line in lines)
    return Person(row["person_id"], row["name"], row["staff_no"], roles)


def _territory_row(value: Territory) -> dict[str, Any]:
    return {"territory_id": value.territory_id, "name": value.name, "county": value.county}


def _assignment_lines(value: Territory) -> list[dict[str, Any]]:
    return [
        {
            "account_manager": one.account_manager,
            "kind": one.kind,
            "since": one.since,
            "until": one.until,
            "filing_no": one.filing_no,
        }
        for one in value.assignments
    ]


def _territory(row: Row, lines: Sequence[Row]) -> Territory:
    assignments = tuple(
        Assignment(line["account_manager"], line["kind"], line["since"], line["until"], line["filing_no"])
        for line in lines
    )
    return Territory(row["territory_id"], row["name"], row["county"], assignments)


PEOPLE: Shelf[Person] = Shelf(tables.person, _person_row, _person, tables.person_role, _role_lines)
TERRITORIES: Shelf[Territory] = Shelf(
    tables.territory, _territory_row, _territory, tables.territory_assignment, _assignment_lines
)
