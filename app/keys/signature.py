"""One ECDSA signature, one spelling.

(r, s) and (r, n - s) verify equally well. A record promises that any changed byte is detected, so its seal uses the
smaller s only, and the check accepts nothing else.
"""

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order n of the group. Source: FIPS 186-5 with SP 800-186, 3.2.1.3."""
_HALF = 32


def smaller_s(signature: bytes) -> bytes:
    """Return the DER ECDSA P-256 ``signature`` with the smaller of its two possible s."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def from_raw(signature: bytes) -> bytes:
    """Return the DER form, with the smaller s, of the 64 bytes r || s that a token gives.

    Raises:
        ValueError: not 64 bytes.
    """
    if len(signature) != 2 * _HALF:
        raise ValueError(f"a P-256 signature has 64 bytes, the token gave {len(signature)}")
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    return smaller_s(encode_dss_signature(r, s))


def is_canonical(signature: bytes) -> bool:
    """Return whether ``signature`` is DER, unambiguous and has the smaller s."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return False
    return s <= P256_ORDER // 2 and encode_dss_signature(r, s) == signature
