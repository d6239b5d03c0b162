"""Evidence of one segment change, as an office would have it."""

import hashlib

SCAN = b"%PDF-1.4 the scan of an application"


def _role(zh, en):
    return {"zh": zh, "en": en}


def _sku(sku, name, old, new, cny, scarce=False):
    return {
        "sku": sku,
        "name": name,
        "scarce": scarce,
        "old_cartons": old,
        "new_cartons": new,
        "delta_cny": cny,
    }


ROLES = (
    ("account_manager", _role("客户经理", "Account manager")),
    ("market_supervisor", _role("市场监管员", "Market supervisor")),
    ("market_manager", _role("市场经理", "Market manager")),
    ("marketing_leader", _role("营销部负责人", "Marketing leader")),
    ("supervision_officer", _role("内管人员", "Supervision officer")),
)


def form_evidence():
    return {
        "format": "henji-segment-change/1",
        "document": "D03",
        "office": {"zh": "示例县烟草专卖局（分公司）", "en": "Sample County Tobacco Monopoly Bureau"},
        "number": "YT-202611-000017",
        "created_at": "2026-11-18T01:20:05.000Z",
        "simulated_clock": False,
        "public_url": "https://henji.example.org",
        "customer": {
            "licence_no": "360121108756",
            "name": "城关惠民便利店",
            "address": "示例县城关镇人民路 118 号",
            "territory": "T-07 城关一片",
        },
        "change": {
            "from": _role("食杂店", "Grocery"),
            "to": _role("便利店", "Convenience store"),
            "reason": "店铺于 2026 年 9 月扩建，营业面积由 38 平方米增至 92 平方米，商品品种约 1,400 个，实行开架自选、"
            "24 小时营业并使用收银系统，与《零售客户业态划分标准》便利店的条件相符，申请变更业态。",
            "applied_on": "2026-11-10",
            "effect_on": "2026-12-01",
        },
        "application": {"signed": _role("纸质签字，扫描件附后", "by hand, scan attached"), "witness": "李芳 P-0002"},
        "checks": [
            {
                "role": _role("客户经理", "Account manager"),
                "person": "王小明",
                "at": "2026-11-12T02:10:00.000Z",
                "result": _role("属实", "true"),
                "findings": "实测营业面积 91.6 平方米，货架 14 组，开架自选，收银系统在用。",
                "photos": 6,
            },
            {
                "role": _role("市场监管员", "Market supervisor"),
                "person": "李芳",
                "at": "2026-11-13T07:35:00.000Z",
                "result": _role("属实", "true"),
                "findings": "与客户经理不同日独立核查；面积、品种数与申请一致，营业时间公示为 24 小时。",
                "photos": 5,
            },
        ],
        "benefit": {
            "month": "2026-12",
            "standard": "TF-202612-000002 v1",
            "rows": [
                _sku("6901028-118", "金圣（庐山）", 12, 15, "96.00"),
                _sku("6901028-075", "中华（硬）", 2, 5, "231.00", scarce=True),
                _sku("6901028-180", "利群（新版）", 20, 20, "0"),
                _sku("6901028-042", "黄鹤楼（软蓝）", 8, 10, "52.40"),
                _sku("6901028-205", "中华（细支）", 0, 2, "188.60", scarce=True),
                _sku("6901028-310", "红塔山（硬经典）", 30, 24, "-81.00"),
            ],
        },
        "history": [
            _role(
                "该客户 12 个月内未申请过业态变更；本客户经理近 6 个月提交同类变更 3 件，同片区共 4 件。",
                "No change of this shop within 12 months; its account manager applied for 3 in 6 months, of 4 in the "
                "territory.",
            )
        ],
        "evaluations": [
            {
                "outcome": "flag",
                "rule": "SEG-11 v1",
                "message": _role(
                    "变更后紧俏规格每月增加 5 条，须由市场经理书面说明。",
                    "5 more cartons of scarce goods a month; the market manager must state why.",
                ),
                "clauses": "YQ-2.6.1",
            },
            {
                "outcome": "note",
                "rule": "SEG-10 v1",
                "message": _role(
                    "同一客户经理近 6 个月提交 3 件。", "3 applications by the same account manager in 6 months."
                ),
                "clauses": "YQ-2.6.1",
            },
        ],
        "evidence": [
            {
                "kind": _role("客户签字的申请", "Application, signed"),
                "name": "application.pdf",
                "sha256": hashlib.sha256(SCAN).hexdigest(),
                "mime_type": "application/pdf",
            },
            {"kind": _role("营业执照", "Business licence"), "name": "licence.jpg", "sha256": "a1" * 32},
            {"kind": _role("门头与货架照片（11 张）", "11 photographs"), "name": "photos.zip", "sha256": "0c" * 32},
        ],
        "signatures": [
            {"field": f"sig_{place}_{name}", "role": role, "person": f"P-{place:04}"}
            for place, (name, role) in enumerate(ROLES, 1)
        ],
    }
