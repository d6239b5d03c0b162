"""What a monitor asks: is the process alive, may it take work, how is it doing."""

from flask import Response, current_app, request

from app.actions.health import ready
from app.api.access import OPEN, Access
from app.api.operation import Answer, Call, Door, json_answer
from app.api.schemas.replies import LiveSchema, ReadinessSchema
from app.core.errors import Fault
from app.http.bearer import require_client
from app.http.errors import NotReady
from app.http.metrics import MEDIA, metrics_text
from app.office.permission import Permission

SYSTEM = Door("system", "The state of the service.", prefix="")

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


@SYSTEM.operation("GET", "/livez", access=OPEN, answers=(Answer(200, LiveSchema, "Alive", {"live": True}),))
def livez(_call: Call) -> Response:
    """Say that the process answers. Touches nothing."""
    return json_answer({"live": True})


@SYSTEM.operation(
    "GET", "/readyz", access=OPEN, answers=(Answer(200, ReadinessSchema, "May take work"),), refuses=(503,)
)
def readyz(call: Call) -> Response:
    """Say whether the process may take work: the store takes writes, the engine answers, keys and disk are there."""
    checks = ready(call.deps)
    broken = [Fault(check.name, "check.failed", check.sentence) for check in checks if not check.ok]
    if broken:
        raise NotReady(faults=broken)
    said = [{"name": check.name, "ok": check.ok, "message": check.sentence.as_json()} for check in checks]
    return json_answer({"ready": True, "checks": said})


@SYSTEM.operation(
    "GET",
    "/metrics",
    access=Access(is_open=True, permissions=(Permission.READ_METRICS,)),
    answers=(Answer(200, {"type": "string"}, "Counters in the text format of Prometheus", media=MEDIA),),
    refuses=(401, 403),
)
def metrics(_call: Call) -> Response:
    """Return the counters of this process.

    Open to the machine itself; from anywhere else it needs a credential.
    """
    forwarded = any(name in request.headers for name in _FORWARDED)
    if forwarded or request.remote_addr not in _LOOPBACK:
        require_client().require(Permission.READ_METRICS)
    return Response(metrics_text(current_app), content_type=MEDIA)
