"""What the store keeps and gives back: frozen values, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.audit.facts.context import PosBatch, StageState
from app.audit.finding import Outcome
from app.core.text import Bilingual
from app.office.cycle import Extension, Stage
from app.office.month import Month


@dataclass(frozen=True, slots=True)
class LogPosition:
    """Where an event stands in the log."""

    index: int
    """0-based, without gaps."""
    leaf_hash: bytes
    """32 bytes."""


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed statement of the size and root of the log."""

    size: int
    root: bytes
    note: str
    """The C2SP signed note, complete."""
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptReply:
    """What a request was answered with when its key was first used."""

    body_digest: str
    status: int
    reply: bytes


class Decision(StrEnum):
    """What supervision says of a supply forecast."""

    ACCEPT = "accept"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class ForecastVersion:
    """One submission of a forecast, as recorded."""

    forecast_id: str
    version: int
    """1-based, without gaps."""
    evaluation_id: str
    payload_digest: str
    """The blob with the submission as received."""
    supersedes: str | None
    reason: str | None
    submitted_at: datetime
    days_late: int | None
    """Calendar days after the last day of the window; 0 or less is on time, None when the window was unknown."""
    territory_id: str | None
    actor: Mapping[str, Any]
    verdict: str
    line_count: int
    final_cartons: int | None
    """Sum of the readable final quantities; None when none could be read."""

    @property
    def accepted(self) -> bool:
        """Whether the submission counts: a blocked one is on record and nothing more."""
        return self.verdict != Outcome.BLOCK.value


@dataclass(frozen=True, slots=True)
class Determination:
    """What a person of supervision decided about one version."""

    forecast_id: str
    version: int
    person_id: str
    decision: Decision
    opinion: str | None
    at: datetime
    actor: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reopening:
    """A market manager's approval to submit again."""

    forecast_id: str
    after_version: int
    """The newest recorded version when it was approved."""
    approved_by: str
    reason: str
    at: datetime
    actor: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ForecastHead:
    """How one forecast stands now."""

    forecast_id: str
    stage: Stage
    cycle: Month
    account_manager: str | None
    newest: ForecastVersion
    """The newest recorded version, blocked or not."""
    accepted_version: ForecastVersion | None
    """The newest version that was not blocked: the one that counts. None when every version was blocked."""
    determination: Determination | None
    """The latest one about the accepted version."""
    reopened: bool
    """Whether a reopening was approved after the accepted version (the newest one, when none is accepted)."""

    @property
    def version(self) -> int:
        """The newest recorded version."""
        return self.newest.version

    @property
    def verdict(self) -> str:
        """The verdict on the newest recorded version."""
        return self.newest.verdict

    @property
    def evaluation_id(self) -> str:
        """The evaluation of the newest recorded version."""
        return self.newest.evaluation_id

    @property
    def accepted(self) -> bool:
        """Whether the newest recorded version is accepted."""
        return self.newest.accepted

    @property
    def determined(self) -> bool:
        """Whether supervision has accepted the version that counts."""
        return self.determination is not None and self.determination.decision is Decision.ACCEPT

    @property
    def state(self) -> StageState:
        """How far the forecast has got. A blocked later version does not undo an accepted one."""
        if self.accepted_version is None:
            return StageState.BLOCKED
        if self.determination is None:
            return StageState.SUBMITTED
        return StageState.DETERMINED if self.determined else StageState.RETURNED


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """One evaluation with everything needed to show, prove and repeat it."""

    evaluation_id: str
    event: str
    subject_kind: str
    subject_id: str
    subject_version: int
    cycle: Month | None
    stage: str | None
    account_manager: str | None
    territory_id: str | None
    actor: Mapping[str, Any]
    """As Actor.as_json() gives it."""
    evaluated_at: datetime
    verdict: str
    counts: Mapping[str, int]
    findings_json: Mapping[str, Any]
    """Judgement.as_json()."""
    facts_digest: str
    payload_digest: str
    rulebook_digest: str
    judgement_digest: str
    """Of the canonical bytes of ``findings_json``."""
    log_index: int
    leaf_hash: bytes
    simulated_clock: bool


@dataclass(frozen=True, slots=True)
class FindingHead:
    """One speaking finding, as lists show it."""

    rule: str
    rule_version: int
    outcome: str
    message: Bilingual
    lines_total: int
    lead_only: bool
    shadow: bool


@dataclass(frozen=True, slots=True)
class EvaluationHead:
    """One line of a list of evaluations."""

    evaluation_id: str
    event: str
    subject_kind: str
    subject_id: str
    subject_version: int
    cycle: Month | None
    stage: str | None
    account_manager: str | None
    territory_id: str | None
    actor: Mapping[str, Any]
    evaluated_at: datetime
    verdict: str
    counts: Mapping[str, int]
    log_index: int
    simulated_clock: bool
    findings: tuple[FindingHead, ...] = ()
    """The speaking findings, worst first, then by rule."""


@dataclass(frozen=True, slots=True)
class EvaluationFilter:
    """What a list of evaluations is limited to; None limits nothing."""

    verdict: str | None = None
    stage: str | None = None
    cycle: Month | None = None
    account_manager: str | None = None
    rule: str | None = None
    """Only those in which this rule speaks."""
    text: str | None = None
    """Part of the id of the evaluation, of its subject or of its account manager."""
    territories: frozenset[str] | None = None
    """Only these, as the actor may see no others."""
    actor_id: str | None = None
    """Only what this actor submitted."""


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """A part of a list, newest first."""

    items: tuple[EvaluationHead, ...]
    next_cursor: str | None
    """Opaque; None at the end."""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A sealed document about one evaluation; the file is the blob ``digest``."""

    evaluation_id: str
    document: str
    """``D19``."""
    digest: str
    size_bytes: int
    sealed_at: datetime
    checkpoint_size: int
    """Size of the log in the checkpoint that the document carries."""


@dataclass(frozen=True, slots=True)
class StoredExtension:
    """A request to move the end of a window, judged."""

    extension_no: int
    """Given by the store; 0 in a value that is still to be added."""
    extension: Extension
    evaluation_id: str
    received_at: datetime
    actor: Mapping[str, Any]
    verdict: str
    accepted: bool
    """Whether it moves the window. It is void unless WIN-11 passes."""


@dataclass(frozen=True, slots=True)
class StoredPosBatch:
    """One reception of a batch of a terminal server, judged."""

    batch: PosBatch
    evaluation_id: str
    payload_digest: str
    actor: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CycleEvent:
    """Something that happened to a cycle (opened, window closed, closed), judged."""

    cycle: Month
    event: str
    """``on_cycle_open``, ``on_window_close``, ``on_close``."""
    stage: str | None
    evaluation_id: str
    at: datetime
    actor: Mapping[str, Any]
    verdict: str


@dataclass(frozen=True, slots=True)
class Client:
    """A machine that may call the hook."""

    client_id: str
    name: str
    credential_hash: str
    scopes: tuple[str, ...]
    territories: frozenset[str] | None
    """None means every territory."""
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A person's way in. A person may have several; duties are bound to the person, not the account."""

    account_id: str
    sign_in_name: str
    display_name: str
    person_id: str | None
    password_hash: str
    roles: tuple[str, ...]
    territories: frozenset[str] | None
    """None means every territory."""
    language: str
    """``zh`` or ``en``."""
    is_demo: bool
    created_at: datetime
    disabled_at: datetime | None = None
    signed_in_at: datetime | None = None
    failed_sign_ins: int = 0
    """In a row, since the last one that succeeded."""
    failed_at: datetime | None = None
    must_change_password: bool = False
    """The password was given by somebody else: nothing is open before it is changed."""


@dataclass(frozen=True, slots=True)
class WebSession:
    """A signed-in browser. Only the digest of its token is kept."""

    token_digest: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    content: Mapping[str, Any]
    strong_at: datetime | None = None
    """When the person last proved to be there: with password, and code where there is a second factor."""
    is_half: bool = False
    """The password was right, the code is still asked for: nobody is signed in."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """Something others must be told, written with what it tells about."""

    number: int
    topic: str
    body: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """What a check of the whole store found."""

    problems: tuple[Bilingual, ...]
    """Empty when everything is as it must be."""
    notes: tuple[Bilingual, ...]
    """Worth knowing, nothing broken."""
    log_size: int
    log_root: bytes
    blobs_read: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems
