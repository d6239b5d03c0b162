"""What an actor can be allowed to do, and which scopes of a machine client grant it."""

from enum import StrEnum


class Permission(StrEnum):
    """One act. The action that does it asks for it first."""

    IMPORT_OFFICE = "office.import"
    SUBMIT_FORECAST = "forecast.submit"
    DETERMINE_FORECAST = "forecast.determine"
    REOPEN_FORECAST = "forecast.reopen"
    EXTEND_WINDOW = "window.extend"
    RECORD_EVENT = "cycle.record_event"
    RECEIVE_POS_BATCH = "pos_batch.receive"
    SUBMIT_CHANGE = "segment_change.submit"
    """Enter a request, complete it, withdraw it."""
    CHECK_CHANGE = "segment_change.check"
    SIGN_CHANGE = "segment_change.sign"
    """Sign a layer, or reject in its stead."""
    FILE_CHANGE = "segment_change.file"
    """File, revoke, and re-check after the effect."""
    READ_CHANGE = "segment_change.read"
    READ_REGISTER = "register.read"
    REPORT_EFFECT = "segment_change.report_effect"
    UPLOAD_EVIDENCE = "evidence.upload"
    DRY_RUN = "evaluation.dry_run"
    READ_EVALUATION = "evaluation.read"
    READ_RECORD = "record.read"
    READ_LOG = "log.read"
    READ_METRICS = "metrics.read"
    MANAGE_CLIENTS = "client.manage"
    MANAGE_ACCOUNTS = "account.manage"
    MANAGE_ROLES = "role.manage"
    MANAGE_TERRITORIES = "territory.manage"
    HOLD_KEY = "signing_key.hold"
    """Have a signing key of one's own."""
    CONFIRM_KEY = "signing_key.confirm"
    """Vouch for the signing key of somebody else."""
    REVOKE_KEY = "signing_key.revoke"
    """Revoke a certificate that is not one's own, renew the revocation list."""


SCOPES: dict[str, frozenset[Permission]] = {
    "office": frozenset({Permission.IMPORT_OFFICE, Permission.RECEIVE_POS_BATCH}),
    "submit": frozenset({Permission.SUBMIT_FORECAST, Permission.DRY_RUN}),
    "determine": frozenset(
        {
            Permission.DETERMINE_FORECAST,
            Permission.REOPEN_FORECAST,
            Permission.EXTEND_WINDOW,
            Permission.RECORD_EVENT,
        }
    ),
    "segment": frozenset(
        {
            Permission.SUBMIT_CHANGE,
            Permission.CHECK_CHANGE,
            Permission.READ_CHANGE,
            Permission.REPORT_EFFECT,
            Permission.UPLOAD_EVIDENCE,
        }
    ),
    "read": frozenset(
        {Permission.READ_EVALUATION, Permission.READ_RECORD, Permission.READ_LOG, Permission.READ_METRICS}
    ),
}
"""Scopes of machine clients. A submitting client may also read what it submitted itself."""
