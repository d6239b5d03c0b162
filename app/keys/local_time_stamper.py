"""A time-stamping authority inside the process, for trial and for offices without one. It is not a witness.

Whoever runs the service runs this clock as well, so its time stamps prove nothing against the operator. It says so in
its certificate and wherever one of its stamps is shown. Its root is its own: the revocation list of the office's people
must not be what its validity hangs on, and its certificate names no list at all. Source: design/signing.md, 2.3, 2.4.
"""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.core.clock import Clock
from app.core.text import Bilingual
from app.keys.certificates import der, issued_by, pem
from app.keys.folder import FOLDER_MODE, KeysExist, KeysUnusable, require_closed
from app.keys.ring import damaged, private_pem, read_certificate, read_private, write_all
from app.keys.signature import smaller_s
from app.keys.time_stamp_token import TimeStamp, TokenBroken, verify_token
from app.keys.timestamps import Answer, TimeStampMissing

LOCAL_NOTE = Bilingual("本机时间戳，对运营方无证明力", "local time stamp, proves nothing against the operator")
_UNIT = "对运营方无证明力 proves nothing against the operator"
POLICY = "2.25.305419896072623514170212344873209384531"
"""Of these stamps: made by the service itself. Under 2.25 nobody has to register (ITU-T X.667)."""
_ROOT, _ROOT_KEY, _LEAF, _LEAF_KEY = "tsa-root.pem", "tsa-root.key", "tsa.pem", "tsa.key"
_ROOT_DAYS, _LEAF_DAYS = 30 * 365 + 8, 10 * 365 + 3
_LIST_DAYS = 30
_BACKDATED = timedelta(days=1)
_SERIAL_BYTES = 15
_LONGEST_TOKEN = 3 * 1024


class LocalTimeStamper:
    """Says when, by the service's own clock."""

    longest_token = _LONGEST_TOKEN
    note: Bilingual | None = LOCAL_NOTE

    def __init__(
        self, root: x509.Certificate, certificate: x509.Certificate, key: EllipticCurvePrivateKey, clock: Clock
    ) -> None:
        """Stamp under ``certificate``, issued by ``root``, with the time of ``clock``."""
        self.roots: tuple[x509.Certificate, ...] = (root,)
        self.certificate = certificate
        self._key, self._clock = key, clock

    def stamp(self, digest: bytes) -> TimeStamp:
        """Return a time stamp over ``digest`` (SHA-256).

        Raises:
            TimeStampMissing: the certificate of the authority is out of its time.
        """
        try:
            return verify_token(self._token(digest, None), digest, self.roots)
        except TokenBroken as error:
            raise TimeStampMissing(
                Bilingual(
                    "本机时间戳证书不在有效期内，未签名。请重新建立时间戳密钥。",
                    f"The local time stamp cannot be used ({error}); nothing was signed. Make new time-stamp keys.",
                )
            ) from error

    def answer(self, request: bytes) -> bytes:
        """Return the DER TimeStampResp for the DER TimeStampReq ``request``, as a server would."""
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint = asked["message_imprint"]
            kind, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
            nonce = asked["nonce"].native
        except (ValueError, TypeError, KeyError):
            return _refusal("bad_data_format")
        if kind != "sha256" or len(digest) != hashlib.sha256().digest_size:
            return _refusal("bad_alg")
        token = cms.ContentInfo.load(self._token(digest, nonce))
        granted = tsp.PKIStatusInfo({"status": "granted"})
        return bytes(Answer({"status": granted, "time_stamp_token": token}).dump())

    def _token(self, digest: bytes, nonce: int | None) -> bytes:
        now = self._clock.now().astimezone(UTC)
        subject = asn1_x509.Certificate.load(der(self.certificate))
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
                "serial_number": int.from_bytes(os.urandom(_SERIAL_BYTES), "big"),
                "gen_time": now.replace(microsecond=now.microsecond // 1000 * 1000),
                "accuracy": {"seconds": 1},
                **({} if nonce is None else {"nonce": nonce}),
                "tsa": asn1_x509.GeneralName(name="directory_name", value=subject.subject),
            }
        ).dump()
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        identity = {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": subject.sha256}
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(info).digest()]}),
                cms.CMSAttribute(
                    {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [identity]})]}
                ),
            ]
        )
        signature = smaller_s(self._key.sign(attributes.dump(), ECDSA(hashes.SHA256(), deterministic_signing=True)))
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": {
                            "issuer": subject.issuer,
                            "serial_number": subject.serial_number,
                        }
                    }
                ),
                "digest_algorithm": sha256,
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signature": signature,
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [sha256],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
                # The leaf alone, whose hash is signed: an unsigned copy of any other could be changed unseen.
                "certificates": [subject],
                "signer_infos": [signer],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def _refusal(why: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}})
    return bytes(Answer({"status": status}).dump())


def create_time_keys(folder: Path, office: str, now: datetime, begin: datetime | None = None) -> None:
    """Create the keys of a local authority in ``folder``, all or none; ``now`` is aware.

    They count from ``begin`` where that is earlier.

    A new generation gets a folder of its own: the old root stays trusted for what it has stamped.

    Raises:
        KeysExist: there is something in the folder.
        KeysUnusable: the folder cannot be made.
    """
    if folder.exists() and any(folder.iterdir()):
        raise KeysExist(
            Bilingual(f"{folder} 中已有文件，不会覆盖。", f"There are files in {folder}; they are not overwritten.")
        )
    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    year = str(now.year)
    root_name = _name(office, f"本机时间戳根 Local Time Stamp Root {year}")
    root = (
        _builder(root_name, root_name, root_key, root_key, now, _ROOT_DAYS, begin)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _builder(_name(office, f"本机时间戳 Local Time Stamp {year}"), root_name, key, root_key, now, _LEAF_DAYS, begin)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    files = {
        _ROOT: pem(root).encode(),
        _ROOT_KEY: private_pem(root_key),
        _LEAF: pem(leaf).encode(),
        _LEAF_KEY: private_pem(key),
        "about.json": json.dumps({"note": LOCAL_NOTE.as_json()}, ensure_ascii=False).encode(),
    }
    write_all(folder, files)


def load_local_time_stamper(folder: Path, clock: Clock) -> LocalTimeStamper:
    """Return the local authority whose keys are in ``folder``, telling the time of ``clock``.

    Raises:
        KeysUnusable: something is missing, open to others, damaged, or does not belong together.
    """
    try:
        require_closed(folder, FOLDER_MODE)
    except OSError as error:
        raise KeysUnusable(
            Bilingual(
                f"没有本机时间戳密钥 {folder}。请用 henji keys create-time-stamper 建立，"
                "或用 HENJI_TSA_URLS 指定时间戳服务。",
                f"There are no keys of a local time stamper in {folder}. Create them with "
                "henji keys create-time-stamper, or name authorities in HENJI_TSA_URLS.",
            )
        ) from error
    root, leaf = read_certificate(folder / _ROOT), read_certificate(folder / _LEAF)
    key = read_private(folder / _LEAF_KEY)
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != leaf.public_key():
        raise damaged(folder / _LEAF_KEY)
    if not issued_by(leaf, root):
        raise damaged(folder / _LEAF)
    return LocalTimeStamper(root, leaf, key, clock)


def time_revocation_list(folder: Path, now: datetime) -> bytes:
    """Return the list (DER) of what the local root in ``folder`` has revoked, as of ``now`` (aware): nothing.

    An archive is renewed with it: that the authority of the stamp before was good while it stamped must be shown by
    something once its certificate has ended. Source: ETSI EN 319 102-1, 5.6.2.2 (time sliding).

    Raises:
        KeysUnusable: the root or its key is missing, open to others, or damaged.
    """
    root, key = read_certificate(folder / _ROOT), read_private(folder / _ROOT_KEY)
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != root.public_key():
        raise damaged(folder / _ROOT_KEY)
    made_at = now.replace(microsecond=0)
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(made_at)
        .next_update(made_at + timedelta(days=_LIST_DAYS))
        .add_extension(x509.CRLNumber(int(made_at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def _name(office: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, office),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    issuer_key: EllipticCurvePrivateKey,
    now: datetime,
    days: int,
    begin: datetime | None = None,
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before((begin or now).replace(microsecond=0) - _BACKDATED)
        .not_valid_after(now.replace(microsecond=0) + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
