"""The fixed words of what is on record of a segment change, as D03 and D04 print them."""

from collections.abc import Mapping

from app.core.text import Bilingual

NOT_STATED = Bilingual("未填写", "not stated")
UNTOLD = Bilingual("无法计算", "cannot be told")
YES, NO = Bilingual("是", "yes"), Bilingual("否", "no")

MATERIALS: Mapping[str, Bilingual] = {
    "application": Bilingual("客户签字的变更申请", "Application signed by the customer"),
    "storefront": Bilingual("门头照片", "Photo of the shop front"),
    "interior": Bilingual("店内照片", "Photo of the inside"),
    "fixtures": Bilingual("柜台设施照片", "Photo of the fixtures"),
    "licence_scope": Bilingual("营业执照", "Business licence"),
    "site_record": Bilingual("实地核查记录", "Record of the visit"),
    "correction_proof": Bilingual("更正证明", "Proof for a correction"),
    "other": Bilingual("其他材料", "Other"),
    "site_photo": Bilingual("核查时拍摄的照片", "Photo taken at a check"),
}
"""What a file shows, by :class:`app.office.segment_change.EvidenceKind`."""

SALES_MODES: Mapping[str, Bilingual] = {
    "counter": Bilingual("柜台", "counter"),
    "self_service": Bilingual("开架自选", "self-service"),
    "mixed": Bilingual("柜台与自选", "counter and self-service"),
}

IT_LEVELS: Mapping[str, Bilingual] = {
    "none": Bilingual("无终端", "none"),
    "pos": Bilingual("收银终端", "POS"),
    "chain_system": Bilingual("连锁系统", "chain system"),
}

STATES: Mapping[str, Bilingual] = {
    "approved": Bilingual("已审批，待备案", "approved, to be filed"),
    "filed": Bilingual("已备案，待生效", "filed, not yet in effect"),
    "effective": Bilingual("已生效", "in effect"),
    "reviewed": Bilingual("已生效，已复查", "in effect, checked again"),
    "revoked": Bilingual("已撤销", "revoked"),
}
"""How far a change has got that has a filing number, by :class:`app.office.segment_change.ChangeState`."""


def word(words: Mapping[str, Bilingual], code: str | None) -> Bilingual:
    """Return the words for ``code``: itself when there are none, that it is not stated when there is no code."""
    return NOT_STATED if code is None else words.get(code, Bilingual(code, code))
