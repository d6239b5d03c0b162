"""A batch of a terminal server as it was sent: read as far as it can be read.

Whether it is complete is judged (ENT-10); refused is only what cannot be represented faithfully.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.canonical import canonical_bytes, sha256_hex
from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.intake.fields import FieldSpec, Kind, read_object, refuse_type
from app.office.intake.notes import Notes, Place
from app.office.intake.readers import LARGEST_COUNT, identifier, requested_quantity
from app.office.quantity import Quantity, read_quantity

_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class PosLine:
    """One line of a batch: what a terminal says one customer needs of one product."""

    licence_no: str | None
    sku: str | None
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A batch as announced and as received. Use it only when there are no faults."""

    batch_id: str
    terminal_server: str
    line_count: int
    """How many lines the sender announced; 0 when it did not say."""
    checksum: str
    """The announced SHA-256 in lower-case hex without prefix; any other text as it came, empty when none did."""
    computed_checksum: str
    """The SHA-256 in hex over the canonical bytes of the lines exactly as received."""
    lines: tuple[PosLine, ...]
    faults: tuple[Fault, ...] = ()
    """JSON Pointers into the batch."""

    @property
    def received_lines(self) -> int:
        """How many lines arrived."""
        return len(self.lines)

    @property
    def checksum_matches(self) -> bool:
        """Whether the announced checksum is the one of the lines received."""
        return self.checksum == self.computed_checksum

    @property
    def licence_numbers(self) -> frozenset[str]:
        """The customers that have at least one line."""
        return frozenset(line.licence_no for line in self.lines if line.licence_no)

    @property
    def cartons(self) -> Mapping[tuple[str, str], int | None]:
        """Cartons by (licence_no, sku), summed; None where a quantity cannot be read."""
        sums: dict[tuple[str, str], int | None] = {}
        for line in self.lines:
            if line.licence_no and line.sku:
                pair = (line.licence_no, line.sku)
                earlier, more = sums.get(pair, 0), line.quantity.cartons
                sums[pair] = None if earlier is None or more is None else earlier + more
        return sums


def _line_field(name: str, kind: Kind, zh: str) -> FieldSpec:
    reader = requested_quantity if kind is Kind.QUANTITY else identifier()
    return FieldSpec(name, kind, Bilingual(zh, name), reader, required=False)


_LINE = (
    _line_field("licence_no", Kind.IDENTIFIER, "许可证号"),
    _line_field("sku", Kind.IDENTIFIER, "卷烟代码"),
    _line_field("quantity", Kind.QUANTITY, "数量"),
    _line_field("unit", Kind.IDENTIFIER, "单位"),
)


def _any_list(raw: object, place: Place) -> Sequence[object] | None:
    # An empty list is a batch without lines: its count and checksum are judged like any other.
    if not isinstance(raw, list | tuple):
        refuse_type(raw, place, "value.not_a_list", "列表", "a list")
        return None
    return raw


def _any_integer(raw: object, place: Place) -> int | None:
    # A negative count is a wrong entry, which is judged; it is not an unreadable one.
    if isinstance(raw, bool) or not isinstance(raw, int):
        refuse_type(raw, place, "value.not_an_integer", "整数", "an integer")
        return None
    if abs(raw) > LARGEST_COUNT:
        place.fault("value.out_of_range", "超出范围。", "is out of range.")
        return None
    return raw


_BATCH = (
    FieldSpec("batch_id", Kind.IDENTIFIER, Bilingual("批次号", "batch_id"), identifier()),
    FieldSpec("terminal_server", Kind.IDENTIFIER, Bilingual("终端服务器", "terminal_server"), identifier(), False),
    FieldSpec("line_count", Kind.INTEGER, Bilingual("行数", "line_count"), _any_integer, False),
    FieldSpec("checksum", Kind.IDENTIFIER, Bilingual("校验和", "checksum"), identifier(200), False),
    FieldSpec("lines", Kind.ROWS, Bilingual("明细", "lines"), _any_list, False, members=_LINE),
)


def checksum_of(lines: Sequence[object]) -> str:
    """Return the SHA-256 in hex over the canonical bytes of ``lines``, each an object exactly as it is sent.

    Raises:
        TypeError: a value has no canonical form (a float).
    """
    return sha256_hex(canonical_bytes(list(lines)))


def read_pos_batch(raw: object) -> ReadBatch:
    """Return ``raw`` (any JSON value) read as a batch, with all faults at once."""
    notes = Notes()
    place = Place(notes)
    values = read_object(raw, _BATCH, place)
    sent = values["lines"] if isinstance(values["lines"], list | tuple) else ()
    lines = tuple(_read_line(line, place.at("lines").at(number)) for number, line in enumerate(sent))
    checksum = str(values["checksum"] or "")
    # Without faults every value is an int, a text, null or a list of such: it has canonical bytes.
    computed = "" if notes.faults else checksum_of(sent)
    announced = values["line_count"]
    return ReadBatch(
        batch_id=str(values["batch_id"] or ""),
        terminal_server=str(values["terminal_server"] or ""),
        line_count=announced if isinstance(announced, int) else 0,
        checksum=checksum.strip().lower().removeprefix(_PREFIX),
        computed_checksum=computed,
        lines=lines,
        faults=tuple(notes.faults),
    )


def _read_line(raw: object, place: Place) -> PosLine:
    values = read_object(raw, _LINE, place)
    licence_no, sku, quantity, unit = (values[name] for name in ("licence_no", "sku", "quantity", "unit"))
    return PosLine(
        licence_no if isinstance(licence_no, str) else None,
        sku if isinstance(sku, str) else None,
        read_quantity(
            quantity if isinstance(quantity, int | str) else None,
            unit if isinstance(unit, str) else None,
        ),
    )
