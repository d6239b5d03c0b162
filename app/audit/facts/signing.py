"""Whether signatures are what they claim to be, in the right order, at a human pace: TRL-04, TRL-05."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from app.audit.fact import FactSet, FactTable, fact_set
from app.audit.facts.change_context import SignatureOnFile, SigningContext
from app.audit.facts.parameters import Parameters, whole_number
from app.audit.facts.table import Columns, Row, local_text, single
from app.core.clock import local, local_date
from app.office.people import Role

HANDWRITTEN = "handwritten"

_SIGNATURE_FACTS = (
    "document",
    "layer",
    "signer",
    "signer_role",
    "signed_at",
    "method",
    "key_id",
    "signature_problem",
    "key_users",
)


def signing_facts(signatures: Sequence[SignatureOnFile], context: SigningContext, parameters: Parameters) -> FactSet:
    """Return the scopes ``signature`` (one row each, in the order given) and ``signing`` of one document."""
    columns: Columns = {name: [] for name in _SIGNATURE_FACTS}
    for signature in signatures:
        users = context.key_owners.get(signature.key_id or "", frozenset()) | {signature.signer}
        row: Row = {
            "document": signature.document,
            "layer": signature.layer,
            "signer": signature.signer,
            "signer_role": str(signature.role),
            "signed_at": local_text(signature.signed_at),
            "method": signature.method,
            "key_id": signature.key_id,
            "signature_problem": _problem(signature, context),
            "key_users": sorted(users),
        }
        for name, cell in row.items():
            columns[name].append(cell)
    return fact_set(FactTable("signature", columns), single("signing", _pace(signatures, context, parameters)))


def _problem(signature: SignatureOnFile, context: SigningContext) -> str | None:
    """Return the first thing that is wrong, ``none``, or None when something could not be found out."""
    person = context.people.get(signature.signer)
    has_role = person is not None and person.holds(signature.role, local_date(signature.signed_at))
    shared = len(context.key_owners.get(signature.key_id or "", frozenset()) | {signature.signer}) > 1
    if signature.method == HANDWRITTEN:
        checks = {
            "content_changed": signature.digest_matches,
            "role_missing": has_role,
            "scan_or_witness_missing": signature.has_scan and _is_witness(signature, context),
        }
    else:
        checks = {
            "content_changed": signature.digest_matches,
            "verification_failed": signature.verifies,
            "key_invalid": signature.key_was_valid,
            "role_missing": has_role,
            "key_shared": not shared,
        }
    failed = next((name for name, holds in checks.items() if holds is False), None)
    if failed is not None:
        return failed
    return None if None in checks.values() else "none"


def _is_witness(signature: SignatureOnFile, context: SigningContext) -> bool:
    witness = context.people.get(signature.witness or "")
    return (
        witness is not None
        and witness.person_id != signature.signer
        and witness.holds(Role.SUPERVISION_OFFICER, local_date(signature.signed_at))
    )


def _pace(signatures: Sequence[SignatureOnFile], context: SigningContext, parameters: Parameters) -> Row:
    least = whole_number(parameters, "TRL-05", "min_interval")
    ordered = sorted(signatures, key=lambda signature: signature.layer)
    intervals = [_seconds(one, other) for one, other in pairwise(ordered)]
    signers = {signature.signer for signature in signatures}
    return {
        "document": signatures[0].document if signatures else None,
        "order_violations": sum(1 for seconds in intervals if seconds <= 0),
        "shortest_interval_seconds": min(intervals, default=None),
        "fast_documents": _fast(context.recent, signers, least),
        "night_documents": _at_night(
            context.recent,
            signers,
            whole_number(parameters, "TRL-05", "night_from"),
            whole_number(parameters, "TRL-05", "night_to"),
        ),
        "signing_times": [local_text(signature.signed_at) for signature in ordered],
    }


def _seconds(one: SignatureOnFile, other: SignatureOnFile) -> int:
    return int((other.signed_at - one.signed_at).total_seconds())


def _fast(recent: Sequence[SignatureOnFile], signers: set[str], least: int) -> int:
    """Return on how many documents the same two persons signed one after the other in less than ``least`` seconds."""
    documents: dict[str, list[SignatureOnFile]] = defaultdict(list)
    for signature in recent:
        documents[signature.document].append(signature)
    hasty: dict[frozenset[str], set[str]] = defaultdict(set)
    for document, signed in documents.items():
        for one, other in pairwise(sorted(signed, key=lambda signature: signature.layer)):
            pair = frozenset({one.signer, other.signer})
            if pair <= signers and _seconds(one, other) < least:
                hasty[pair].add(document)
    return max(map(len, hasty.values()), default=0)


def _at_night(recent: Sequence[SignatureOnFile], signers: set[str], begins: int, ends: int) -> int:
    """Return how many documents one of the signers signed from ``begins`` o'clock to ``ends`` o'clock next morning."""
    nightly: dict[str, set[str]] = defaultdict(set)
    for signature in recent:
        hour = local(signature.signed_at).hour
        if signature.signer in signers and (hour >= begins or hour < ends):
            nightly[signature.signer].add(signature.document)
    return max(map(len, nightly.values()), default=0)
