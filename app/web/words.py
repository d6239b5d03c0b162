"""What codes are called on a page."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

OUTCOMES: Final[Mapping[str, LazyString]] = {
    "block": _("阻断"),
    "flag": _("预警"),
    "not_evaluable": _("数据不足"),
    "note": _("提示"),
    "pass": _("通过"),
    "not_applicable": _("不适用"),
}
"""Worst first, as they stand everywhere."""

OUTCOME_MEANINGS: Final[Mapping[str, LazyString]] = {
    "block": _("不予接受。改正后重新提交，或按规定备案解除。"),
    "flag": _("须由内管人员查看。"),
    "not_evaluable": _("缺少数据，无法判断。不算通过，须由内管人员查看。"),
    "note": _("仅作记录，供参考。"),
    "pass": _("符合规则。"),
    "not_applicable": _("本次不涉及这条规则。"),
}

VERDICT_SENTENCES: Final[Mapping[str, LazyString]] = {
    "block": _("至少一条规则阻断：本次提交已留痕，但不予接受。"),
    "flag": _("没有阻断，但有事项须由内管人员查看。"),
    "note": _("没有阻断和预警，有提示供参考。"),
    "pass": _("所问规则全部通过。"),
}

STANDING_SENTENCES: Final[Mapping[str, LazyString]] = {
    **VERDICT_SENTENCES,
    "block": _("至少一条规则阻断：已留痕，解除之前不得进入下一步。"),
}
"""The same for a subject nobody submitted: a window that closes, a cycle that is opened."""

VERDICTS: Final = ("block", "flag", "note", "pass")

STAGES: Final[Mapping[str, LazyString]] = {
    "supply": _("货源预测"),
    "order": _("客户订单预测"),
    "summary": _("预测总结"),
}

SUBMITTED: Final = frozenset({"supply_forecast", "order_forecast", "pos_batch", "extension"})

SUBJECTS: Final[Mapping[str, LazyString]] = {
    "supply_forecast": _("货源预测"),
    "order_forecast": _("客户订单预测"),
    "window": _("预测窗口"),
    "stage": _("预测环节"),
    "cycle": _("预测周期"),
    "extension": _("窗口延期备案"),
    "pos_batch": _("终端批次"),
    "segment_change": _("业态变更"),
    "office_import": _("主档同步"),
    "customer": _("客户"),
    "office": _("每日和每月检查"),
    "document": _("签名文件"),
    "person": _("人员"),
}

EVENTS: Final[Mapping[str, LazyString]] = {
    "on_submit": _("提交预测时"),
    "on_window_close": _("窗口截止时"),
    "on_cycle_open": _("启动周期时"),
    "on_close": _("关闭周期时"),
    "on_extension": _("备案延期时"),
    "on_batch": _("接收终端批次时"),
    "on_change_request": _("申请业态变更时"),
    "before_layer1": _("实地核查完成时"),
    "on_approval": _("逐层审批时"),
    "on_effect": _("变更生效时"),
    "on_master_sync": _("同步主档时"),
    "on_new_customer": _("新增客户时"),
    "daily": _("每日检查"),
    "monthly": _("每月检查"),
    "monthly_batch": _("每月批量检查"),
    "on_sign": _("签署文件时"),
    "on_verify": _("校验签名时"),
    "on_role_grant": _("授予角色时"),
    "on_act": _("办理业务时"),
}

LOG_EVENTS: Final[Mapping[str, LazyString]] = {
    "forecast.submitted": _("提交预测"),
    "forecast.determined": _("审核确定预测"),
    "forecast.reopened": _("重开预测"),
    "window.closed": _("窗口截止"),
    "window.extended": _("窗口延期"),
    "cycle.opened": _("启动周期"),
    "cycle.closed": _("关闭周期"),
    "pos_batch.received": _("接收终端批次"),
    "record.sealed": _("出具审计记录"),
    "office.imported": _("导入基础资料"),
    "account.created": _("建立账号"),
    "client.created": _("建立系统接入"),
    "session.started": _("登录"),
    "session.ended": _("退出"),
    "session.refused": _("登录被拒"),
    "stage.opened": _("开启环节"),
    "request.refused": _("请求被拒"),
    "segment_change.drafted": _("业态变更：已留痕，未受理"),
    "segment_change.applied": _("业态变更：受理申请"),
    "segment_change.evidence_added": _("业态变更：补充材料"),
    "segment_change.checked": _("业态变更：实地核查"),
    "segment_change.form_prepared": _("业态变更：生成审批表"),
    "segment_change.signed": _("业态变更：签署"),
    "segment_change.refused": _("业态变更：不予办理"),
    "segment_change.filed": _("业态变更：备案"),
    "segment_change.took_effect": _("业态变更：生效"),
    "segment_change.reviewed": _("业态变更：复查"),
    "segment_change.rejected": _("业态变更：驳回"),
    "segment_change.withdrawn": _("业态变更：撤回"),
    "segment_change.revoked": _("业态变更：撤销"),
    "segment_change.form_archived": _("业态变更：审批表归档"),
    "segment_change.paper_claimed": _("业态变更：报来手写签名"),
    "segment_change.effect_reported": _("业态变更：报来生效情况"),
    "evidence.uploaded": _("上传材料"),
    "segment_change.judged": _("业态变更：评判"),
    "customer.first_seen": _("首次出现的客户"),
    "master_data.compared": _("核对主档"),
    "office.day_judged": _("每日检查"),
    "office.month_judged": _("每月检查"),
    "office.batch_judged": _("每月批量检查"),
    "document.prepared": _("生成文件"),
    "document.signed": _("签署文件"),
    "document.archived": _("文件归档"),
    "session.challenged": _("密码正确，等待动态码"),
    "session.elevated": _("再次验证身份"),
    "password.changed": _("修改密码"),
    "password.replaced": _("重置密码"),
    "account.disabled": _("停用账号"),
    "second_factor.enrolled": _("登记第二因素"),
    "second_factor.confirmed": _("确认第二因素"),
    "second_factor.removed": _("重置第二因素"),
    "identity.linked": _("关联外部身份"),
    "identity.unlinked": _("解除外部身份"),
    "identity.refused": _("外部登录被拒"),
    "client.rotated": _("更换凭据"),
    "client.revoked": _("停用接入"),
    "role.granted": _("授予岗位"),
    "role.refused": _("拒绝授予岗位"),
    "role.ended": _("终止岗位"),
    "territory.assigned": _("安排片区"),
    "signing_key.created": _("建立签名密钥"),
    "signing_key.confirmed": _("确认签名密钥"),
    "signing_key.refused": _("密钥指纹不符"),
    "certificate.issued": _("签发证书"),
    "certificate.revoked": _("吊销证书"),
    "revocation_list.renewed": _("更新吊销列表"),
    "pin.changed": _("修改签名密码"),
    "pin.refused": _("签名密码输错"),
}

ROLES: Final[Mapping[str, LazyString]] = {
    "account_manager": _("客户经理"),
    "market_manager": _("市场经理"),
    "marketing_leader": _("营销部门分管领导"),
    "market_supervisor": _("市管员"),
    "supervision_officer": _("内管员"),
    "supervision_head": _("内管办负责人"),
    "administrator": _("管理员"),
}

STATUSES: Final[Mapping[str, LazyString]] = {
    "draft": _("草稿"),
    "shadow": _("试运行"),
    "active": _("执行中"),
    "retired": _("已停用"),
}

PACKS: Final[Mapping[str, LazyString]] = {
    "WIN": _("预测窗口与完整性"),
    "ENT": _("录入准确性"),
    "SEG": _("业态变更"),
    "TRL": _("签名与职责"),
}

PLACES: Final[Mapping[str, LazyString]] = {
    "line": _("行号"),
    "licence_no": _("许可证号"),
    "sku": _("规格"),
    "account_manager": _("客户经理"),
    "territory_id": _("片区"),
}
"""What a row is about, where the catalogue of facts does not say."""

_UNITS: Final[Mapping[str, Callable[[int], str]]] = {
    "条": lambda count: ngettext("条", "条", count),
    "件": lambda count: ngettext("件", "件", count),
    "箱": lambda count: ngettext("箱", "箱", count),
    "元": lambda count: ngettext("元", "元", count),
    "天": lambda count: ngettext("天", "天", count),
    "月": lambda count: ngettext("个月", "个月", count),
    "次": lambda count: ngettext("次", "次", count),
    "行": lambda count: ngettext("行", "行", count),
    "户": lambda count: ngettext("户", "户", count),
    "名": lambda count: ngettext("名", "名", count),
    "个": lambda count: ngettext("个", "个", count),
    "处": lambda count: ngettext("处", "处", count),
    "项": lambda count: ngettext("项", "项", count),
    "份": lambda count: ngettext("份", "份", count),
    "张": lambda count: ngettext("张", "张", count),
    "类": lambda count: ngettext("类", "类", count),
    "对": lambda count: ngettext("对", "对", count),
    "档": lambda count: ngettext("档", "档", count),
    "米": lambda count: ngettext("米", "米", count),
    "秒": lambda count: ngettext("秒", "秒", count),
    "小时": lambda count: ngettext("小时", "小时", count),
    "平方米": lambda count: ngettext("平方米", "平方米", count),
    "个工作日": lambda count: ngettext("个工作日", "个工作日", count),
    "倍": lambda count: ngettext("倍", "倍", count),
}

OPERATORS: Final[Mapping[str, str]] = {
    "==": "=",
    "!=": "≠",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "in": "∈",
}


def word(words: Mapping[str, LazyString], code: str | None) -> str:
    """Return what ``code`` is called; the code itself when it has no name yet; empty for None."""
    if not code:
        return ""
    found = words.get(code)
    return code if found is None else str(found)


def verdict_sentence(verdict: str, subject_kind: str) -> str:
    """Return what ``verdict`` means for whoever submitted the subject, or waits for it."""
    return word(VERDICT_SENTENCES if subject_kind in SUBMITTED else STANDING_SENTENCES, verdict)


def counted(unit: str, value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Return what ``value`` is counted in: ``day`` for 1, ``days`` for all others; empty without a unit."""
    say = _UNITS.get(unit)
    return unit if say is None else say(1 if str(value) == "1" else 2)
