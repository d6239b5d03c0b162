from pathlib import Path

from app.core.canonical import canonical_bytes
from app.reports.evaluation_record import compose_evaluation_record, evidence_hash, verify_url

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "d19_evaluation_record.txt"


def test_the_record_of_one_evaluation_reads_as_it_did(samples, log_key):
    whole = {**samples.full_evidence(log_key), "layout": "golden"}
    assert compose_evaluation_record(whole).as_text() == GOLDEN.read_text(encoding="utf-8")


def test_the_order_of_members_in_the_evidence_changes_nothing(samples, log_key):
    evidence = samples.full_evidence(log_key)
    backwards = _backwards(evidence)
    assert list(backwards) != list(evidence)
    assert compose_evaluation_record(backwards) == compose_evaluation_record(evidence)


def _backwards(value):
    if isinstance(value, dict):
        return {key: _backwards(member) for key, member in reversed(value.items())}
    return [_backwards(member) for member in value] if isinstance(value, list) else value


def test_every_rule_that_was_asked_is_in_the_record(samples, log_key):
    text = compose_evaluation_record(samples.full_evidence(log_key)).as_text()
    for rule in ("WIN-02", "ENT-06", "ENT-03", "ENT-11", "ENT-12", "ENT-01", "WIN-09"):
        assert f"{rule} v1" in text


def test_no_more_than_twenty_lines_are_printed_and_the_total_is_said(samples, log_key):
    text = compose_evaluation_record(samples.full_evidence(log_key)).as_text()
    assert "420301000020" in text
    assert "420301000021" not in text
    assert "列出前 20 行，共 25 行；全部见所附证据。" in text


def test_a_statistical_lead_says_that_it_is_no_finding_of_wrongdoing(samples, log_key):
    text = compose_evaluation_record(samples.full_evidence(log_key)).as_text()
    assert "统计线索，不作为违规结论" in text


def test_the_seal_is_not_called_a_persons_signature(samples, log_key):
    document = compose_evaluation_record(samples.full_evidence(log_key))
    assert "不是任何个人的电子签名" in document.as_text()
    assert [field.name for field in document.signature_fields] == ["seal_system", None]


def test_a_simulated_clock_is_said_on_every_page_and_a_real_one_is_not(samples, log_key):
    real = compose_evaluation_record(samples.full_evidence(log_key))
    simulated = compose_evaluation_record(samples.evidence_of([], "pass", log_key, simulated_clock=True))
    assert real.banner is None
    assert simulated.banner.zh.startswith("模拟时钟")
    assert "!! 模拟时钟" in simulated.as_text()


def test_an_evaluation_without_findings_says_so(samples, log_key):
    text = compose_evaluation_record(samples.evidence_of([], "pass", log_key)).as_text()
    assert "没有。 | Nothing." in text
    assert "没有。 | None." in text


def test_the_qr_code_keeps_the_digest_of_the_evidence_from_the_server(samples, log_key):
    evidence = samples.full_evidence(log_key)
    digest = evidence_hash(canonical_bytes(evidence))
    address = verify_url("https://henji.example.org/", "E-1", digest)
    assert address.startswith("https://henji.example.org/verify/E-1#")
    assert "=" not in address
    assert f"QR {verify_url(evidence['public_url'], 'E-202611-000123', digest)}" in (
        compose_evaluation_record(evidence).as_text()
    )


def test_the_moment_is_printed_in_the_offices_zone_with_its_offset(samples, log_key):
    text = compose_evaluation_record(samples.full_evidence(log_key)).as_text()
    assert "2026-11-16 09:30:01.214 +08:00" in text


def test_values_print_as_people_read_them(samples, log_key):
    found = samples.finding(
        "ENT-01",
        "flag",
        ("题", "Title"),
        ("话", "Message"),
        measured={
            "stage": "order",
            "window_last": None,
            "odd": [{"b": 1, "a": 2}],
            "few": ["x", "y"],
            "many": list(range(12)),
            "yes": True,
        },
    )
    text = compose_evaluation_record(samples.evidence_of([found], "flag", log_key)).as_text()
    assert "measured 环节 | stage = 客户订单 | order" in text
    assert "measured 窗口末日 | last day of the window = 无 | none" in text
    assert "measured many = 0、1、2、3、4、5、6、7、8、9 等 12 项 | 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 ... 12 in all" in text
    assert "measured few = x、y | x, y" in text
    assert "measured odd = a=2, b=1" in text
    assert "measured yes = 是 | yes" in text


def test_without_a_catalogue_facts_are_called_by_their_codes(samples, log_key):
    evidence = samples.full_evidence(log_key)
    bare = {**evidence, "rulebook": {**evidence["rulebook"], "files": {}}}
    assert "measured days_late = 3" in compose_evaluation_record(bare).as_text()


def test_a_silent_rule_on_trial_and_a_short_list_of_lines_are_said_as_they_are(samples, log_key):
    lines = samples.findings()[1]["lines"][:2]
    words = (("题", "Title"), ("话", "Message"))
    found = [
        samples.finding("ENT-02", "pass", *words, shadow=True),
        samples.finding("ENT-06", "flag", *words, lines=lines, lines_total=2),
    ]
    text = compose_evaluation_record(samples.evidence_of(found, "flag", log_key)).as_text()
    assert "话 · 试行 | Message · on trial" in text
    assert "列出前" not in text
