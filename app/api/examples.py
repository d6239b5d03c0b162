"""The examples of the contract, as the documentation shows them. Source: design/hook.md."""

from collections.abc import Mapping
from typing import Any

FORECAST: Mapping[str, Any] = {
    "stage": "order",
    "cycle": "2026-11",
    "target_month": "2026-12",
    "account_manager": "P0012",
    "territory_id": "T03",
    "client_reference": "FS-88231",
    "client_time": "2026-11-16T09:30:00+08:00",
    "supersedes": None,
    "reason": None,
    "totals": {"cartons": 18, "amount_cny": "3294.00"},
    "lines": [
        {
            "licence_no": "420301123456",
            "sku": "42010101",
            "channel": "visit",
            "unit": "条",
            "collected_quantity": 20,
            "final_quantity": 18,
            "basis": {"mean_3m_cartons": 17, "last_month_cartons": 16, "last_forecast_cartons": 18},
            "source": {"ledger": "L-20261116-0007", "pos_batch": None, "model_run": None},
            "segment": "B",
            "reason_code": "SEASON",
            "reason": "元旦备货",
        }
    ],
}

DRY_RUN: Mapping[str, Any] = {"kind": "order_forecast", "subject": FORECAST}

_VERDICT: Mapping[str, Any] = {
    "subject": {"kind": "order_forecast", "id": "F-202611-000045", "version": 1},
    "verdict": "flag",
    "counts": {"pass": 21, "note": 0, "flag": 1, "block": 0, "not_evaluable": 1, "not_applicable": 1},
    "rulebook_digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "evaluated_at": "2026-11-16T01:30:01.214Z",
    "simulated_clock": False,
    "findings": [
        {
            "rule": "ENT-06",
            "rule_version": 1,
            "outcome": "flag",
            "clauses": ["YQ-1.6.5a"],
            "message": {"zh": "预测量为近三月均销量的 10.2 倍", "en": "The forecast is 10.2 times the 3-month mean"},
            "measured": {"ratio_to_mean": "10.2"},
            "parameters": {"ratio": "8"},
            "lines": [{"licence_no": "420301123456", "sku": "42010101"}],
            "lines_total": 1,
            "lead_only": False,
        }
    ],
}

EVALUATION: Mapping[str, Any] = {
    "evaluation": "E-202611-000123",
    **_VERDICT,
    "receipt": {
        "log_index": 118,
        "leaf_hash": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        "proof": "/api/v1/log/proofs/118",
        "checkpoint": "/api/v1/log/checkpoint",
    },
    "record": "/api/v1/evaluations/E-202611-000123/record.pdf",
}

DRY_VERDICT: Mapping[str, Any] = {
    "dry_run": True,
    **_VERDICT,
    "subject": {"kind": "order_forecast", "id": None, "version": None},
}

CUSTOMER: Mapping[str, Any] = {
    "licence_no": "420301123456",
    "shop_name": "利民便利店",
    "segment": "B",
    "grade": "二十三档",
    "territory_id": "T03",
    "market_type": "urban",
    "volatility_class": "stable",
    "has_pos": True,
    "is_retail_info_officer": False,
    "business_status": "营业",
    "licence_valid_to": "2028-06-30",
    "monthly_cap_cartons": 120,
    "valid_from": "2026-01-01",
}

IMPORT_REPLY: Mapping[str, Any] = {
    "received": 1,
    "created": 1,
    "changed": 0,
    "unchanged": 0,
    "rejected": 0,
    "results": [{"index": 0, "key": "420301123456", "status": "created"}],
    "evaluations": [],
}

POS_BATCH: Mapping[str, Any] = {
    "batch_id": "PB-20261115-01",
    "terminal_server": "POS-01",
    "line_count": 1,
    "checksum": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "lines": [{"licence_no": "420301123456", "sku": "42010101", "quantity": 12, "unit": "条"}],
}

EXTENSION: Mapping[str, Any] = {
    "stage": "order",
    "new_end": "2026-11-19",
    "reason": "系统升级停机一天",
    "requested_by": "P0012",
    "approved_by": "P0003",
    "countersigned_by": "P0004",
    "filing_no": "YQ-2026-118",
    "filed_at": "2026-11-17T10:00:00+08:00",
}

CYCLE_EVENT: Mapping[str, Any] = {"event": "on_window_close", "stage": "order"}

DETERMINATION: Mapping[str, Any] = {"person_id": "P0021", "decision": "accept", "opinion": "数据完整，同意"}

REOPENING: Mapping[str, Any] = {"approved_by": "P0003", "reason": "客户停业，需更正"}

PROBLEM: Mapping[str, Any] = {
    "type": "/problems/request.shape",
    "title": "请求内容的结构不符合要求",
    "status": 422,
    "detail": "有 1 处需要更正。",
    "instance": "urn:uuid:6d5f0f5e-4a39-4b7e-9a52-3d1d7a3a6f10",
    "code": "request.shape",
    "errors": [
        {
            "pointer": "/lines/3/final_quantity",
            "code": "value.float",
            "message": {"zh": "数字不得带小数或指数。", "en": "A number must have no fraction or exponent."},
        }
    ],
}
