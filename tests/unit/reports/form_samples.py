"""One segment change as an office would have it, and the evidence of its approval form; a register of filings."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.core.text import Bilingual
from app.office.benefit import NOTHING, Benefit, BenefitLine, Entitlement
from app.office.month import Month
from app.office.people import Role
from app.office.position import Position
from app.office.segment_change import (
    Application,
    ChangeState,
    Closing,
    EvidenceFile,
    EvidenceKind,
    Filing,
    Form,
    SegmentChange,
    SiteCheck,
)
from app.reports.filing_register import FilingEntry, filing_register_evidence
from app.reports.segment_change_evidence import segment_change_evidence

SCAN = b"%PDF-1.4 the scan of an application"
OFFICE = Bilingual("示例县烟草专卖局（分公司）", "Sample County Tobacco Monopoly Bureau")
URL = "https://henji.example.org"
PREPARED_AT = datetime(2026, 11, 18, 1, 20, 5, tzinfo=UTC)
PEOPLE = {
    "P-0001": "王小明",
    "P-0002": "李芳",
    "P-0003": "张伟",
    "P-0004": "赵强",
    "P-0005": "陈静",
    "P-0006": "孙𬭎",
}
FORMATS = {"06": Bilingual("食杂店", "Grocery"), "01": Bilingual("便利店", "Convenience store")}
SHOP = Position(28_700_000, 115_900_000)


def digest(data):
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _file(kind, data, by="P-0001", media_type="image/jpeg"):
    added = datetime(2026, 11, 10, 2, tzinfo=UTC)
    return EvidenceFile(kind, digest(data), media_type, len(data), by, added)


def _check(role, person, day, area, photos, position=SHOP, joint=False):
    at = datetime(2026, 11, day, 2, 10, tzinfo=UTC)
    return SiteCheck(
        role,
        person,
        at,
        at + timedelta(minutes=50),
        position,
        Decimal(area),
        Decimal(16),
        "self_service",
        "pos",
        tuple(digest(each) for each in photos),
        joint,
    )


def change(**more):
    """Return the request with both checks made."""
    asked = Application(
        licence_no="360121108756",
        account_manager="P-0001",
        shop_name="城关惠民便利店",
        holder_name="周建国",
        address="示例县城关镇人民路 118 号",
        current_segment="06",
        proposed_segment="01",
        reason_code="premises_changed",
        reason_text="店铺于 2026 年 9 月扩建，营业面积由 38 平方米增至 92 平方米，商品品种约 1,400 个，实行开架自选、"
        "24 小时营业并使用收银系统，与《零售客户业态划分标准》便利店的条件相符，申请变更业态。",
        applicant="周建国",
        territory_id="T-07",
    )
    evidence = (
        _file(EvidenceKind.APPLICATION, SCAN, media_type="application/pdf"),
        _file(EvidenceKind.LICENCE_SCOPE, b"licence"),
        _file(EvidenceKind.STOREFRONT, b"front"),
        _file(EvidenceKind.INTERIOR, b"inside"),
    )
    checks = (
        _check(Role.ACCOUNT_MANAGER, "P-0001", 12, "91.6", (b"front", b"inside")),
        _check(Role.MARKET_SUPERVISOR, "P-0002", 13, "90.8", (b"shelf",), Position(28_700_200, 115_900_150)),
    )
    values = {
        "change_no": "NG-YT-202611-017",
        "application": asked,
        "applied_at": datetime(2026, 11, 10, 2, 30, tzinfo=UTC),
        "state": ChangeState.VERIFIED,
        "evidence": evidence,
        "site_checks": checks,
        "favourable": True,
    }
    return SegmentChange(**{**values, **more})


def line(sku, name, old, new, price="100", tight=False, has_standard=True):
    """Return one product; an int is so many cartons, "free" no limit, None unknown, "no" not eligible."""

    def entitled(value):
        if value is None:
            return None
        if value == "no":
            return NOTHING
        return Entitlement(eligible=True, cartons=None if value == "free" else value)

    cny = None if price is None else Decimal(price)
    return BenefitLine(sku, name, tight, cny, has_standard, entitled(old), entitled(new))


LINES = (
    line("6901028-075", "中华（硬）", 2, 5, "407.00", tight=True),
    line("6901028-205", "中华（细支）", "no", 2, "505.00", tight=True),
    line("6901028-042", "黄鹤楼（软蓝）", 8, 10, "175.50"),
    line("6901028-118", "金圣（庐山）", 12, 15, "120.00"),
    line("6901028-180", "利群（新版）", 20, 20, "130.00"),
    line("6901028-310", "红塔山（硬经典）", 30, 24, "75.00"),
)
UNTOLD_LINES = (
    *LINES,
    line("6901028-401", "和天下", None, None, "880.00", tight=True, has_standard=False),
    line("6901028-402", "苏烟（软金砂）", None, 4, "410.00", tight=True),
    line("6901028-403", "红双喜", 6, "free", "70.00"),
    line("6901028-404", "大前门", "free", "free", "40.00"),
    line("6901028-405", None, 1, 3, None),
    line("6901028-406", "雄狮", 5, 5, None),
)


def benefit(lines=LINES, **more):
    return Benefit(Month(2026, 12), "06", "01", tuple(lines), more.get("assumed", False))


FINDINGS = (
    {
        "outcome": "note",
        "rule": "SEG-10",
        "rule_version": 1,
        "message": {
            "zh": "同一客户经理近 6 个月提交 3 件。",
            "en": "3 applications by the same account manager in 6 months.",
        },
        "clauses": ["YQ-2.6.1"],
    },
    {
        "outcome": "flag",
        "rule": "SEG-11",
        "rule_version": 1,
        "message": {
            "zh": "变更后紧俏规格每月增加 5 条，须由营销分管领导书面说明。",
            "en": "5 more cartons of scarce goods a month; the marketing leader must state why.",
        },
        "clauses": ["YQ-2.6.1", "YQ-1.7.2b"],
    },
    {
        "outcome": "pass",
        "rule": "SEG-04",
        "rule_version": 1,
        "message": {"zh": "五层五人。", "en": "Five layers, five persons."},
        "clauses": ["YQ-2.6.1"],
    },
)
HISTORY = (
    Bilingual(
        "该客户 12 个月内未申请过业态变更；本客户经理近 12 个月提交 3 件（同意 2、驳回 1），同片区共 4 件。",
        "No change of this shop within 12 months; its account manager applied for 3 in 12 months (2 agreed, "
        "1 rejected), of 4 in the territory.",
    ),
)


def form_evidence(of=None, **more):
    values = {
        "office": OFFICE,
        "people": PEOPLE,
        "shop_name": "城关惠民便利店",
        "address": "示例县城关镇人民路 118 号",
        "territory": Bilingual("T-07 城关一片", "T-07 Chengguan 1"),
        "formats": FORMATS,
        "licensed_at": SHOP,
        "benefit": benefit(),
        "findings": FINDINGS,
        "history": HISTORY,
        "file_names": {
            digest(SCAN): "周建国 申请表.pdf",
            digest(b"front"): "IMG_2041.jpg",
            digest(b"shelf"): "货架.jpg",
        },
        "planned_effect": date(2027, 1, 1),
        "public_url": URL,
        "created_at": PREPARED_AT,
        "simulated_clock": False,
    }
    return segment_change_evidence(of or change(), **{**values, **more})


FILES = {"01-application.pdf": SCAN}


def filed(number, day, **more):
    """Return a change filed on a day of November 2026."""
    at = datetime(2026, 11, day, 3, tzinfo=UTC)
    form = Form(1, digest(b"e"), digest(b"f"), "0c" * 32, 4096, PREPARED_AT, archived_digest=digest(number.encode()))
    values = {
        "change_no": f"NG-YT-202611-{day:03}",
        "state": ChangeState.FILED,
        "filing": Filing(number, at, "P-0005"),
        "effective_on": date(2026, 12, 1),
        "form": form,
        "form_revisions": 1,
    }
    return change(**{**values, **more})


def register_entries():
    def at(month, day):
        return datetime(2026, month, day, 3, tzinfo=UTC)

    closing = Closing("P-0005", at(11, 20), "false_statement", "复查发现面积不实", date(2026, 12, 1))
    return [
        FilingEntry(
            1, "NG-BA-202610-001", at(10, 9), "P-0005", filed("NG-BA-202610-001", 9, state=ChangeState.REVIEWED)
        ),
        FilingEntry(2, "NG-BA-202611-002", at(11, 4), "P-0005", filed("NG-BA-202611-002", 4)),
        FilingEntry(3, "NG-BA-202611-003", at(11, 5), "P-0005", None, at(11, 5), "P-0005", "表单重复提交，本号作废"),
        FilingEntry(
            4,
            "NG-BA-202611-004",
            at(11, 12),
            "P-0006",
            filed("NG-BA-202611-004", 12, state=ChangeState.REVOKED, closing=closing),
        ),
        FilingEntry(5, "NG-BA-202611-005", at(11, 17), "P-0005", filed("NG-BA-202611-005", 17)),
    ]


def register_evidence(entries=None, **more):
    values = {
        "year": 2026,
        "month": 11,
        "number": "NG-D04-202611",
        "office": OFFICE,
        "officer": "P-0005",
        "people": PEOPLE,
        "formats": FORMATS,
        "public_url": URL,
        "created_at": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "simulated_clock": False,
    }
    return filing_register_evidence(register_entries() if entries is None else entries, **{**values, **more})
