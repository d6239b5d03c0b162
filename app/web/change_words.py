"""What the codes of a segment change are called on a page."""

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

STATES: Final[Mapping[str, LazyString]] = {
    "draft": _("待补正"),
    "applied": _("已申请"),
    "verified": _("已实地核查"),
    "in_approval": _("逐层审批中"),
    "approved": _("已批准"),
    "filed": _("已备案"),
    "effective": _("已生效"),
    "reviewed": _("已复查"),
    "rejected": _("已驳回"),
    "withdrawn": _("已撤回"),
    "revoked": _("已撤销"),
}

STATE_SENTENCES: Final[Mapping[str, LazyString]] = {
    "draft": _("已留痕，但还没有受理。补正后用同一编号再次提交。"),
    "applied": _("已受理。等客户经理和市管员到店核查。"),
    "verified": _("两份实地核查都已完成。等五层依次签署。"),
    "in_approval": _("正在逐层签署。"),
    "approved": _("五层都已签署。等内管人员登记备案。"),
    "filed": _("已备案。到生效日自动生效，不提前，也不追溯。"),
    "effective": _("已生效。"),
    "reviewed": _("已生效，并已到店复查。"),
    "rejected": _("已驳回，不再办理。"),
    "withdrawn": _("已撤回，不再办理。"),
    "revoked": _("已由内管撤销。"),
}

STAGES: Final[Mapping[str, LazyString]] = {
    "apply": _("申请"),
    "check": _("实地核查"),
    "sign": _("五层签署"),
    "file": _("备案"),
    "take_effect": _("生效"),
    "review": _("复查"),
}
"""The road, as it stands above the five layers."""

ACTS: Final[Mapping[str, LazyString]] = {
    "apply": _("补正申请"),
    "check": _("到店核查"),
    "prepare": _("生成审批表"),
    "sign": _("签署"),
    "approve": _("审阅并签署"),
    "file": _("登记备案"),
    "take_effect": _("生效"),
    "review": _("复查"),
    "reject": _("驳回"),
    "withdraw": _("撤回"),
    "revoke": _("撤销"),
    "archive": _("归档"),
    "confirm": _("核对"),
    "add_evidence": _("补充材料"),
}
"""As they stand on buttons and in the list of tasks."""

ACT_TITLES: Final[Mapping[str, LazyString]] = {
    "reject": _("驳回申请"),
    "withdraw": _("撤回申请"),
    "revoke": _("撤销变更"),
}

CONSEQUENCES: Final[Mapping[str, tuple[LazyString, ...]]] = {
    "reject": (
        _("申请到此为止，不能恢复；理由和经过都留在记录里。"),
        _("180 天内，同一客户改同一业态须有新的佐证才能再申请。"),
    ),
    "withdraw": (
        _("申请到此为止，不能恢复；编号和经过都留在记录里。"),
        _("客户以后可以重新申请，用新的编号。"),
    ),
    "revoke": (
        _("还没有生效的，不再生效；已经生效的，从下一个可行的月初起恢复原业态，不追溯。"),
        _("撤销不能再撤销。要再变更，须重新申请。"),
    ),
    "file": (
        _("在备案登记簿取下一个编号。编号给出后不收回、不重用。"),
        _("备案前系统再核对一次五个签名。有一个不成立就不给编号。"),
        _("备案后不能修改；确有错误由内管撤销，记录保留。"),
    ),
    "review": (
        _("复查只记录一次，提交后不能修改。"),
        _("不符的，由内管决定是否撤销变更；复查本身不改变业态。"),
    ),
}
"""What can be undone and what cannot, said before it is done."""

SIGNING: Final[tuple[LazyString, ...]] = (
    _("系统用您的密钥签名，并取时间戳；取不到时间戳就不签。"),
    _("签名写进 PDF 和日志，不能收回。内容如有改动，签名即作废。"),
)
AFTER_SIGNATURE: Final[tuple[LazyString, ...]] = (_("签完后转给下一层；那一位会在待办里看到。"),)
AFTER_LAST_SIGNATURE: Final[tuple[LazyString, ...]] = (_("五层签完，审批表归档，接着登记备案。"),)

DUE_GROUPS: Final[Mapping[str, LazyString]] = {
    "overdue": _("已超时"),
    "today": _("今天到期"),
    "later": _("以后到期"),
    "unlimited": _("没有时限"),
}

STEPS: Final[Mapping[str, LazyString]] = {
    "draft": _("提交申请，未受理"),
    "apply": _("提交申请"),
    "check": _("提交实地核查"),
    "add_evidence": _("补充材料"),
    "prepare": _("生成审批表"),
    "sign": _("签署"),
    "file": _("登记备案"),
    "take_effect": _("生效"),
    "review": _("复查"),
    "reject": _("驳回"),
    "withdraw": _("撤回"),
    "revoke": _("撤销"),
    "archive": _("归档审批表"),
}
"""What was done, in the history."""

LAYER_TASKS: Final[tuple[LazyString, ...]] = (_("核查"), _("核查"), _("审核"), _("审批"), _("审核备案"))
"""What each of the five layers does, layer 1 first."""

METHODS: Final[Mapping[str, LazyString]] = {"electronic": _("电子签名"), "handwritten": _("手写签名")}

REASONS: Final[Mapping[str, LazyString]] = {
    "premises_changed": _("经营场所调整"),
    "sales_mode_changed": _("经营方式改变"),
    "main_goods_changed": _("主营商品改变"),
    "clerical_correction": _("登记差错更正"),
    "other": _("其他"),
}
"""Why a customer asks."""

CLOSING_REASONS: Final[Mapping[str, LazyString]] = {
    "evidence_insufficient": _("佐证材料不足"),
    "facts_do_not_fit": _("实况与业态不符"),
    "licence_differs": _("与许可证登记不符"),
    "too_frequent": _("变更过于频繁"),
    "procedure_defect": _("程序不合规"),
    "false_statement": _("申请内容不实"),
    "customer_request": _("客户要求"),
    "entered_in_error": _("录入错误"),
    "other": _("其他"),
}
"""Why a request was rejected, withdrawn or revoked."""

EVIDENCE_KINDS: Final[Mapping[str, LazyString]] = {
    "application": _("客户签字的申请"),
    "storefront": _("门头照片"),
    "interior": _("店内照片"),
    "fixtures": _("柜台设施照片"),
    "licence_scope": _("营业执照经营范围"),
    "site_record": _("走访记录"),
    "correction_proof": _("差错更正证明"),
    "other": _("其他材料"),
}

SALES_MODES: Final[Mapping[str, LazyString]] = {
    "counter": _("柜台销售"),
    "self_service": _("开架自选"),
    "mixed": _("柜台与自选"),
}

IT_LEVELS: Final[Mapping[str, LazyString]] = {
    "none": _("无终端"),
    "pos": _("有收银终端"),
    "chain_system": _("连锁系统"),
}

CHECK_ITEMS: Final[Mapping[str, LazyString]] = {
    "checked_at": _("到店时间"),
    "position": _("位置"),
    "area_m2": _("营业面积"),
    "hours_per_day": _("每日营业"),
    "sales_mode": _("售货方式"),
    "it_level": _("信息化程度"),
    "joint": _("联合核查"),
    "photos": _("照片"),
}

CHECK_UNITS: Final[Mapping[str, str]] = {"area_m2": "平方米", "hours_per_day": "小时"}

REGISTERS: Final[Mapping[str, LazyString]] = {"BA": _("备案登记簿"), "YT": _("申请登记簿")}

DUTIES: Final[Mapping[str, LazyString]] = {
    "account_manager": _("客户经理"),
    "market_supervisor": _("市管员"),
    "market_manager": _("市场经理"),
    "marketing_leader": _("营销分管领导"),
    "supervision_officer": _("内管人员"),
    "supervision_head": _("内管办负责人"),
}
"""The roles as the layers name them, shorter than in words.ROLES."""
