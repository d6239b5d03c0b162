"""Tokens in software (softhsm2), as real as a test can have them: made by its own tool, spoken to over PKCS#11."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.keys.token import Token

PIN = "k7#mQ2vx"
_MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
# In a process of its own: the library keeps the tokens it saw when it was loaded.
_GENERATE = """
import sys, pkcs11
from pkcs11.util.ec import encode_named_curve_parameters
from pkcs11 import Attribute, KeyType
module, label, pin, key = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=label).open(rw=True, user_pin=pin) as session:
    curve = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True)
    curve.generate_keypair(store=True, label=key)
"""


def module() -> str:
    """The library; the test is skipped, with the reason, where there is none - except where nothing may be missing."""
    reason = None
    found = next((path for path in _MODULES if Path(path).exists()), None)
    if shutil.which("softhsm2-util") is None or found is None:
        reason = "softhsm2 is not installed (apt-get install softhsm2)"
    else:
        try:
            import pkcs11  # noqa: F401  # only whether it is there
        except ImportError:
            reason = "python-pkcs11 is not installed"
    if reason is None:
        assert found is not None
        return found
    if os.environ.get("HENJI_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


class Slots:
    """A folder of tokens. One process sees those that were made before it first looked."""

    def __init__(self, folder: Path) -> None:
        """Keep the tokens under ``folder``; SOFTHSM2_CONF must name :attr:`configuration` for whoever opens them."""
        self.module = module()
        (folder / "tokens").mkdir(parents=True)
        self.configuration = folder / "softhsm2.conf"
        self.configuration.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
        self._env = {**os.environ, "SOFTHSM2_CONF": str(self.configuration)}

    def new(self, label: str, key: str, pin: str = PIN) -> Token:
        """Return a new token with one P-256 key pair."""
        words = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345678"]
        subprocess.run(words, check=True, capture_output=True, env=self._env)
        generate = [sys.executable, "-c", _GENERATE, self.module, label, pin, key]
        subprocess.run(generate, check=True, capture_output=True, env=self._env)
        return Token(self.module, label, key, "")
