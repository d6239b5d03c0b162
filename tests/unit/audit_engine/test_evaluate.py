import json
import os
import threading
from datetime import date

import pytest

from app.audit.engine import durable
from app.audit.engine.columns import read_columns
from app.audit.engine.durable import DurableEngine, EngineFailure
from app.audit.engine.evaluate import ENGINE, Evaluator
from app.audit.engine.faults import EngineBroken, FactsRefused
from app.audit.engine.loader import rulebook_from_files
from app.audit.fact import MICRO, FactSet, FactTable, fact_set
from app.audit.finding import Outcome
from app.core.canonical import digest_of


def lines(**columns):
    rows = len(next(iter(columns.values())))
    return fact_set(FactTable("line", {"line": list(range(1, rows + 1)), **columns}))


def head(**cells):
    return fact_set(FactTable("head", {name: [cell] for name, cell in cells.items()}))


def only(judgement):
    (finding,) = judgement.findings
    return finding


# ------------------------------------------------------------------ the five steps of one row


ROWS = [
    ("applies lacks its fact", {"cartons": None, "ratio": 9 * MICRO}, "not_evaluable", ("cartons",)),
    ("applies is false", {"cartons": 0, "ratio": 9 * MICRO}, "not_applicable", ()),
    ("applies is false and the branch lacks its fact", {"cartons": 0, "ratio": None}, "not_applicable", ()),
    ("the branch lacks its fact", {"cartons": 1, "ratio": None}, "not_evaluable", ("ratio",)),
    ("the branch is true", {"cartons": 1, "ratio": 8 * MICRO}, "flag", ()),
    ("the branch is just not true", {"cartons": 1, "ratio": 8 * MICRO - 1}, "pass", ()),
    ("both lack their facts", {"cartons": None, "ratio": None}, "not_evaluable", ("cartons",)),
]


@pytest.mark.parametrize(("what", "cells", "outcome", "missing"), ROWS, ids=[row[0] for row in ROWS])
def test_one_row_is_judged_step_by_step(what, cells, outcome, missing, rulebook, evaluator):
    book = rulebook("ratio >= 8", applies="cartons > 0")
    finding = only(evaluator.judge(book, lines(**{name: [cell] for name, cell in cells.items()})))
    assert finding.outcome.value == outcome
    assert (finding.rows[0].missing if finding.rows else ()) == missing


GUARDS = [
    ("has(ratio) && ratio >= 8", None, "pass"),
    ("has(ratio) && ratio >= 8", 8 * MICRO, "flag"),
    ("!has(ratio) || ratio >= 8", None, "flag"),
    ("!has(ratio)", None, "flag"),
    ("has(ratio)", None, "pass"),
    ("!(has(ratio) && ratio < 8)", None, "flag"),
    ("has(ratio) || ratio >= 8", None, "not_evaluable"),
    ("ratio != 8", None, "not_evaluable"),
    ("!(ratio >= 8)", None, "not_evaluable"),
    ("has(ratio) && (ratio >= 8 || cartons > 1)", None, "not_evaluable"),
]


@pytest.mark.parametrize(("condition", "ratio", "outcome"), GUARDS)
def test_a_missing_fact_never_passes_unless_has_guards_it(condition, ratio, outcome, rulebook, evaluator):
    finding = only(evaluator.judge(rulebook(condition), lines(ratio=[ratio], cartons=[None])))
    assert finding.outcome.value == outcome


def test_a_column_that_was_not_computed_is_missing_in_every_row(rulebook, evaluator):
    finding = only(evaluator.judge(rulebook("ratio >= 8"), lines(cartons=[1, 2])))
    assert [row.missing for row in finding.rows] == [("ratio",), ("ratio",)]
    assert finding.message.zh == "缺少倍数,无法评估。(等2行)"


def test_the_first_branch_that_is_true_wins(rulebook, evaluator):
    book = rulebook("block: cartons >= 10", "flag: cartons >= 5", "note: cartons >= 1")
    finding = only(evaluator.judge(book, lines(cartons=[1, 10, 5, 0])))
    assert [(row.outcome.value, row.place["line"]) for row in finding.rows] == [("block", 2), ("flag", 3), ("note", 1)]
    assert (finding.outcome, finding.rows_judged, finding.rows_total) == (Outcome.BLOCK, 4, 3)


def test_missing_data_stands_between_a_flag_and_a_note(rulebook, evaluator):
    book = rulebook("flag: cartons >= 5", "note: cartons >= 1")
    finding = only(evaluator.judge(book, lines(cartons=[1, None, 6])))
    assert [row.outcome.value for row in finding.rows] == ["flag", "not_evaluable", "note"]


def test_a_table_without_rows_passes_because_there_is_nothing_to_judge(rulebook, evaluator):
    finding = only(evaluator.judge(rulebook("cartons > 0"), lines(cartons=[])))
    assert (finding.outcome, finding.rows_judged) == (Outcome.PASS, 0)
    assert finding.message.en == "There is nothing to judge."


def test_a_table_that_is_absent_is_not_evaluable(rulebook, evaluator):
    finding = only(evaluator.judge(rulebook("cartons > 0"), FactSet({})))
    assert finding.outcome is Outcome.NOT_EVALUABLE
    assert "明细行" in finding.message.zh


def test_a_rule_of_another_event_answers_not_applicable(rulebook, evaluator):
    finding = only(evaluator.judge(rulebook("cartons > 0", event="on_close"), FactSet({})))
    assert (finding.outcome, finding.message.zh) == (Outcome.NOT_APPLICABLE, "本规则不在此事件下评估。")


def test_a_rule_that_applies_to_no_row_is_not_applicable(rulebook, evaluator):
    finding = only(
        evaluator.judge(rulebook("by_hand", applies="cartons > 0"), lines(cartons=[0, 0], by_hand=[True, True]))
    )
    assert finding.outcome is Outcome.NOT_APPLICABLE


def test_a_rule_that_applies_to_one_row_passes(rulebook, evaluator):
    book = rulebook("by_hand", applies="cartons > 0")
    assert only(evaluator.judge(book, lines(cartons=[0, 1], by_hand=[True, False]))).outcome is Outcome.PASS


def test_a_shadow_rule_is_shown_and_never_decides(rulebook, evaluator):
    judgement = evaluator.judge(rulebook("block: cartons > 0", status="shadow"), lines(cartons=[1]))
    assert (only(judgement).outcome, only(judgement).shadow, judgement.verdict) == (Outcome.BLOCK, True, Outcome.PASS)


# ------------------------------------------------------------------ what a finding says


def test_a_finding_says_where_how_much_and_by_which_parameter(files, read, evaluator):
    book = read(files).rulebook("on_submit", date(2026, 8, 1))
    facts = lines(
        sku=["a", "b", None],
        cartons=[20, 30, 40],
        ratio=[7_500_000, 10_200_000, 7_499_999],
        by_hand=[False, True, True],
    )
    finding = only(evaluator.judge(book, facts))
    assert finding.message.zh == "b第2行10.2倍,超过7.5。(等2行)"
    assert finding.message.en == "b, line 2: 10.2 times, over 7.5. (and 1 more)"
    assert finding.measured == {"ratio": "10.2", "by_hand": True, "cartons": 30}
    assert finding.parameters == {"most": "7.5"}
    assert [row.place for row in finding.rows] == [{"line": 2, "sku": "b"}, {"line": 1, "sku": "a"}]
    assert finding.rows[1].message.zh == "a为7.5倍。"


def test_a_rule_about_one_row_shows_its_numbers_even_when_it_passes(rulebook, evaluator):
    book = rulebook("late_days > 2", scope="head", evidence="[state]")
    finding = only(evaluator.judge(book, head(late_days=1, state="done")))
    assert (finding.outcome, finding.measured, finding.rows) == (Outcome.PASS, {"late_days": 1, "state": "done"}, ())
    assert only(evaluator.judge(book, head(late_days=3, state="done"))).rows[0].place == {}


def test_a_row_that_does_not_say_what_it_is_about_is_known_by_its_number(rulebook, evaluator):
    facts = fact_set(FactTable("line", {"cartons": [0, 1], "line": [None, None]}))
    assert only(evaluator.judge(rulebook("cartons > 0"), facts)).rows[0].place == {"row": 2}


def test_a_judgement_has_a_canonical_form(files, read, evaluator):
    judgement = evaluator.judge(
        read(files).rulebook("on_submit", date(2026, 8, 1)), lines(ratio=[9 * MICRO], cartons=[1], by_hand=[None])
    )
    assert digest_of(judgement.as_json()).startswith("sha256:")
    assert judgement.engine == ENGINE == "durable-rules 2.0.28 + henji-twin 1"


# ------------------------------------------------------------------ replay and order


def test_a_stored_evaluation_gives_the_same_judgement_again(files, read, evaluator):
    book = read(files).rulebook("on_submit", date(2026, 8, 1))
    facts = lines(sku=["a", None], cartons=[20, 30], ratio=[9 * MICRO, None], by_hand=[False, True])
    stored = json.loads(
        json.dumps({"facts": facts.as_json(), "files": book.files, "event": book.event, "day": str(book.day)})
    )
    again = rulebook_from_files(stored["files"], stored["event"], date.fromisoformat(stored["day"]))
    assert again.digest == book.digest
    replayed = Evaluator().judge(again, FactSet.from_json(stored["facts"]))
    assert replayed.as_json() == evaluator.judge(book, facts).as_json()


def test_the_order_of_files_and_facts_changes_nothing(files, read, rule_file, evaluator):
    for number in range(2, 6):
        files[f"AA/AA-0{number}.yml"] = rule_file(f"cartons > {number}", rule_id=f"AA-0{number}")
    forwards, backwards = read(files), read(dict(reversed(files.items())))
    day = date(2026, 3, 1)
    columns = {"sku": ["a", "b"], "cartons": [4, 9], "ratio": [MICRO, 2 * MICRO], "by_hand": [True, False]}
    one = evaluator.judge(forwards.rulebook("on_submit", day), lines(**columns))
    other = evaluator.judge(backwards.rulebook("on_submit", day), lines(**dict(reversed(columns.items()))))
    assert forwards.rulebook("on_submit", day).digest == backwards.rulebook("on_submit", day).digest
    assert json.dumps(one.as_json()) == json.dumps(other.as_json())


# ------------------------------------------------------------------ nothing wrong gets in


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), 1.5, 10**30, -(10**19), "7", True, [1]])
def test_a_number_that_is_none_is_not_judged_and_raises_an_alarm(cell, rulebook, evaluator):
    judgement = evaluator.judge(rulebook("cartons < 5"), lines(cartons=[1, cell, 9]))
    finding = only(judgement)
    assert [(row.place["line"], row.outcome.value) for row in finding.rows] == [(1, "flag"), (2, "not_evaluable")]
    assert judgement.alarms == ("fact.unusable line.cartons rows [1]",)


@pytest.mark.parametrize(
    ("fact", "cell"), [("by_hand", 1), ("by_hand", "true"), ("unit", "包"), ("unit", 3), ("unit", "条" * 300)]
)
def test_a_value_of_the_wrong_kind_is_not_judged_and_raises_an_alarm(fact, cell, rulebook, evaluator):
    columns = {"unit": ["条"], "by_hand": [True]} | {fact: [cell]}
    judgement = evaluator.judge(rulebook('unit == "条" || by_hand'), lines(**columns))
    assert only(judgement).outcome is Outcome.NOT_EVALUABLE
    assert judgement.alarms == (f"fact.unusable line.{fact} rows [0]",)


@pytest.mark.parametrize(
    "facts",
    [
        fact_set(FactTable("lines", {"cartons": [1]})),
        lines(cartons=[1], cartoons=[1]),
        fact_set(FactTable("line", {"line": [1], "cartons": [1, 2]})),
        fact_set(FactTable("head", {"late_days": [1, 2]})),
        fact_set(FactTable("head", {"late_days": []})),
    ],
    ids=["an unknown scope", "an unknown fact", "columns of two lengths", "two rows of one", "no row of one"],
)
def test_facts_that_do_not_fit_the_catalogue_are_refused(facts, rulebook, evaluator):
    with pytest.raises(FactsRefused):
        evaluator.judge(rulebook("cartons > 0"), facts)


def test_text_from_outside_does_not_reach_the_engine(rulebook, evaluator, monkeypatch):
    seen = []
    asked = durable._run
    monkeypatch.setattr(durable, "_run", lambda handle, texts: seen.extend(texts) or asked(handle, texts))
    facts = lines(sku=['","id":"0'], cartons=[1], names=[["x"]])
    assert only(evaluator.judge(rulebook("has(sku) && has(names) && cartons > 0"), facts)).outcome is Outcome.FLAG
    assert seen == ['{"id":"0","sid":"e","kind":"row","sku":1,"names":1,"cartons":1}']


# ------------------------------------------------------------------ faults put into the engine


def test_a_changed_threshold_in_the_engine_is_found_out(rulebook, monkeypatch):
    define = durable.define
    monkeypatch.setattr("app.audit.engine.plan.define", lambda *asked: _replaced(define(*asked), '": 8}', '": 7}'))
    judgement = Evaluator().judge(rulebook("cartons >= 8"), lines(cartons=[6, 7, 8]))
    finding = only(judgement)
    assert (finding.outcome, len(finding.rows)) == (Outcome.NOT_EVALUABLE, 3)
    assert judgement.alarms == (
        "engine.disagreement AA-01 v1 branch 1: rows only durable-rules hits [1], only the twin []",
    )


def test_a_row_that_the_engine_drops_is_found_out_and_other_rules_still_conclude(files, read, rule_file, monkeypatch):
    files["AA/AA-01.yml"] = rule_file("cartons >= 8")
    files["AA/AA-02.yml"] = rule_file("cartons >= 100", rule_id="AA-02")
    monkeypatch.setattr(durable, "_run", lambda handle, texts, run=durable._run: run(handle, texts[:1]))
    judgement = Evaluator().judge(read(files).rulebook("on_submit", date(2026, 3, 1)), lines(cartons=[9, 10]))
    assert {finding.rule: finding.outcome.value for finding in judgement.findings} == {
        "AA-01": "not_evaluable",
        "AA-02": "pass",
    }
    assert len(judgement.alarms) == 1
    assert judgement.verdict is Outcome.FLAG


@pytest.mark.parametrize("fault", ["a status", "an exception", "a definition", "the opening"])
def test_a_failing_engine_concludes_nothing(fault, rulebook, monkeypatch):
    class Broken:
        def __getattr__(self, name):
            return getattr(durable_engine, name)

    durable_engine = durable.engine
    broken = Broken()
    broken.assert_fact = {
        "a status": lambda handle, text: (2, 0) if '"kind":"row"' in text else durable_engine.assert_fact(handle, text),
        "an exception": lambda handle, text: (
            _raise() if '"kind":"row"' in text else durable_engine.assert_fact(handle, text)
        ),
        "the opening": lambda handle, text: (1, 0),
    }.get(fault, durable_engine.assert_fact)
    if fault == "a definition":
        broken.create_ruleset = lambda name, text: _raise()
    monkeypatch.setattr(durable, "engine", broken)
    judgement = Evaluator().judge(rulebook("cartons >= 8"), lines(cartons=[9]))
    assert only(judgement).outcome is Outcome.NOT_EVALUABLE
    assert judgement.alarms[0].startswith("engine.failure line: ")


def _raise():
    raise MemoryError


def _replaced(definition, old, new):
    from dataclasses import replace

    assert old in definition.shards[0].definition
    shards = tuple(replace(shard, definition=shard.definition.replace(old, new)) for shard in definition.shards)
    return replace(definition, shards=shards)


def test_the_canary_is_quiet_when_all_is_well(evaluator):
    assert evaluator.canary() is None


@pytest.mark.parametrize(
    "patch",
    [
        ("app.audit.engine.canary.NAME", "durable-rules 2.0.29"),
        ("app.audit.engine.durable._MATCHED", 7),
        ("app.audit.engine.durable._written", lambda column: ("%s", [""] * len(column.cells))),
    ],
    ids=["another version", "another protocol", "no facts"],
)
def test_the_canary_dies_of_a_wrong_engine(patch, monkeypatch):
    monkeypatch.setattr(*patch)
    with pytest.raises(EngineBroken):
        Evaluator().canary()


# ------------------------------------------------------------------ handles


def test_threads_with_several_rulebooks_agree_with_one_thread(rulebook, evaluator):
    books = [rulebook(f"cartons >= {limit}") for limit in range(1, 25)]
    facts = lines(cartons=list(range(30)))
    expected = [evaluator.judge(book, facts).as_json() for book in books]
    wrong = []

    def work(offset):
        for turn in range(60):
            place = (turn * 7 + offset) % len(books)
            judgement = evaluator.judge(books[place], facts)
            if judgement.alarms or judgement.as_json() != expected[place]:
                wrong.append(place)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_only_so_many_rulebooks_stay_loaded_and_the_rest_is_unloaded(rulebook, monkeypatch):
    class Counting:
        loaded = 0

        def __getattr__(self, name):
            return getattr(real, name)

        def create_ruleset(self, name, text):
            self.loaded += 1
            return real.create_ruleset(name, text)

        def delete_ruleset(self, handle):
            self.loaded -= 1
            return real.delete_ruleset(handle)

    real, counting = durable.engine, Counting()
    monkeypatch.setattr(durable, "engine", counting)
    evaluator = Evaluator()
    for limit in range(durable.MOST_RULEBOOKS + 10):
        evaluator.judge(rulebook(f"cartons >= {limit}"), lines(cartons=[1]))
    assert counting.loaded == durable.MOST_RULEBOOKS
    evaluator.close()
    assert counting.loaded == 0


def test_a_forked_child_makes_its_own_handles(rulebook, evaluator):
    book, facts = rulebook("cartons >= 8"), lines(cartons=[8, 7])
    before = evaluator.judge(book, facts).as_json()
    child = os.fork()
    if child == 0:
        same = evaluator.judge(book, facts).as_json() == before
        os._exit(0 if same and evaluator._engine._pid == os.getpid() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_more_rows_than_are_asked_at_once_are_all_judged(rulebook, evaluator):
    cartons = [number % 7 for number in range(2 * durable.ROWS_AT_ONCE + 5)]
    finding = only(evaluator.judge(rulebook("cartons == 6"), lines(cartons=cartons)))
    assert [row.place["line"] - 1 for row in finding.rows] == [n for n, value in enumerate(cartons) if value == 6]


def test_an_engine_failure_unloads_the_handle_it_happened_on(rulebook, monkeypatch):
    monkeypatch.setattr(durable, "_run", lambda handle, texts: _raise())
    engine, book = DurableEngine(), rulebook("cartons > 1")
    scope = book.catalogue.scopes["line"]
    definition = durable.define("k", [book.rules[0].branches[0]], scope)
    columns = read_columns(scope, lines(cartons=[1]).tables["line"], ["cartons"])
    with pytest.raises(EngineFailure):
        engine.ask(definition, columns)
    assert not engine._idle


def test_after_a_fork_nothing_of_the_parent_is_used(rulebook, evaluator, monkeypatch):
    book, facts = rulebook("cartons >= 3"), lines(cartons=[3])
    evaluator.judge(book, facts)
    monkeypatch.setattr(durable.os, "getpid", lambda: -1)
    monkeypatch.setattr(durable._Session, "close", lambda session: pytest.fail("a handle of the parent was unloaded"))
    assert only(evaluator.judge(book, facts)).outcome is Outcome.FLAG
    assert list(evaluator._engine._idle) == [f"{book.digest} line"]


def test_an_engine_that_answers_the_opening_twice_concludes_nothing(rulebook, monkeypatch):
    drained = durable._drain
    monkeypatch.setattr(durable, "_drain", lambda handle, offset: [*drained(handle, offset)] * 2)
    judgement = Evaluator().judge(rulebook("cartons >= 8"), lines(cartons=[9]))
    assert "2 messages for the opening fact" in judgement.alarms[0]


def test_a_text_of_the_wrong_kind_is_not_judged(rulebook, evaluator):
    judgement = evaluator.judge(rulebook("has(sku)"), lines(sku=["a", 7]))
    assert judgement.alarms == ("fact.unusable line.sku rows [1]",)
    assert only(judgement).rows_total == 1
