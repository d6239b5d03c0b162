"""Why an act on a case is refused: each with a code of its own, so that pages and clients can tell."""

from app.core.errors import Conflict, Forbidden, Invalid
from app.core.text import Bilingual


class WrongState(Conflict):
    """The act does not belong to the state the case is in."""

    code = "change.wrong_state"
    title = Bilingual("当前状态不能办理此事项", "The state does not allow this")


class DutyConflict(Forbidden):
    """The person did, or is, something that this act must be separate from."""

    code = "change.duty_conflict"
    title = Bilingual("与不相容职责冲突", "In conflict with the separation of duties")


class NotYours(Forbidden):
    """The act is for one named person only, and it is somebody else who acts, or a deputy."""

    code = "change.not_yours"
    title = Bilingual("须由本人办理", "Only the person concerned may do this")


class RoleMissing(Forbidden):
    """The person does not hold the role of the act on that day."""

    code = "change.role_missing"
    title = Bilingual("当日不具备该角色", "The role is not held on that day")


class TimeOrder(Conflict):
    """The act would lie before, or at the same moment as, what it must follow."""

    code = "change.time_order"
    title = Bilingual("时间顺序不成立", "The order in time does not hold")


class GateClosed(Conflict):
    """A rule that must hold at this step blocks, or could not be evaluated."""

    code = "change.gate_closed"
    title = Bilingual("有规则阻断此环节", "A rule blocks this step")


class PaperMissing(Invalid):
    """Something that must be written down with this act is not: a reason, a note, a number."""

    code = "change.paper_missing"
    title = Bilingual("缺少必填内容", "Something that must be given is missing")


class AlreadyOpen(Conflict):
    """Another request of the same customer is not finished."""

    code = "change.already_open"
    title = Bilingual("该客户另有未办结的变更", "The customer has another open request")


class Remembered(Conflict):
    """The same request was rejected a short while ago and nothing new was brought."""

    code = "change.rejected_before"
    title = Bilingual("同一申请近期已被驳回", "The same request was rejected recently")


class NotDue(Conflict):
    """The day on which this may happen has not come."""

    code = "change.not_due"
    title = Bilingual("尚未到办理日期", "The day has not come")
