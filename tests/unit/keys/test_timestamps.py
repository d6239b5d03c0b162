"""Time stamps: believed only when asked for, whole, and from somebody trusted; otherwise there is none."""

import hashlib
import http.server
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import tsp
from cryptography import x509

from app.core.clock import SteppedClock
from app.keys.certificates import pem
from app.keys.folder import KeysExist, KeysUnusable
from app.keys.local_time_stamper import LOCAL_NOTE, create_time_keys, load_local_time_stamper
from app.keys.time_stamp_token import TokenBroken, read_token_info, verify_token
from app.keys.timestamps import RemoteTimeStamper, TimeStampMissing, read_answer, require_later, time_stamp_request

NOW = datetime(2026, 11, 23, 10, 0, 0, 250000, tzinfo=UTC)
DIGEST = hashlib.sha256(b"signature").digest()


@pytest.fixture(scope="module")
def make_authority(tmp_path_factory):
    def make(now=NOW):
        folder = tmp_path_factory.mktemp("tsa") / "time"
        create_time_keys(folder, "示例县烟草专卖局", now)
        return load_local_time_stamper(folder, SteppedClock(now))

    return make


@pytest.fixture(scope="module")
def authority(make_authority):
    return make_authority()


@pytest.fixture
def serve():
    """Serve answers on the loopback; returns the address."""
    running = []

    def start(answer, status=200):
        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                said = answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}/tsa"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_the_local_authority_says_when_and_what_it_is_worth(authority):
    stamp = authority.stamp(DIGEST)
    assert stamp.at == NOW
    assert authority.note == LOCAL_NOTE
    assert "proves nothing against the operator" in stamp.authority.subject.rfc4514_string()
    assert len(stamp.token) < authority.longest_token


def test_its_certificate_is_for_time_stamps_only_and_hangs_on_no_list(authority):
    extensions = authority.certificate.extensions
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert [each.dotted_string for each in usage.value] == ["1.3.6.1.5.5.7.3.8"]
    for pointer in (x509.CRLDistributionPoints, x509.AuthorityInformationAccess):
        with pytest.raises(x509.ExtensionNotFound):
            extensions.get_extension_for_class(pointer)


def test_openssl_verifies_a_local_time_stamp(authority, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    (tmp_path / "t.tst").write_bytes(authority.stamp(DIGEST).token)
    (tmp_path / "data").write_bytes(b"signature")
    (tmp_path / "root.pem").write_text(pem(authority.roots[0]))
    command = "openssl ts -verify -token_in -in t.tst -data data -CAfile root.pem"
    said = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in said.stdout, said.stderr
    (tmp_path / "data").write_bytes(b"another")
    said = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.returncode != 0


def test_an_authority_is_asked_over_http(authority, serve):
    stamp = RemoteTimeStamper((serve(authority.answer),), authority.roots).stamp(DIGEST)
    assert stamp.at == NOW
    assert read_token_info(stamp.token)[1] is not None


def test_the_next_authority_is_asked_when_one_fails(authority, make_authority, serve):
    untrusted = make_authority()
    urls = (
        "http://127.0.0.1:9/closed",
        serve(authority.answer, status=500),
        serve(lambda _: b"<html>"),
        serve(untrusted.answer),
        serve(authority.answer),
    )
    assert RemoteTimeStamper(urls, authority.roots, seconds=2).stamp(DIGEST).at == NOW


def _other_question(authority):
    return lambda _: authority.answer(time_stamp_request(DIGEST, 4711))


def _other_digest(authority):
    def answer(body):
        nonce = tsp.TimeStampReq.load(body)["nonce"].native
        return authority.answer(time_stamp_request(hashlib.sha256(b"else").digest(), nonce))

    return answer


def _flipped(authority):
    def answer(body):
        said = bytearray(authority.answer(body))
        said[-5] ^= 1
        return bytes(said)

    return answer


def _refused(authority):
    return lambda _: authority.answer(b"no request")


def _endless(_authority):
    return lambda _: bytes(70_000)


@pytest.mark.parametrize(
    ("liar", "why"),
    [
        (_other_question, "another question"),
        (_other_digest, "another digest"),
        (_flipped, "signature does not hold"),
        (_refused, "refused"),
        (_endless, "too long"),
    ],
)
def test_an_answer_that_is_not_one_is_no_time_stamp_and_no_clock_takes_its_place(authority, serve, liar, why):
    stamper = RemoteTimeStamper((serve(liar(authority)),), authority.roots)
    with pytest.raises(TimeStampMissing, match=why) as told:
        stamper.stamp(DIGEST)
    assert told.value.status == 503


def test_without_an_address_there_is_no_time_stamp(authority):
    with pytest.raises(TimeStampMissing):
        RemoteTimeStamper((), authority.roots).stamp(DIGEST)
    with pytest.raises(TimeStampMissing, match="not an http or https"):
        RemoteTimeStamper(("ftp://example.org/tsa",), authority.roots).stamp(DIGEST)


def test_a_token_too_long_for_its_place_is_refused(authority, serve):
    with pytest.raises(TimeStampMissing, match="token is too long"):
        RemoteTimeStamper((serve(authority.answer),), authority.roots, longest_token=100).stamp(DIGEST)


def test_no_flipped_byte_of_a_token_is_believed(authority):
    token = authority.stamp(DIGEST).token
    believed = []
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1
        try:
            assert verify_token(bytes(changed), DIGEST, authority.roots).at == NOW
        except TokenBroken:
            continue
        believed.append(place)
    # What is left are empty parameters of algorithms: they say nothing and are part of no name.
    assert len(believed) < 5, believed


def test_an_expired_authority_stamps_nothing(tmp_path):
    create_time_keys(tmp_path / "time", "县局", NOW)
    late = load_local_time_stamper(tmp_path / "time", SteppedClock(NOW + timedelta(days=11 * 365)))
    with pytest.raises(TimeStampMissing, match="out of its time"):
        late.stamp(DIGEST)


def test_the_local_authority_refuses_another_digest_algorithm(authority):
    request = tsp.TimeStampReq.load(time_stamp_request(DIGEST, 1))
    request["message_imprint"]["hash_algorithm"]["algorithm"] = "sha512"
    with pytest.raises(TokenBroken, match="refused"):
        read_answer(authority.answer(request.dump(force=True)))


def test_time_keys_are_never_overwritten_and_must_belong_together(tmp_path):
    create_time_keys(tmp_path / "a", "县局", NOW)
    create_time_keys(tmp_path / "b", "县局", NOW)
    with pytest.raises(KeysExist):
        create_time_keys(tmp_path / "a", "县局", NOW)
    clock = SteppedClock(NOW)
    with pytest.raises(KeysUnusable):
        load_local_time_stamper(tmp_path / "none", clock)
    (tmp_path / "a" / "tsa-root.pem").write_bytes((tmp_path / "b" / "tsa-root.pem").read_bytes())
    with pytest.raises(KeysUnusable):
        load_local_time_stamper(tmp_path / "a", clock)
    (tmp_path / "b" / "tsa.key").write_bytes((tmp_path / "a" / "tsa.key").read_bytes())
    with pytest.raises(KeysUnusable):
        load_local_time_stamper(tmp_path / "b", clock)


def test_signatures_follow_one_another(authority):
    stamp = authority.stamp(DIGEST)
    require_later(stamp, [NOW, NOW - timedelta(seconds=9)])
    with pytest.raises(TimeStampMissing, match="earlier"):
        require_later(stamp, [NOW + timedelta(seconds=1)])
