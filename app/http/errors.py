"""The failures a door itself finds, before any action is asked."""

from app.core.errors import AppError, Invalid
from app.core.text import Bilingual


class JsonMalformed(AppError):
    """The body is no JSON text at all. 400."""

    code = "json.malformed"
    status = 400
    title = Bilingual("JSON 格式错误", "The body is not JSON")


class KeyMissing(AppError):
    """A call that records needs an ``Idempotency-Key``. 400. Source: draft-ietf-httpapi-idempotency-key-header, 2.7."""

    code = "idempotency.key_missing"
    status = 400
    title = Bilingual("缺少 Idempotency-Key", "The Idempotency-Key is missing")


class KeyMalformed(AppError):
    """The ``Idempotency-Key`` is empty, too long, or not printable ASCII. 400."""

    code = "idempotency.key_malformed"
    status = 400
    title = Bilingual("Idempotency-Key 格式错误", "The Idempotency-Key is malformed")


class VersionMalformed(AppError):
    """The ``If-Match`` names no version, or not exactly one. 400. Source: RFC 9110, 13.1.1."""

    code = "version.malformed"
    status = 400
    title = Bilingual("If-Match 格式错误", "The If-Match is malformed")


class CredentialMissing(AppError):
    """Nobody said who is calling. 401."""

    code = "credential.missing"
    status = 401
    title = Bilingual("缺少凭证", "A credential is missing")


class CredentialUnknown(AppError):
    """The credential is not one of ours, or no longer. 401."""

    code = "credential.unknown"
    status = 401
    title = Bilingual("凭证无效", "The credential is not known")


class NotAcceptable(AppError):
    """The caller accepts none of the forms the answer exists in. 406."""

    code = "reply.not_acceptable"
    status = 406
    title = Bilingual("无法按要求的格式回复", "No acceptable form of the reply")


class BodyTooLarge(AppError):
    """The body has more bytes than the call takes. 413."""

    code = "request.too_large"
    status = 413
    title = Bilingual("请求内容过大", "The body is too large")


class MediaUnsupported(AppError):
    """The body is of another kind than the call takes. 415."""

    code = "request.media_unsupported"
    status = 415
    title = Bilingual("不支持的内容类型", "The kind of body is not supported")


class RequestShape(Invalid):
    """The body is JSON but not of the shape the call needs. 422, with every fault named."""

    code = "request.shape"
    title = Bilingual("请求内容的结构不符合要求", "The body is not of the required shape")


class QueryInvalid(Invalid):
    """A parameter of the address is unknown, stands twice, or has no usable value. 422."""

    code = "query.invalid"
    title = Bilingual("地址中的参数无效", "A parameter of the address is not valid")


class NotReady(AppError):
    """Something that must work does not, or the store is busy for too long. 503."""

    code = "service.not_ready"
    status = 503
    title = Bilingual("服务暂不可用", "The service is not ready")
