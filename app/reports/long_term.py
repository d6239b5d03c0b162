"""Whether signatures can be verified with what the file holds: today, and at a day years ahead.

Source: ETSI EN 319 102-1, 5.6; design/signing.md, 2.4. People need revocation information; a time-stamping authority
only when its certificate names where to find some.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from asn1crypto import x509
from cryptography.x509 import Certificate
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import EmbeddedPdfSignature, ades
from pyhanko.sign.validation.ades import ades_lta_validation, simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

from app.keys.certificates import der

# They warn of every step of a validation that goes well in the end, and print people's names while they do.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)
"""When the verification now running takes place."""
_engine: Any = ades
_past_validate = _engine.past_validate


async def _past_validate_at_moment(*args: Any, **kwargs: Any) -> datetime:  # noqa: ANN401  # pyHanko's
    """Look back from the moment of verifying; pyHanko would look back from the machine's clock."""
    kwargs["init_control_time"] = kwargs.get("init_control_time") or _moment.get()
    at: datetime = await _past_validate(*args, **kwargs)
    return at


_engine.past_validate = _past_validate_at_moment

_IF_DECLARED = RevocationCheckingPolicy(
    RevocationCheckingRule.CHECK_IF_DECLARED, RevocationCheckingRule.CHECK_IF_DECLARED
)


def _trust(roots: Sequence[Certificate]) -> SimpleTrustManager:
    return SimpleTrustManager.build(trust_roots=[x509.Certificate.load(der(root)) for root in roots])


def _spec(roots: Sequence[Certificate], tsa_roots: Sequence[Certificate]) -> PdfSignatureValidationSpec:
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(_trust(roots), CertRevTrustPolicy(REQUIRE_REVINFO)),
            ts_cert_validation_policy=CertValidationPolicySpec(_trust(tsa_roots), CertRevTrustPolicy(_IF_DECLARED)),
            # Offline: a list that cannot be fetched must not decide anything.
            revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        )
    )


def long_term_faults(
    people: Sequence[EmbeddedPdfSignature],
    roots: Sequence[Certificate],
    tsa_roots: Sequence[Certificate],
    at: datetime,
    *,
    reference: datetime | None = None,
) -> list[str]:
    """Return what speaks against each of ``people`` verified at ``at`` (aware); empty when nothing does.

    With ``reference`` (aware), ``at`` lies in the future and the archive is taken to be well kept until then.
    """
    token = _moment.set(at)
    try:
        return [fault for signature in people for fault in _faults(signature, roots, tsa_roots, at, reference)]
    finally:
        _moment.reset(token)


def _faults(
    signature: EmbeddedPdfSignature,
    roots: Sequence[Certificate],
    tsa_roots: Sequence[Certificate],
    at: datetime,
    reference: datetime | None,
) -> list[str]:
    spec = _spec(roots, tsa_roots)
    if reference is None:
        timing = ValidationTimingInfo(at, at, point_in_time_validation=True)
        result = asyncio.run(ades_lta_validation(signature, spec, timing))
    else:
        result = asyncio.run(simulate_future_ades_lta_validation(signature, spec, at, reference))
    passed = result.ades_subindic is AdESPassed.OK
    return [] if passed else [f"{signature.field_name}: {result.ades_subindic} ({at:%Y-%m-%d})"]
