"""Evidence to make records from: the same every time, keys included."""

import base64
from datetime import UTC, date, datetime
from functools import cache

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import rulebook_from_files
from app.audit.fact import FactSet
from app.audit.log.checkpoint import make_checkpoint
from app.audit.log.event import Event
from app.audit.log.proof import inclusion_path
from app.audit.log.tree import completed, leaf_hash, root
from app.core.canonical import digest_of
from app.reports.render import LAYOUT

SEALED_AT = datetime(2026, 11, 16, 1, 31, 7, tzinfo=UTC)
EVALUATED_AT = "2026-11-16T01:30:01.214Z"
ASTRAL_NAME = "王𬭛"
RULEBOOK_DIGEST = "sha256:" + "ab" * 32
ENGINE = "durable-rules 2.0.28 + numpy twin"
FACTS_FILE = """\
forecast:
  zh: 预测报文
  en: forecast
  rows: one
  facts:
    stage: {type: enum, values: {order: {zh: 客户订单, en: order}}, zh: 环节, en: stage}
    days_late: {type: int, unit: 天, nullable: true, zh: 迟交天数, en: days late}
    window_last: {type: text, nullable: true, zh: 窗口末日, en: last day of the window}
forecast_line:
  zh: 预测明细行
  en: forecast line
  rows: many
  facts:
    line: {type: int, key: true, zh: 行号, en: line}
    licence_no: {type: text, key: true, nullable: true, zh: 许可证号, en: licence}
    sku: {type: text, key: true, nullable: true, zh: 规格, en: SKU}
    final_cartons: {type: decimal, unit: 条, nullable: true, zh: 预测量, en: forecast cartons}
    mean_3m_cartons: {type: decimal, unit: 条, nullable: true, zh: 近三月均销量, en: 3-month mean}
    ratio_to_mean: {type: decimal, nullable: true, zh: 与均值之比, en: ratio to the mean}
"""


def finding(rule, outcome, title, message, **more):
    return {
        "rule": rule,
        "rule_version": 1,
        "title": {"zh": title[0], "en": title[1]},
        "outcome": outcome,
        "clauses": ["YQ-2.1"],
        "message": {"zh": message[0], "en": message[1]},
        "measured": {},
        "parameters": {},
        "lines": [],
        "lines_total": 0,
        "rows_judged": 1,
        "lead_only": False,
        "shadow": False,
        **more,
    }


def _slips(count):
    return [
        {
            "line": number,
            "licence_no": f"4203010{number:05d}",
            "sku": "42010101",
            "outcome": "flag",
            "measured": {"final_cartons": "170", "mean_3m_cartons": "16.666667", "ratio_to_mean": "10.2"},
            "message": {
                "zh": f"客户4203010{number:05d}的42010101预测170条,为近三月均值的10.2倍(上限8)。",
                "en": f"Customer 4203010{number:05d}, 42010101: 170 cartons, 10.2 times the mean (limit 8).",
            },
        }
        for number in range(1, count + 1)
    ]


def findings():
    return [
        finding(
            "WIN-02",
            "block",
            ("订单预测超出15—22日窗口", "Order forecast outside day 15–22"),
            (
                "客户订单预测于2026-11-25 09:30:01提交,超出2026-11规定窗口(2026-11-15至2026-11-22),迟3天,超过宽限2天。",
                "Order forecast submitted 2026-11-25 09:30:01, outside 2026-11-15 to 2026-11-22 of 2026-11: late 3 d.",
            ),
            measured={"days_late": 3, "window_last": "2026-11-22", "stage": "order"},
            parameters={"late_grace_days": "2", "roll_if_nonworking": False},
            clauses=["YQ-2.1", "YQ-2.5.2c"],
        ),
        finding(
            "ENT-06",
            "flag",
            ("疑似错录", "Probable slip"),
            (
                "客户420301000001的42010101预测170条,为近三月均值的10.2倍(上限8)。等25行",
                "Customer 420301000001, 42010101: 170 cartons, 10.2 times the mean (limit 8). and 24 more",
            ),
            measured={"final_cartons": "170", "mean_3m_cartons": "16.666667", "ratio_to_mean": "10.2"},
            parameters={"ratio": "8", "min_mean": "5"},
            lines=_slips(25),
            lines_total=25,
            rows_judged=1200,
        ),
        finding(
            "ENT-03",
            "not_evaluable",
            ("与历史不符", "Not in line with history"),
            ("缺少:近三月均销量。无法判断,不算通过。", "Missing: 3-month mean. It cannot be judged and is not a pass."),
            measured={"mean_3m_cartons": None},
        ),
        finding(
            "ENT-11",
            "note",
            ("整数偏好", "Preference for round numbers"),
            ("整十的占比为62%。", "62% of the quantities are round."),
            lead_only=True,
        ),
        finding(
            "ENT-12",
            "flag",
            ("试行的规则", "A rule on trial"),
            ("试行期间只列示。", "Shown while on trial."),
            shadow=True,
        ),
        finding(
            "ENT-01",
            "pass",
            ("必填项齐全", "Required fields present"),
            ("各行齐全。", "Every line is complete."),
            measured={"stage": "order"},
            parameters={"required": ["sku", "unit"]},
        ),
        finding("WIN-09", "not_applicable", ("规格齐全", "All SKUs present"), ("不适用于本事件。", "Not asked here.")),
    ]


def judgement(found, verdict):
    counts = dict.fromkeys(("pass", "note", "flag", "block", "not_evaluable", "not_applicable"), 0)
    for each in found:
        if not each["shadow"]:
            counts[each["outcome"]] += 1
    return {"verdict": verdict, "counts": counts, "engine": ENGINE, "findings": found}


def evidence_of(found, verdict, log_key, **evaluation_more):
    """Whole evidence for ``found``, which nobody has judged: good for everything but judging again."""
    facts = {"forecast": {"stage": ["order"], "days_late": [3]}}
    rulebook = {"event": "on_submit", "day": "2026-11-01", "files": {"_facts.yml": FACTS_FILE}}
    return whole(judgement(found, verdict), facts, rulebook, RULEBOOK_DIGEST, log_key, **evaluation_more)


RULE_FILES = {
    "_facts.yml": FACTS_FILE,
    "_events.yml": "on_submit: {packs: [WIN], subjects: [order_forecast], zh: 提交预测, en: a forecast is submitted}\n",
    "WIN/WIN-02.yml": """\
id: WIN-02
version: 1
status: active
title: {zh: 订单预测超出窗口, en: Order forecast outside its window}
clauses: [YQ-2.1]
event: on_submit
scope: forecast
effective: {from: 2026-01-01}
params:
  late_grace_days:
    - {from: 2026-01-01, value: 2, filing: GZ-202601-001}
branches:
  - severity: block
    when: days_late > $late_grace_days
    message:
      zh: 迟{days_late}天,超过宽限{late_grace_days}天。
      en: "Late {days_late} d, grace {late_grace_days} d."
evidence: [days_late, window_last]
""",
}


@cache
def replayable_evidence(log_key):
    """Evidence that really was judged, by a rulebook of one rule."""
    facts = {"forecast": {"stage": ["order"], "days_late": [3], "window_last": ["2026-11-22"]}}
    book = rulebook_from_files(RULE_FILES, "on_submit", date(2026, 11, 1))
    judged = Evaluator().judge(book, FactSet.from_json(facts)).as_json()
    rulebook = {"event": book.event, "day": book.day.isoformat(), "files": dict(book.files)}
    return whole(judged, facts, rulebook, book.digest, log_key)


def whole(judged, facts, rulebook, rulebook_digest, log_key, **evaluation_more):
    """Evidence in a log of 11 entries of which it is entry 5."""
    verdict = judged["verdict"]
    submission = {"stage": "order", "cycle": "2026-11", "lines": []}
    subject = {"kind": "order_forecast", "id": "F-202611-000045", "version": 2}
    actor = {"kind": "client", "id": "c-1", "name": f"预测系统 {ASTRAL_NAME}"}
    evaluation = {
        "id": "E-202611-000123",
        "event": "on_submit",
        "evaluated_at": EVALUATED_AT,
        "subject": subject,
        "cycle": "2026-11",
        "stage": "order",
        "account_manager": "AM-07",
        "territory_id": "T-07",
        "actor": actor,
        "simulated_clock": False,
        "payload_digest": digest_of(submission),
        "facts_digest": digest_of(facts),
        "rulebook_digest": rulebook_digest,
        "judgement_digest": digest_of(judged),
        "verdict": verdict,
        **evaluation_more,
    }
    told = ("cycle", "stage", "account_manager", "territory_id", "verdict", "simulated_clock")
    digests = ("payload_digest", "facts_digest", "rulebook_digest", "judgement_digest")
    event = Event(
        "forecast.submitted",
        evaluation["evaluated_at"],
        actor,
        subject,
        {"evaluation": evaluation["id"], **{name: evaluation[name] for name in told + digests}},
        "00112233445566778899aabbccddeeff",
    )
    return {
        "format": "henji-evidence/1",
        "document": "D19",
        "office": {"zh": "示例县烟草专卖局内部专卖管理监督办公室", "en": "Supervision Office, Sample County"},
        "public_url": "https://henji.example.org",
        "layout": LAYOUT,
        "evaluation": evaluation,
        "judgement": judged,
        "facts": facts,
        "rulebook": rulebook,
        "submission": submission,
        "log": log_part(event, log_key),
    }


def log_part(event, log_key, index=5, size=11):
    nodes = {}

    def get(level, place):
        return nodes[level, place]

    for number in range(size):
        data = event.leaf_data() if number == index else b"entry %d" % number
        for level, place, value in completed(number, leaf_hash(data), get):
            nodes[level, place] = value
    return {
        "origin": log_key.name,
        "verifier_key": log_key.verifier_key,
        "index": index,
        "size": size,
        "event": event.as_json(),
        "path": [base64.b64encode(value).decode() for value in inclusion_path(index, size, get)],
        "checkpoint": make_checkpoint(log_key, size, root(size, get)),
    }


@cache
def full_evidence(log_key):
    return evidence_of(findings(), "block", log_key)
