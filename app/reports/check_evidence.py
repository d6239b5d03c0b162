"""Check evidence against itself: every digest, every finding, the log entry and the way up to the signed checkpoint."""

import base64
from collections.abc import Mapping
from typing import Any

from app.audit.log.checkpoint import open_checkpoint, read_verifier_key
from app.audit.log.event import read_event
from app.audit.log.proof import verify_inclusion
from app.audit.log.tree import leaf_hash
from app.core.canonical import digest_of
from app.core.text import Bilingual
from app.keys.log_key import ed25519_verify
from app.reports.outcome import Check, Wrong, attempt
from app.reports.replay import Replayed, replay

_TOLD_IN_EVENT = (
    "cycle",
    "stage",
    "account_manager",
    "territory_id",
    "verdict",
    "simulated_clock",
    "payload_digest",
    "facts_digest",
    "rulebook_digest",
    "judgement_digest",
)


def check_evidence(evidence: Mapping[str, Any], log_key: str | None) -> list[Check]:
    """Return the checks of ``evidence`` (canonical, of our format), each independent of the others.

    ``log_key`` is the verifier key the reader holds of the log; None to take the one the seal vouches for.
    """
    return [
        attempt("digests", lambda: _digests(evidence)),
        attempt("findings", lambda: _findings(evidence, replay(evidence))),
        attempt("event", lambda: _event(evidence)),
        attempt("inclusion", lambda: _inclusion(evidence)),
        attempt("checkpoint", lambda: _checkpoint(evidence, log_key)),
    ]


def _digests(evidence: Mapping[str, Any]) -> Bilingual:
    evaluation = evidence["evaluation"]
    parts = (
        ("payload_digest", "submission", "所提交内容", "the submission"),
        ("facts_digest", "facts", "事实", "the facts"),
        ("judgement_digest", "judgement", "判定结果", "the judgement"),
    )
    for name, part, zh, en in parts:
        if digest_of(evidence[part]) != evaluation[name]:
            raise Wrong(f"{zh}与登记的摘要不符。", f"The digest on record is not the one of {en}.")
    if evidence["judgement"]["verdict"] != evaluation["verdict"]:
        raise Wrong("结论与判定结果不符。", "The verdict is not the one of the judgement.")
    return Bilingual(
        "所提交内容、事实、判定结果的摘要均与登记相符。",
        "The digests of submission, facts and judgement are those on record.",
    )


def _findings(evidence: Mapping[str, Any], replayed: Replayed) -> Bilingual:
    if replayed.rulebook_digest != evidence["evaluation"]["rulebook_digest"]:
        raise Wrong("所附规则与登记的规则集摘要不符。", "The attached rules are not the rulebook on record.")
    kept, again = evidence["judgement"], replayed.judgement
    if kept["engine"] != again["engine"]:
        # Another version of the engine may put a finding into other words, but never into other numbers.
        kept, again = _without_sentences(kept), _without_sentences(again)
    differing = _differing(kept["findings"], again["findings"])
    if differing:
        listed = "、".join(differing)
        raise Wrong(f"重新判定的结果与记录不同：{listed}。", f"Judging again gives other findings: {listed}.")
    if {**kept, "engine": ""} != {**again, "engine": ""}:
        raise Wrong("重新判定的结论或计数与记录不同。", "Judging again gives another verdict or other counts.")
    count = len(kept["findings"])
    return Bilingual(
        f"用所附规则与事实重新判定，{count} 条规则的结果、数值与结论完全相同。",
        f"Judging the attached facts by the attached rules gives the same {count} findings, numbers and verdict again.",
    )


def _without_sentences(judgement: Mapping[str, Any]) -> dict[str, Any]:
    def silent(part: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in part.items() if name != "message"}

    findings = [
        {**silent(finding), "lines": [silent(line) for line in finding["lines"]]} for finding in judgement["findings"]
    ]
    return {**judgement, "findings": findings}


def _differing(kept: list[Mapping[str, Any]], again: list[Mapping[str, Any]]) -> list[str]:
    first = {finding["rule"]: finding for finding in kept}
    second = {finding["rule"]: finding for finding in again}
    return sorted(rule for rule in first.keys() | second.keys() if first.get(rule) != second.get(rule))


def _event(evidence: Mapping[str, Any]) -> Bilingual:
    evaluation, event = evidence["evaluation"], read_event(evidence["log"]["event"])
    pairs = {
        "evaluation": (event.body["evaluation"], evaluation["id"]),
        "at": (event.at, evaluation["evaluated_at"]),
        "actor": (event.actor, evaluation["actor"]),
        "subject": (event.subject, evaluation["subject"]),
        **{name: (event.body[name], evaluation[name]) for name in _TOLD_IN_EVENT},
    }
    differing = [name for name, (logged, stated) in pairs.items() if logged != stated]
    if differing:
        listed = ", ".join(differing)
        raise Wrong(f"日志记录与本次评估不符：{listed}。", f"The log entry differs from the evaluation in: {listed}.")
    return Bilingual(
        f"日志第 {evidence['log']['index']} 条记录的正是本次评估：时间、提交方、对象、结论与四个摘要均相符。",
        f"Entry {evidence['log']['index']} of the log is this evaluation: time, actor, subject, verdict and the four "
        "digests are the same.",
    )


def _inclusion(evidence: Mapping[str, Any]) -> Bilingual:
    log = evidence["log"]
    key = read_verifier_key(log["verifier_key"])
    checkpoint = open_checkpoint(log["checkpoint"], key, ed25519_verify)
    path = [base64.b64decode(value, validate=True) for value in log["path"]]
    leaf = leaf_hash(read_event(log["event"]).leaf_data())
    if checkpoint.size != log["size"] or not verify_inclusion(log["index"], log["size"], leaf, path, checkpoint.root):
        raise Wrong(
            "日志证明不成立：该记录不在检查点所述的日志中。",
            "The log proof does not hold: the entry is not in the log.",
        )
    return Bilingual(
        f"该记录确实在检查点所述的 {checkpoint.size} 条日志中，位于第 {log['index']} 条。",
        f"The entry is in the log of {checkpoint.size} entries that the checkpoint states, at index {log['index']}.",
    )


def _checkpoint(evidence: Mapping[str, Any], log_key: str | None) -> Bilingual:
    log = evidence["log"]
    key = read_verifier_key(log["verifier_key"] if log_key is None else log_key)
    checkpoint = open_checkpoint(log["checkpoint"], key, ed25519_verify)
    if checkpoint.origin != log["origin"] or key.text != log["verifier_key"]:
        raise Wrong("检查点不属于证据所称的日志。", "The checkpoint is not of the log the evidence names.")
    if log_key is None:
        return Bilingual(
            f"检查点由日志 {key.name} 的密钥签署；该公钥由系统印章担保，可用 --log-key 与您持有的公钥核对。",
            f"The checkpoint is signed by the key of the log {key.name}, which the seal vouches for; give --log-key to "
            "compare it with the one you hold.",
        )
    return Bilingual(
        f"检查点由您给出的日志公钥 {key.name} 签署。", f"The checkpoint is signed by the log key {key.name} you gave."
    )
