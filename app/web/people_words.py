"""What codes about people, keys and access are called on a page."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.actions.signing_keys import KeyStep
from app.keys.authority import Reason

TIMES: Final[Mapping[str, LazyString]] = {"now": _("现任"), "later": _("尚未开始"), "over": _("已结束")}
"""Of something held between two days."""

ASSIGNMENTS: Final[Mapping[str, LazyString]] = {"own": _("本人片区"), "cover": _("代管")}

KEY_STATES: Final[Mapping[str, LazyString]] = {
    KeyStep.PENDING: _("等待当面确认"),
    KeyStep.CONFIRMED: _("已确认，等待签发证书"),
    KeyStep.CERTIFIED: _("可以签名"),
    KeyStep.REVOKED: _("已吊销"),
    KeyStep.EXPIRED: _("已到期"),
}

KEY_SENTENCES: Final[Mapping[str, LazyString]] = {
    KeyStep.PENDING: _("密钥已建立，还不能签名。请当面把下面的指纹读给一位内管员或内管办负责人，由其输入核对。"),
    KeyStep.CONFIRMED: _("密钥已由内管办确认。信任根密钥不在本机，证书由系统运维人员签发，签发后即可签名。"),
    KeyStep.CERTIFIED: _("密钥已确认，证书有效，可以签名。"),
    KeyStep.REVOKED: _("证书已吊销，不能再签名；吊销之前的签名仍然有效。需要签名时请重新建立。"),
    KeyStep.EXPIRED: _("证书已到期，不能再签名；到期之前的签名仍然有效。需要签名时请重新建立。"),
}

REASONS: Final[Mapping[str, LazyString]] = {
    Reason.KEY_COMPROMISE: _("密码可能已被别人知道"),
    Reason.SUPERSEDED: _("更换密钥，或忘记签名密码"),
    Reason.AFFILIATION_CHANGED: _("岗位或单位变动"),
    Reason.CESSATION_OF_OPERATION: _("不再需要签名"),
}

SCOPES: Final[Mapping[str, LazyString]] = {
    "office": _("送来基础资料和终端批次"),
    "submit": _("提交预测，试算"),
    "determine": _("报来审核结果、延期、重开和周期事件"),
    "segment": _("申请、核查业态变更，上传材料，报来生效情况"),
    "read": _("读取评估、存证、日志和运行指标"),
}
"""What a scope of a machine client allows."""

DONE: Final[Mapping[str, LazyString]] = {
    "password": _("密码已修改，其他浏览器上的登录已全部结束。"),
    "sessions": _("其他浏览器上的登录已全部结束。"),
    "second_factor": _("第二因素已登记。今后登录时，除密码外还要输入动态码。"),
    "key": _("签名密钥已建立，等待当面确认。"),
    "pin": _("签名密码已修改。证书不变，原来的签名密码不再有用。"),
    "revoked": _("证书已吊销，从现在起不能再用它签名。"),
    "confirmed": _("密钥已确认，并已用您的密钥签名留痕。"),
    "role": _("岗位已授予，评判和结果已留痕。"),
    "role_ended": _("岗位的最后一天已写入。"),
    "disabled": _("账号已停用，其登录已全部结束。"),
    "factor_removed": _("第二因素已重置，该账号的登录已全部结束。请本人重新登记。"),
    "linked": _("外部身份已关联。"),
    "unlinked": _("外部身份已解除关联，该账号的登录已全部结束。"),
    "assigned": _("片区安排已写入。"),
    "client_revoked": _("系统接入已停用，凭据从现在起无效。"),
}
"""What a page says once after an act."""


def time_of(since: date, until: date | None, today: date) -> str:
    """Return the key of :data:`TIMES` for something held from ``since`` to ``until``."""
    if since > today:
        return "later"
    return "now" if until is None or today <= until else "over"
