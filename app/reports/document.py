"""What a document says, as plain values: tests read it as text, only ``render`` knows how it looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.audit.finding import Outcome
from app.core.text import Bilingual


class Align(StrEnum):
    """Where the text of a column stands."""

    LEFT = "left"
    RIGHT = "right"


class Tone(StrEnum):
    """How loudly a paragraph speaks."""

    NORMAL = "normal"
    QUIET = "quiet"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Mark:
    """An outcome, drawn as a shape with its word."""

    outcome: Outcome
    word: Bilingual


Cell = str | Bilingual | Mark
"""What may stand in a table. A Bilingual is drawn as two lines."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: Bilingual
    share: int
    """Width relative to the other columns."""
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a repeated head."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Bilingual | None = None
    """Stands under the table: how many rows there are when not all are shown."""
    totals: int = 0
    """How many of the last rows are sums."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section."""

    text: Bilingual
    together: bool = False
    """Whether the whole section stands on one page."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: Bilingual
    tone: Tone = Tone.NORMAL


@dataclass(frozen=True, slots=True)
class Particulars:
    """Names and values, ``columns`` pairs side by side."""

    rows: tuple[tuple[Bilingual, str | Bilingual], ...]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class VerdictBlock:
    """The verdict, what it means, and how often each outcome occurred."""

    mark: Mark
    sentence: Bilingual
    counts: tuple[tuple[Mark, int], ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A named value a rule read."""

    label: Bilingual
    value: str | Bilingual


@dataclass(frozen=True, slots=True)
class FindingBlock:
    """One rule's answer in full."""

    mark: Mark
    rule: str
    title: Bilingual
    message: Bilingual
    clauses: str
    measured: tuple[Number, ...]
    parameters: tuple[Number, ...]
    warnings: tuple[Bilingual, ...] = ()
    """What the reader must not conclude."""
    lines: Table | None = None


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text that is printed exactly as it is, line by line."""

    title: Bilingual
    text: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code beside the sentences that say what it is for."""

    content: str
    sentences: tuple[Bilingual, ...]


@dataclass(frozen=True, slots=True)
class SignatureField:
    """A place for a signature or a seal."""

    name: str | None
    """Of the PDF signature field; None for a box that is signed with ink."""
    caption: Bilingual


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """Signature fields side by side."""

    fields: tuple[SignatureField, ...]
    tall: bool = False
    """Whether the boxes have room for an opinion."""


Block = Heading | Paragraph | Particulars | Table | VerdictBlock | FindingBlock | Verbatim | QrCode | SignatureRow


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. The same document is always drawn as the same bytes."""

    code: str
    """D01 to D24."""
    title: Bilingual
    organisation: Bilingual
    number: str
    created_at: datetime
    """Aware: the moment the document speaks of."""
    blocks: tuple[Block, ...]
    footer: tuple[Bilingual | str, ...]
    """Printed at the foot of every page, beside the page number."""
    banner: Bilingual | None = None
    """Printed at the head of every page: what the reader must know first."""

    @property
    def signature_fields(self) -> tuple[SignatureField, ...]:
        """The fields in the order they are signed."""
        return tuple(field for block in self.blocks if isinstance(block, SignatureRow) for field in block.fields)

    def as_text(self) -> str:
        """Return everything the document says, one thing a line, in the order of reading."""
        return "\n".join(_lines(self)) + "\n"


def _both(text: Bilingual) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} | {text.en}"


def _said(cell: Cell) -> str:
    if isinstance(cell, Mark):
        return f"[{cell.outcome.value}] {_both(cell.word)}"
    return _both(cell) if isinstance(cell, Bilingual) else cell


def _lines(document: Document) -> Iterator[str]:
    yield f"{document.code} {_both(document.title)}"
    yield _both(document.organisation)
    yield document.number
    if document.banner:
        yield f"!! {_both(document.banner)}"
    for block in document.blocks:
        yield from _block_lines(block)
    yield from (f"footer: {_said(item)}" for item in document.footer)


def _block_lines(block: Block) -> Iterator[str]:  # one branch for each kind of block
    match block:
        case Heading(text):
            yield ""
            yield f"# {_both(text)}"
        case Paragraph(text):
            yield _both(text)
        case Particulars(rows):
            yield from (f"{_both(name)}: {_said(value)}" for name, value in rows)
        case Table():
            yield from _table_lines(block)
        case VerdictBlock(mark, sentence, counts):
            yield _said(mark)
            yield _both(sentence)
            yield "; ".join(f"{_said(each)} {count}" for each, count in counts)
        case FindingBlock():
            yield from _finding_lines(block)
        case Verbatim(title, text):
            yield f"{_both(title)}:"
            yield from (f"    {line}" for line in text.splitlines())
        case QrCode(content, sentences):
            yield f"QR {content}"
            yield from map(_both, sentences)
        case SignatureRow(fields):  # pragma: no branch  # the last kind there is
            yield from (f"signature field {field.name or '(ink)'}: {_both(field.caption)}" for field in fields)


def _table_lines(table: Table) -> Iterator[str]:
    yield " ¦ ".join(_both(column.title) for column in table.columns)
    yield from (" ¦ ".join(map(_said, row)) for row in table.rows)
    if table.note:
        yield _both(table.note)


def _finding_lines(finding: FindingBlock) -> Iterator[str]:
    yield f"{_said(finding.mark)} · {finding.rule} · {_both(finding.title)}"
    yield f"  {_both(finding.message)}"
    yield f"  § {finding.clauses}"
    yield from (f"  measured {_both(number.label)} = {_said(number.value)}" for number in finding.measured)
    yield from (f"  parameter {_both(number.label)} = {_said(number.value)}" for number in finding.parameters)
    yield from (f"  ! {_both(warning)}" for warning in finding.warnings)
    if finding.lines:
        yield from (f"  {line}" for line in _table_lines(finding.lines))
