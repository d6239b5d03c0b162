"""Invented findings for the page that shows all components; no person, shop or product is meant."""

from collections.abc import Mapping
from typing import Any, Final

_LINE: Final = {"licence_no": "420301000001", "sku": "42010101", "outcome": "flag"}


def _finding(rule: str, outcome: str, title: tuple[str, str], message: tuple[str, str], **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    return {
        "rule": rule,
        "rule_version": 1,
        "outcome": outcome,
        "title": {"zh": title[0], "en": title[1]},
        "message": {"zh": message[0], "en": message[1]},
        "clauses": [],
        "measured": {},
        "parameters": {},
        "lines": [],
        "lines_total": 0,
        "rows_judged": 1,
        "lead_only": False,
        "shadow": False,
        **more,
    }


SAMPLE_FINDINGS: Final[tuple[Mapping[str, Any], ...]] = (
    _finding(
        "ENT-06",
        "flag",
        ("疑似数量级/单位错录", "Magnitude or unit error"),
        (
            "客户420301000001的42010101预测170条，为近3月均值16.7的10.2倍，疑似多写一个零，等40行。",
            "420301000001 42010101: forecast 170 is 10.2× the 3-month mean 16.7; a zero too many, and 39 more.",
        ),
        clauses=["YQ-1.6.5a"],
        measured={"ratio_to_mean": "10.2", "final_cartons": 170, "mean_3m_cartons": "16.7"},
        parameters={"ratio": "8", "inverse_ratio": "0.125", "ten_tol": "0.2", "min_mean_cartons": "5"},
        lines=[
            {**_LINE, "line": n, "measured": {"final_cartons": 169 + n, "mean_3m_cartons": "16.7"}}
            for n in range(1, 41)
        ],
        lines_total=40,
        rows_judged=100,
        lead_only=True,
    ),
    _finding(
        "ENT-09",
        "not_evaluable",
        ("与采集源不一致", "Entry differs from collected source"),
        ("缺少采集源记录量，无法判断。", "Cartons in the source are missing; this cannot be judged."),
        clauses=["YQ-1.6.5a"],
        measured={"source_named": True, "source_cartons": None},
        shadow=True,
    ),
)
