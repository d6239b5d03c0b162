"""Whether this process may take work: the disk takes writes, the engine answers, the log and the keys are there."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from app.actions.deps import Deps
from app.core.errors import AppError, Integrity
from app.core.text import Bilingual

_LEAST_FREE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readiness:
    """One thing that must work."""

    name: str
    ok: bool
    sentence: Bilingual


def _store(deps: Deps) -> None:
    deps.store.require_current_schema()
    with deps.store.write() as uow:
        uow.log.size()


def _disk(deps: Deps) -> None:
    free = shutil.disk_usage(deps.store.files).free
    if free < _LEAST_FREE_BYTES:
        raise Integrity(Bilingual(f"磁盘仅剩 {free} 字节。", f"Only {free} bytes of disk are free."))


def ready(deps: Deps) -> list[Readiness]:
    """Return every check with its result; the process is ready when all are ok."""
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("store", lambda: _store(deps)),
        ("engine", deps.evaluator.canary),
        ("keys", deps.load_keyring),
        ("disk", lambda: _disk(deps)),
    )
    return [_run(name, check) for name, check in checks]


def _run(name: str, check: Callable[[], object]) -> Readiness:
    try:
        check()
    except AppError as error:
        return Readiness(name, ok=False, sentence=error.detail)
    except Exception as error:  # noqa: BLE001  # whatever is broken, the answer is "not ready", never a crash
        kind = type(error).__name__
        return Readiness(name, ok=False, sentence=Bilingual(f"不可用（{kind}）", f"not available ({kind})"))
    return Readiness(name, ok=True, sentence=Bilingual("正常", "in order"))
