"""One segment change as people would meet it in the middle of its road; invented, no shop or person is meant."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.actions.change_view import ChangeView, EarlierChange, LayerView, MayDo, SigningView, StepView, Task
from app.core.text import Bilingual
from app.office.benefit import Benefit, BenefitLine, Entitlement
from app.office.month import Month
from app.office.people import Role
from app.office.position import Position
from app.office.segment_change import (
    CHAIN,
    Application,
    ChangeState,
    EvidenceFile,
    EvidenceKind,
    Form,
    FormSignature,
    SegmentChange,
    SigningMethod,
    SiteCheck,
)
from app.review.change_steps import Act

CHANGE_NO = "NG-YT-202611-003"
AT = datetime(2026, 11, 10, 1, 12, 5, tzinfo=UTC)
NAMES = {"P0012": "李晓梅", "S0021": "王磊", "M0031": "张伟", "L0041": "马卫东", "P0001": "陈静"}
SEGMENTS = {"B": "便利店", "T": "烟草专业店", "S": "超市"}
_WHERE = Position(30_512_345, 114_401_234)


def _digest(letter: str) -> str:
    return "sha256:" + letter * 64


def _check(role: Role, person: str, days: int, area: str) -> SiteCheck:
    at = AT + timedelta(days=days)
    return SiteCheck(
        role,
        person,
        at - timedelta(minutes=20),
        at,
        _WHERE,
        Decimal(area),
        Decimal("12.5"),
        "counter",
        "pos",
        (_digest("5"),),
    )


def _benefit() -> Benefit:
    def line(
        sku: str, name: str, tight: bool, price: str | None, old: Any, new: Any, filed: bool = True
    ) -> BenefitLine:
        return BenefitLine(sku, name, tight, Decimal(price) if price else None, filed, old, new)

    none = Entitlement(eligible=False, cartons=0)
    return Benefit(
        Month(2026, 12),
        "B",
        "T",
        (
            line("42010201", "示例·软云", True, "180.00", Entitlement(True, 5), Entitlement(True, 12)),
            line("42010202", "示例·荷花细支", True, "800.00", none, Entitlement(True, 4)),
            line("42010203", "示例·金叶", True, "450.00", None, None, filed=False),
            line("42010301", "示例·常青", False, "95.00", Entitlement(True, 20), Entitlement(True, 18)),
            line("42010302", "示例·江城", False, "60.00", Entitlement(True, None), Entitlement(True, None)),
            *(
                line(f"4201040{n}", f"示例·平价{n}", False, "55.00", Entitlement(True, 30), Entitlement(True, 30))
                for n in range(8)
            ),
        ),
        order_cycle_assumed=False,
    )


FINDING: Mapping[str, Any] = {
    "rule": "SEG-11",
    "rule_version": 1,
    "outcome": "flag",
    "title": {"zh": "变更受益测算", "en": "Benefit analysis of the change"},
    "message": {
        "zh": "变更后紧俏货源月增11条，全部货值月增4270.00元，须二级复核。",
        "en": "Change adds 11 scarce cartons a month (all products 4270.00 CNY); second-level review.",
    },
    "clauses": ["YQ-2.6.1d"],
    "measured": {"analysis_attached": True, "delta_tight_cartons": 11, "delta_value_cny": "4270.00"},
    "parameters": {"tight_gain": "0", "value_gain": "0.10"},
    "lines": [],
    "lines_total": 0,
    "rows_judged": 1,
    "lead_only": False,
    "shadow": False,
    "evaluation": "E-202611-000007",
}


def example_change(**changes: Any) -> SegmentChange:
    """Return a request with both checks and two signatures."""
    application = Application(
        "420301000012",
        "P0012",
        "楚雄路鑫源烟酒",
        "刘建国",
        "示例县城东楚雄路 18 号",
        "B",
        "T",
        "main_goods_changed",
        "扩建专柜，新增酒类经营范围，店内已单设卷烟专柜 6 节。",
        "刘建国",
        "13800000000",
        date(2026, 12, 1),
        "T03",
    )
    kinds = [EvidenceKind.APPLICATION, EvidenceKind.STOREFRONT, EvidenceKind.INTERIOR, EvidenceKind.SITE_RECORD]
    evidence = tuple(
        EvidenceFile(
            kind,
            _digest(str(place)),
            "application/pdf" if kind is EvidenceKind.APPLICATION else "image/jpeg",
            840_000 + place * 777_777,
            "P0012",
            AT,
            None if kind is EvidenceKind.APPLICATION else AT - timedelta(hours=2),
            None if kind is EvidenceKind.APPLICATION else _WHERE,
        )
        for place, kind in enumerate(kinds, 1)
    )
    checks = (
        _check(Role.ACCOUNT_MANAGER, "P0012", 1, "62.5"),
        _check(Role.MARKET_SUPERVISOR, "S0021", 2, "58"),
    )
    signatures = tuple(
        FormSignature(
            layer,
            person,
            AT + timedelta(days=2 + layer),
            SigningMethod.ELECTRONIC,
            _digest("a"),
            _digest("b"),
            opinion="情况属实，同意。" if layer == 1 else "",
        )
        for layer, person in ((1, "P0012"), (2, "S0021"))
    )
    form = Form(1, _digest("c"), _digest("d"), "e" * 64, 123_456, AT + timedelta(days=2), signatures)
    change = SegmentChange(
        CHANGE_NO,
        application,
        AT,
        ChangeState.VERIFIED,
        evidence,
        checks,
        favourable=True,
        form=form,
        form_revisions=1,
    )
    return replace(change, **changes)


def example_view(change: SegmentChange | None = None, **changes: Any) -> ChangeView:
    """Return what the market manager sees of :func:`example_change`."""
    change = change or example_change()
    signed = {signature.layer: signature for signature in change.form.signatures} if change.form else {}
    people = ("P0012", "S0021", None, None, None)
    layers = tuple(
        LayerView(
            number,
            role,
            people[number - 1],
            NAMES.get(people[number - 1] or ""),
            signed[number].signed_at if number in signed else None,
            "electronic" if number in signed else None,
            None,
            signed[number].opinion if number in signed else "",
            number == len(signed) + 1,
        )
        for number, role in enumerate(CHAIN, 1)
    )
    acts = [
        ("apply", "P0012", "applied"),
        ("check", "P0012", "applied"),
        ("check", "S0021", "verified"),
        ("prepare", None, "verified"),
        ("sign", "P0012", "verified"),
        ("sign", "S0021", "verified"),
    ]
    steps = tuple(
        StepView(
            number,
            act,
            AT + timedelta(days=number - 1),
            person,
            NAMES.get(person or ""),
            state,
            None,
            ("E-202611-000007",) if number == 1 else (),
            480 + number,
        )
        for number, (act, person, state) in enumerate(acts, 1)
    )
    earlier = EarlierChange(
        "NG-YT-202503-017",
        "420301000012",
        "楚雄路鑫源烟酒",
        "超市",
        "便利店",
        date(2025, 3, 4),
        "effective",
        "赵强",
        False,
    )
    view = ChangeView(
        change=change,
        version=len(steps),
        shop_name="楚雄路鑫源烟酒",
        territory_name="城东片区",
        segment_names=SEGMENTS,
        names=NAMES,
        layers=layers,
        next_act=Act.APPROVE,
        next_role=Role.MARKET_MANAGER,
        due_on=date(2026, 11, 13),
        overdue_days=2,
        missing=(Bilingual("缺少第3层签名：市场经理", "The signature of layer 3 is missing: market manager"),),
        refusals=(),
        benefit=_benefit(),
        customer_history=(earlier,),
        applicant_history=(),
        territory_history=(earlier,),
        findings=(FINDING,),
        evaluations=(
            {
                "evaluation": "E-202611-000007",
                "event": "on_change_request",
                "verdict": "flag",
                "evaluated_at": "2026-11-10T01:12:05.000Z",
            },
        ),
        evidence_names={file.digest: f"文件{place}.jpg" for place, file in enumerate(change.evidence, 1)},
        steps=steps,
        may=(MayDo(Act.APPROVE, 3), MayDo(Act.REJECT, None)),
    )
    return replace(view, **changes)


def example_signing(**changes: Any) -> SigningView:
    """Return what the market manager is about to sign."""
    view = SigningView(
        CHANGE_NO,
        6,
        3,
        Role.MARKET_MANAGER,
        "张伟",
        Bilingual("申请、核查和材料审核无误，同意变更", "Application, checks and evidence reviewed; agreed"),
        "e" * 64,
        f"/segment-changes/{CHANGE_NO}/form.pdf",
        opinion_needed=False,
        most_opinion=200,
        totp_needed=True,
        has_key=True,
        time_stamp_note=Bilingual(
            "时间戳由本系统自带的时间戳服务给出。", "The time stamp comes from the service's own authority."
        ),
    )
    return replace(view, **changes)


def example_tasks() -> tuple[Task, ...]:
    """Return tasks of every urgency."""

    def task(act: str, no: int, due: date | None, late: int, severity: str | None) -> Task:
        title = Bilingual("审批：楚雄路鑫源烟酒，便利店 → 烟草专业店", "Approve: 楚雄路鑫源烟酒, 便利店 → 烟草专业店")
        number = f"NG-YT-202611-{no:03d}"
        url = f"/segment-changes/{number}/sign"
        return Task("segment_change", act, number, title, AT, due, late, url, severity)

    return (
        task("approve", 3, date(2026, 11, 13), 2, "flag"),
        task("check", 4, date(2026, 11, 16), 0, None),
        task("file", 5, date(2026, 11, 19), 0, "block"),
        task("review", 1, None, 0, None),
    )
