"""The five kinds of failure that may cross a room, each with a code, a status and two languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input, and where."""

    pointer: str
    """JSON Pointer (RFC 6901) into the body, ``file:line``, or the name of an option."""

    code: str
    """``noun.problem``; never reused."""

    message: Bilingual
    """What is wrong and what to do."""

    def as_json(self) -> dict[str, object]:
        """Return the member of ``errors`` in a problem document."""
        return {"pointer": self.pointer, "code": self.code, "message": self.message.as_json()}


class AppError(Exception):
    """A failure that a person or a client must be told about."""

    code: ClassVar[str] = "internal.error"
    status: ClassVar[int] = 500
    title: ClassVar[Bilingual] = Bilingual("内部错误", "Internal error")

    def __init__(self, detail: Bilingual | None = None, faults: Sequence[Fault] = ()) -> None:
        """Keep the sentence and every single fault; ``detail`` defaults to the title."""
        self.detail = detail or self.title
        self.faults = tuple(faults)
        super().__init__(self.detail.en)


class Invalid(AppError):
    """The input cannot be represented faithfully. 422."""

    code = "request.invalid"
    status = 422
    title = Bilingual("请求内容无效", "The request is not valid")


class NotFound(AppError):
    """There is no such thing, or the actor may not know that there is. 404."""

    code = "object.not_found"
    status = 404
    title = Bilingual("未找到", "Not found")


class Forbidden(AppError):
    """The actor may see the thing but not do this to it. 403."""

    code = "permission.denied"
    status = 403
    title = Bilingual("无权操作", "Not permitted")


class Conflict(AppError):
    """The state of the thing does not allow this now. 409."""

    code = "state.conflict"
    status = 409
    title = Bilingual("与当前状态冲突", "In conflict with the current state")


class Integrity(AppError):
    """Evidence does not check out. Never swallowed. 500."""

    code = "evidence.broken"
    status = 500
    title = Bilingual("证据校验失败", "Evidence does not check out")
