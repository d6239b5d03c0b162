"""Containers that a validator would take and we do not: everything beside what a seal of ours holds."""

import hashlib
from datetime import UTC, datetime

import pytest
from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from app.keys.certificates import der, issue_root, issue_seal
from app.keys.signature import P256_ORDER, smaller_s
from app.reports.sealed_bytes import SealBroken, read_seal_bytes

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def gap(record):
    _, start, end, _ = read_seal_bytes(record).byte_range
    return start, end


@pytest.fixture
def container(record, gap):
    start, end = gap
    return cms.ContentInfo.load(bytes.fromhex(record[start + 1 : end - 1].decode())).copy()


@pytest.fixture
def refused(record, gap):
    """Put a container into the record and return why it is refused."""

    def why(content):
        start, end = gap
        digits = content.dump(force=True).hex().upper().encode()
        room = end - start - 2
        assert len(digits) <= room
        with pytest.raises(SealBroken) as broken:
            read_seal_bytes(record[: start + 1] + digits.ljust(room, b"0") + record[end - 1 :])
        return broken.value.sentence.en

    return why


def _signer(container):
    return container["content"]["signer_infos"][0]


def _attribute(kind, value):
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _sealed_by(container, record, gap, key, certificate, *more):
    """Make the container anew: a proper signature by ``key`` under ``certificate``, with ``more`` attributes."""
    start, end = gap
    digest = hashlib.sha256(record[:start] + record[end:]).digest()
    identifier = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate).digest()})
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("message_digest", digest),
            _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [identifier]})),
            *more,
        ]
    )
    loaded = x509.Certificate.load(certificate)
    container["content"]["certificates"] = [cms.CertificateChoices({"certificate": loaded})]
    signer = _signer(container)
    signer["sid"] = cms.SignerIdentifier(
        {
            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                {"issuer": loaded.issuer, "serial_number": loaded.serial_number}
            )
        }
    )
    signer["signed_attrs"] = attributes
    signer["signature"] = smaller_s(key.sign(attributes.dump(), ECDSA(hashes.SHA256()))) if key else b"\0"
    return container


@pytest.fixture(scope="module")
def forger():
    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    root = issue_root("县局", root_key, NOW)
    return root, root_key, key, der(issue_seal("县局", key.public_key(), root, root_key, NOW, "http://crl.invalid"))


def test_the_way_forgeries_are_made_here_makes_a_seal_that_reads(record, gap, container, forger):
    _, _, key, certificate = forger
    made = _sealed_by(container, record, gap, key, certificate)
    digits = made.dump(force=True).hex().upper().encode()
    start, end = gap
    data = record[: start + 1] + digits.ljust(end - start - 2, b"0") + record[end - 1 :]
    assert read_seal_bytes(data).certificate_der == certificate


def test_an_unsigned_attribute_is_refused(container, refused):
    _signer(container)["unsigned_attrs"] = cms.CMSAttributes([_attribute("content_type", "data")])
    assert "added or changed" in refused(container)


def test_a_second_certificate_is_refused(container, refused, forger):
    choice = cms.CertificateChoices({"certificate": x509.Certificate.load(forger[3])})
    container["content"]["certificates"] = [choice, choice]
    assert "damaged" in refused(container)


def test_the_other_of_the_two_possible_signature_values_is_refused(container, refused):
    signer = _signer(container)
    r, s = decode_dss_signature(signer["signature"].native)
    signer["signature"] = encode_dss_signature(r, P256_ORDER - s)
    assert "rewritten" in refused(container)


def test_a_signature_by_another_key_under_our_certificate_is_refused(container, refused, record, gap, keys):
    made = _sealed_by(container, record, gap, generate_private_key(SECP256R1()), keys.seal.certificate_der)
    assert "does not hold" in refused(made)


def test_another_signed_attribute_is_refused(container, refused, record, gap, forger):
    _, _, key, certificate = forger
    time = _attribute("signing_time", cms.Time({"utc_time": NOW}))
    assert "damaged" in refused(_sealed_by(container, record, gap, key, certificate, time))


def test_signed_attributes_of_other_kinds_are_refused(container, refused, record, gap, forger):
    _, _, key, certificate = forger
    made = _sealed_by(container, record, gap, key, certificate)
    attributes = _signer(made)["signed_attrs"]
    kept = attributes[2]
    _signer(made)["signed_attrs"] = cms.CMSAttributes(
        [_attribute("signing_time", cms.Time({"utc_time": NOW})), attributes[1], kept]
    )
    assert "attributes" in refused(made) or "damaged" in refused(made)


def test_another_certificate_for_the_same_key_is_refused(container, refused, record, gap, forger):
    root, root_key, key, certificate = forger
    made = _sealed_by(container, record, gap, key, certificate)
    twin = der(issue_seal("县局", key.public_key(), root, root_key, NOW, "http://crl.invalid"))
    loaded = x509.Certificate.load(twin)
    made["content"]["certificates"] = [cms.CertificateChoices({"certificate": loaded})]
    _signer(made)["sid"].chosen["serial_number"] = loaded.serial_number
    assert "replaced" in refused(made)


def test_a_key_on_another_curve_is_refused(container, refused, record, gap, forger):
    root, root_key, _, _ = forger
    key = generate_private_key(SECP384R1())
    certificate = der(issue_seal("县局", key.public_key(), root, root_key, NOW, "http://crl.invalid"))
    made = _sealed_by(container, record, gap, None, certificate)
    assert "not P-256" in refused(made)


def test_a_certificate_nobody_can_read_is_refused(container, refused, record, gap, forger):
    broken = forger[3].replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020107"), 1)
    assert "certificate of the seal is damaged" in refused(_sealed_by(container, record, gap, None, broken))


def test_a_gap_that_is_not_a_container_is_refused(record, gap):
    start, end = gap
    for place in (start, end - 1):
        forged = bytearray(record)
        forged[place] = ord(" ")
        with pytest.raises(SealBroken, match="not its container"):
            read_seal_bytes(bytes(forged))


def test_two_byte_ranges_are_refused(record):
    with pytest.raises(SealBroken, match="more than one"):
        read_seal_bytes(record + b"/ByteRange [0 1 2 3]")
