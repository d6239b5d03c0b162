"""Settings, read once from the environment. Only wiring and factory import this."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.core.clock import read_instant
from app.core.errors import AppError
from app.core.text import Bilingual

_ROOT = Path(__file__).resolve().parent.parent


class SettingInvalid(AppError):
    """A setting cannot be used; the service does not start on a guess."""

    code = "setting.invalid"
    status = 500
    title = Bilingual("设置无效", "A setting is not valid")


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation."""

    home: Path
    """Holds the database, files and keys (``HENJI_HOME``, default ``./var``)."""
    database_url: str
    """``DATABASE_URL``; SQLite in ``home`` when not set."""
    rules: Path
    """``HENJI_RULES``; the folder ``rules/`` beside the program when not set."""
    clock_start: datetime | None
    """``HENJI_CLOCK``: a simulated clock starts here. Every page and record then says so."""
    office_name_zh: str
    office_name_en: str
    public_url: str
    """``HENJI_PUBLIC_URL``: the address printed in QR codes."""
    secure_cookies: bool
    """``HENJI_SECURE_COOKIES``; on unless the public address is plain http."""
    most_body_bytes: int
    """``HENJI_MOST_BODY_BYTES``: the largest submission accepted."""
    time_stamp_urls: tuple[str, ...]
    """``HENJI_TSA_URLS``: time-stamping authorities (RFC 3161), in the order of trial; none: the local one."""
    time_stamp_roots: Path | None
    """``HENJI_TSA_ROOTS``: PEM file of the roots their answers are checked against."""
    person_tokens: Path | None
    """``HENJI_PERSON_TOKENS``: JSON file that names the own PKCS#11 token of each person who has one."""
    oidc_issuer: str | None
    """``HENJI_OIDC_ISSUER``, ``HENJI_OIDC_CLIENT_ID``, ``HENJI_OIDC_SECRET_FILE``: sign-in elsewhere; all or none."""
    oidc_client_id: str
    oidc_secret_file: Path | None
    oidc_name: str
    """``HENJI_OIDC_NAME``: what the button says."""
    root_key_elsewhere: Path | None
    """``HENJI_ROOT_KEY``: where the root's key lies while certificates are issued."""

    @property
    def files(self) -> Path:
        """Where large blobs and records lie, by hash."""
        return self.home / "files"

    @property
    def keys(self) -> Path:
        """Where the key files lie."""
        return self.home / "keys"

    @property
    def root_key(self) -> Path:
        """Where the root's key lies; ``root.key`` beside the others when nothing else is said."""
        return self.root_key_elsewhere or self.keys / "root.key"

    @property
    def is_demo(self) -> bool:
        """Whether this home was made by ``henji demo``."""
        return (self.home / "DEMO").exists()


def _instant(env: Mapping[str, str]) -> datetime | None:
    text = env.get("HENJI_CLOCK")
    if not text:
        return None
    try:
        return read_instant(text)
    except ValueError as error:
        raise SettingInvalid(
            Bilingual(
                f"HENJI_CLOCK={text!r} 不是带时区的时间，例如 2026-11-16T09:00:00+08:00。",
                f"HENJI_CLOCK={text!r} is no instant with an offset, such as 2026-11-16T09:00:00+08:00.",
            )
        ) from error


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit():
        raise SettingInvalid(Bilingual(f"{name}={text!r} 不是整数。", f"{name}={text!r} is no whole number."))
    return int(text)


_DATABASES = ("sqlite://", "sqlite+pysqlite://", "postgresql://", "postgresql+psycopg://", "postgres://")


def _database_url(env: Mapping[str, str], home: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{home / 'henji.db'}"
    if url.startswith(_DATABASES):
        return url
    # The address may hold a password: it is not repeated.
    raise SettingInvalid(
        Bilingual(
            "DATABASE_URL 应以 sqlite:/// 或 postgresql:// 开头。",
            "DATABASE_URL must begin with sqlite:/// or postgresql://.",
        )
    )


def _rules_folder(env: Mapping[str, str]) -> Path:
    folder = Path(env.get("HENJI_RULES") or _ROOT / "rules").absolute()
    if folder.is_dir():
        return folder
    raise SettingInvalid(
        Bilingual(f"没有规则文件夹 {folder}（HENJI_RULES）。", f"There is no folder {folder} (HENJI_RULES).")
    )


def _time_stamp_urls(env: Mapping[str, str]) -> tuple[str, ...]:
    urls = tuple(url.strip() for url in env.get("HENJI_TSA_URLS", "").split(",") if url.strip())
    wrong = [url for url in urls if not url.startswith(("http://", "https://"))]
    if wrong or (urls and not env.get("HENJI_TSA_ROOTS")):
        raise SettingInvalid(
            Bilingual(
                "HENJI_TSA_URLS 应为以逗号分隔的 http(s) 地址，并以 HENJI_TSA_ROOTS 指明其根证书（PEM 文件）。",
                "HENJI_TSA_URLS are http(s) addresses, commas between; HENJI_TSA_ROOTS is the PEM of their roots.",
            )
        )
    return urls


_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost)(:[0-9]+)?(/|$)")


def _oidc_issuer(env: Mapping[str, str]) -> str | None:
    names = ("HENJI_OIDC_ISSUER", "HENJI_OIDC_CLIENT_ID", "HENJI_OIDC_SECRET_FILE")
    given = [name for name in names if env.get(name)]
    issuer = env.get("HENJI_OIDC_ISSUER", "")
    if not given:
        return None
    # What comes over plain http anybody between could have written.
    if len(given) == len(names) and (issuer.startswith("https://") or _LOOPBACK.match(issuer)):
        return issuer
    raise SettingInvalid(
        Bilingual(
            "HENJI_OIDC_ISSUER（https）、HENJI_OIDC_CLIENT_ID、HENJI_OIDC_SECRET_FILE 应同时设置。",
            "Set HENJI_OIDC_ISSUER (https), HENJI_OIDC_CLIENT_ID and HENJI_OIDC_SECRET_FILE together.",
        )
    )


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).absolute() if env.get(name) else None


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process.

    Raises:
        SettingInvalid: a value cannot be used; the sentence names it.
    """
    env = os.environ if env is None else env
    home = Path(env.get("HENJI_HOME") or "var").absolute()
    public_url = (env.get("HENJI_PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
    return Settings(
        home=home,
        database_url=_database_url(env, home),
        rules=_rules_folder(env),
        clock_start=_instant(env),
        office_name_zh=env.get("HENJI_OFFICE_ZH") or "示例县烟草专卖局内部专卖管理监督办公室",
        office_name_en=env.get("HENJI_OFFICE_EN") or "Supervision Office of the Example County Tobacco Bureau",
        public_url=public_url,
        secure_cookies=env.get("HENJI_SECURE_COOKIES", "0" if public_url.startswith("http://") else "1") == "1",
        most_body_bytes=_number(env, "HENJI_MOST_BODY_BYTES", 8 * 1024 * 1024),
        time_stamp_urls=_time_stamp_urls(env),
        time_stamp_roots=_path(env, "HENJI_TSA_ROOTS"),
        person_tokens=_path(env, "HENJI_PERSON_TOKENS"),
        oidc_issuer=_oidc_issuer(env),
        oidc_client_id=env.get("HENJI_OIDC_CLIENT_ID", ""),
        oidc_secret_file=_path(env, "HENJI_OIDC_SECRET_FILE"),
        oidc_name=env.get("HENJI_OIDC_NAME") or "统一身份认证 Single sign-on",
        root_key_elsewhere=Path(env["HENJI_ROOT_KEY"]).absolute() if env.get("HENJI_ROOT_KEY") else None,
    )
