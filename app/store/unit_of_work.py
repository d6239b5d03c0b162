"""One transaction and every repository inside it."""

from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from app.store.accounts import AccountRepository, SessionRepository
from app.store.audit_log import LogRepository
from app.store.blobs import BlobRepository
from app.store.change_reports import EffectReportRepository, PaperClaimRepository
from app.store.checkpoints import CheckpointRepository
from app.store.clients import ClientRepository
from app.store.cycle_events import CycleEventRepository
from app.store.documents import DocumentRepository
from app.store.duties import DutyRepository
from app.store.evaluations import EvaluationRepository
from app.store.evidence_files import EvidenceRepository
from app.store.extensions import ExtensionRepository
from app.store.forecasts import ForecastRepository
from app.store.idempotency import IdempotencyRepository
from app.store.identities import IdentityRepository
from app.store.marks import change_marks
from app.store.numbers import NumberRepository
from app.store.office import OfficeRepository
from app.store.outbox import OutboxRepository
from app.store.person_keys import (
    CertificateRepository,
    PersonKeyRepository,
    PinFailureRepository,
    RevocationListRepository,
)
from app.store.pos_batches import PosBatchRepository
from app.store.records import RecordRepository
from app.store.registers import RegisterRepository
from app.store.rulebooks import RulebookRepository
from app.store.second_factors import SecondFactorRepository
from app.store.segment_changes import SegmentChangeRepository


class UnitOfWork:
    """What an action works with between the beginning and the end of its transaction."""

    def __init__(self, connection: Connection, files: Path) -> None:
        """Work inside the transaction of ``connection``, with large content under ``files``."""
        self._connection = connection
        self.log = LogRepository(connection)
        self.checkpoints = CheckpointRepository(connection)
        self.blobs = BlobRepository(connection, files)
        self.numbers = NumberRepository(connection)
        self.idempotency = IdempotencyRepository(connection)
        self.forecasts = ForecastRepository(connection)
        self.evaluations = EvaluationRepository(connection, self.blobs)
        self.records = RecordRepository(connection)
        self.rulebooks = RulebookRepository(connection, self.blobs)
        self.extensions = ExtensionRepository(connection)
        self.pos_batches = PosBatchRepository(connection)
        self.cycle_events = CycleEventRepository(connection)
        self.segment_changes = SegmentChangeRepository(connection)
        self.evidence = EvidenceRepository(connection)
        self.registers = RegisterRepository(connection)
        self.duties = DutyRepository(connection)
        self.paper_claims = PaperClaimRepository(connection)
        self.effect_reports = EffectReportRepository(connection)
        self.clients = ClientRepository(connection)
        self.accounts = AccountRepository(connection)
        self.sessions = SessionRepository(connection)
        self.second_factors = SecondFactorRepository(connection)
        self.identities = IdentityRepository(connection)
        self.person_keys = PersonKeyRepository(connection)
        self.certificates = CertificateRepository(connection)
        self.revocation_lists = RevocationListRepository(connection)
        self.pin_failures = PinFailureRepository(connection)
        self.outbox = OutboxRepository(connection)
        self.documents = DocumentRepository(connection)

    def marks(self, account_manager: str | None) -> tuple[int | None, ...]:
        """Return how far the records have got that a forecast of this account manager may rest on."""
        return change_marks(self._connection, account_manager)

    @cached_property
    def office(self) -> OfficeRepository:
        """The office data, valid-time dated."""
        return OfficeRepository(self._connection)
