"""The examples of segment changes, as the documentation shows them; invented, no shop or person is meant."""

from collections.abc import Mapping
from typing import Any

from app.api.examples import EVALUATION

_PHOTO = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
_SCAN = "sha256:fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9"
_SHOP = {"latitude": "30.592800", "longitude": "114.305500"}
_FILE: Mapping[str, Any] = {
    "kind": "storefront",
    "digest": _PHOTO,
    "taken_at": "2026-11-02T08:40:00+08:00",
    "position": _SHOP,
}

APPLICATION: Mapping[str, Any] = {
    "licence_no": "420301123456",
    "account_manager": "P0012",
    "shop_name": "利民便利店",
    "holder_name": "刘建国",
    "address": "示例县东街1号",
    "current_segment": "便利店",
    "proposed_segment": "超市",
    "reason_code": "premises_changed",
    "reason_text": "店面扩大，改为开架自选",
    "applicant": "刘建国",
    "contact": "13800000000",
    "requested_effective": "2026-12-01",
    "census_campaign": None,
    "evidence": [{"kind": "application", "digest": _SCAN}, _FILE],
}

APPLIED: Mapping[str, Any] = {
    **EVALUATION,
    "subject": {"kind": "segment_change", "id": "NG-YT-202611-001", "version": 1},
    "counts": {"pass": 5, "note": 0, "flag": 1, "block": 1, "not_evaluable": 0, "not_applicable": 1},
    "verdict": "block",
    "findings": [
        {
            "rule": "SEG-02",
            "rule_version": 1,
            "outcome": "block",
            "clauses": ["YQ-2.6.1c", "YQ-2.6.4d"],
            "message": {"zh": "缺少佐证：fixtures、interior。", "en": "Evidence missing: fixtures, interior."},
            "measured": {"evidence_missing": 2},
            "parameters": {"photo_max_age": "30"},
            "lines": [],
            "lines_total": 0,
            "lead_only": False,
        }
    ],
    "change_no": "NG-YT-202611-001",
    "version": 1,
    "state": "applied",
    "accepted": True,
    "reasons": [],
    "gates": {"apply": [], "verify": ["SEG-02"]},
}

EVIDENCE_FILES: Mapping[str, Any] = {"person_id": "P0012", "evidence": [{**_FILE, "kind": "interior"}]}

SITE_CHECK: Mapping[str, Any] = {
    "person_id": "P0012",
    "checked_at": "2026-11-03T09:30:00+08:00",
    "area_m2": "150.5",
    "hours_per_day": 14,
    "sales_mode": "self_service",
    "it_level": "pos",
    "joint": False,
    "position": _SHOP,
    "photos": [{"digest": _PHOTO}],
}

ACTED: Mapping[str, Any] = {
    "change_no": "NG-YT-202611-001",
    "version": 2,
    "state": "applied",
    "evaluations": [],
    "log_index": 119,
}

PAPER_SIGNATURE: Mapping[str, Any] = {
    "layer": 3,
    "person_id": "P0003",
    "signed_at": "2026-11-05T09:00:00+08:00",
    "scan": _SCAN,
    "witness": "P0022",
    "opinion": "同意",
}

EFFECT_REPORT: Mapping[str, Any] = {"effective_on": "2026-12-01"}
