"""Check the installation's own log from its first entry, against every checkpoint it or anybody else holds."""

from collections.abc import Sequence

from app.actions.deps import Deps
from app.audit.log.checkpoint import read_verifier_key
from app.audit.log.verify import LogReport, verify_log
from app.keys.log_key import ed25519_verify


def verify_own_log(deps: Deps, held: Sequence[str] = ()) -> LogReport:
    """Return what a rebuild of the whole log finds.

    Args:
        deps: the process.
        held: signed notes of checkpoints kept outside; they show a cut tail or a restored old backup.
    """
    key = read_verifier_key(deps.load_keyring().log.verifier_key)
    with deps.store.read() as uow:
        notes = [checkpoint.note for checkpoint in uow.checkpoints.all()]
        return verify_log(
            uow.log.entries(0),
            get_node=uow.log.stored_nodes(),
            notes=[*notes, *held],
            key=key,
            verify=ed25519_verify,
        )
