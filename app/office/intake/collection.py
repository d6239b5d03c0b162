"""What a collection of office data is, and the fields its specifications are written with."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.text import Bilingual
from app.office.allocation_standard import AllocationStandard
from app.office.calendar import CalendarDay
from app.office.change_records import CensusCampaign, CustomerDecision, ProfileOfVersion, Sanction
from app.office.code_list import CodeList
from app.office.customer import Brand, Customer, Manufacturer, Product
from app.office.cycle import Cycle
from app.office.intake.builders import Values
from app.office.intake.fields import FieldSpec, Kind, Reader, nested, rows
from app.office.intake.notes import Place
from app.office.intake.readers import choice, choices, count, day, identifier, moment, month, name, yes_no
from app.office.normalise import Spellings
from app.office.people import Person, Territory
from app.office.records import Actual, LedgerEntry, ModelRun
from app.office.segment_change import LicenceRecord

OfficeValue = (
    Person
    | Territory
    | Customer
    | Manufacturer
    | Brand
    | Product
    | CodeList
    | CalendarDay
    | Cycle
    | Actual
    | LedgerEntry
    | ModelRun
    | AllocationStandard
    | LicenceRecord
    | ProfileOfVersion
    | Sanction
    | CustomerDecision
    | CensusCampaign
)
"""What an item of office data is read as."""


def _nothing_more(_values: Values, _place: Place) -> None:
    """Say nothing: no two fields of the collection depend on each other."""


@dataclass(frozen=True, slots=True)
class CollectionSpec:
    """One collection: what identifies an item, what it may hold, what it becomes."""

    name: str
    title: Bilingual
    key: tuple[str, ...]
    """The fields that identify an item; sending it again replaces it."""
    fields: tuple[FieldSpec, ...]
    build: Callable[[Values], OfficeValue]
    """Called only with values that are without fault."""
    check: Callable[[Values, Place], None] = _nothing_more
    """Says what can only be seen when fields stand side by side."""
    rows_field: str | None = None
    """The list that stands as repeated rows in a flat file, one row a member."""

    @property
    def required(self) -> tuple[str, ...]:
        """The fields every item must have."""
        return tuple(spec.name for spec in self.fields if spec.required)

    @property
    def optional(self) -> tuple[str, ...]:
        """The fields an item may leave open."""
        return tuple(spec.name for spec in self.fields if not spec.required)


def id_field(
    field_name: str, zh: str, en: str, *also: str, required: bool = True, read: Reader | None = None
) -> FieldSpec:
    """Return the field of an identifier."""
    return FieldSpec(field_name, Kind.IDENTIFIER, Bilingual(zh, en), read or identifier(), required, also)


def text_field(field_name: str, zh: str, en: str, *also: str, required: bool = True) -> FieldSpec:
    """Return the field of a name or free text."""
    return FieldSpec(field_name, Kind.TEXT, Bilingual(zh, en), name, required, also)


def day_field(field_name: str, zh: str, en: str, *also: str, required: bool = True) -> FieldSpec:
    """Return the field of a date."""
    return FieldSpec(field_name, Kind.DAY, Bilingual(zh, en), day, required, also)


def count_field(field_name: str, zh: str, en: str, *also: str, required: bool = True) -> FieldSpec:
    """Return the field of a whole number."""
    return FieldSpec(field_name, Kind.INTEGER, Bilingual(zh, en), count, required, also)


def yes_no_field(field_name: str, zh: str, en: str, *also: str) -> FieldSpec:
    """Return the field of a yes or no."""
    return FieldSpec(field_name, Kind.YES_NO, Bilingual(zh, en), yes_no, also=also)


def month_field(field_name: str, zh: str, en: str, *also: str) -> FieldSpec:
    """Return the field of a month."""
    return FieldSpec(field_name, Kind.MONTH, Bilingual(zh, en), month, also=also)


def choice_field(
    field_name: str, zh: str, en: str, spellings: Spellings, *also: str, required: bool = True
) -> FieldSpec:
    """Return the field of a value of a closed list."""
    read = choice(spellings)
    return FieldSpec(field_name, Kind.CHOICE, Bilingual(zh, en), read, required, also, choices=spellings.by_value)


def choices_field(field_name: str, zh: str, en: str, spellings: Spellings, *also: str) -> FieldSpec:
    """Return the field of several values of a closed list; it may be left open."""
    read = choices(spellings)
    return FieldSpec(
        field_name, Kind.CHOICES, Bilingual(zh, en), read, required=False, also=also, choices=spellings.by_value
    )


def rows_field(
    field_name: str, zh: str, en: str, members: tuple[FieldSpec, ...], *, required: bool = True
) -> FieldSpec:
    """Return the field of a list of objects."""
    return FieldSpec(field_name, Kind.ROWS, Bilingual(zh, en), rows(members), required, members=members)


def object_field(field_name: str, zh: str, en: str, *members: FieldSpec) -> FieldSpec:
    """Return the field of one object."""
    return FieldSpec(field_name, Kind.OBJECT, Bilingual(zh, en), nested(members), required=False, members=members)


def moment_field(field_name: str, zh: str, en: str, *also: str, required: bool = True) -> FieldSpec:
    """Return the field of an instant."""
    return FieldSpec(field_name, Kind.MOMENT, Bilingual(zh, en), moment, required, also)
