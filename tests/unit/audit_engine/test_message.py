from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.engine.catalogue import FactSpec, FactType
from app.audit.engine.message import (
    TemplateError,
    measured_value,
    parse_template,
    plain_decimal,
    plain_micro,
    printed_parameter,
    speaker,
    spoken_parameter,
)
from app.audit.fact import MICRO
from app.core.text import Bilingual

TITLE = Bilingual("甲", "a")


@pytest.mark.parametrize(
    ("micro", "printed"),
    [
        (10_200_000, "10.2"),
        (8 * MICRO, "8"),
        (0, "0"),
        (-500_000, "-0.5"),
        (1, "0.000001"),
        (-1, "-0.000001"),
        (10**18, "1000000000000"),
    ],
)
def test_millionths_print_as_plain_decimals(micro, printed):
    assert plain_micro(micro) == printed


@given(st.integers(-(10**18), 10**18))
def test_what_prints_reads_back_as_the_same_number(micro):
    assert Decimal(plain_micro(micro)) * MICRO == micro
    assert plain_decimal(Decimal(micro) / MICRO) == plain_micro(micro)


@pytest.mark.parametrize(
    ("number", "printed"), [("1E+3", "1000"), ("7.50", "7.5"), ("-0.0", "0"), ("0.20", "0.2"), ("100", "100")]
)
def test_a_decimal_prints_without_exponent_and_trailing_zeros(number, printed):
    assert plain_decimal(Decimal(number)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [(8, "8"), (Decimal("7.50"), "7.5"), (True, True), ("x", "x"), ((1, Decimal("0.5"), "y"), ["1", "0.5", "y"])],
)
def test_a_parameter_prints_numbers_as_text(value, printed):
    assert printed_parameter(value) == printed


SPOKEN = [
    (FactSpec("f", FactType.INT, TITLE), 5, Bilingual("5", "5")),
    (FactSpec("f", FactType.DECIMAL, TITLE), 5_500_000, Bilingual("5.5", "5.5")),
    (FactSpec("f", FactType.BOOL, TITLE), True, Bilingual("是", "yes")),
    (FactSpec("f", FactType.BOOL, TITLE), False, Bilingual("否", "no")),
    (FactSpec("f", FactType.ENUM, TITLE, values={"v": Bilingual("拜访", "visit")}), "v", Bilingual("拜访", "visit")),
    (FactSpec("f", FactType.TEXT, TITLE), None, Bilingual("(缺失)", "(missing)")),
    (FactSpec("f", FactType.LIST, TITLE), ["a", "b"], Bilingual("a、b", "a, b")),
    (FactSpec("f", FactType.LIST, TITLE), [], Bilingual("无", "none")),
    (
        FactSpec("f", FactType.LIST, TITLE),
        list(range(12)),
        Bilingual("0、1、2、3、4、5、6、7、8、9等12项", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
    ),
]


@pytest.mark.parametrize(("spec", "cell", "spoken"), SPOKEN)
def test_a_fact_is_said_in_both_languages(spec, cell, spoken):
    assert speaker(spec)(cell) == (spoken.zh, spoken.en)


def test_a_parameter_is_said_in_both_languages():
    assert spoken_parameter((1, 2)) == ("1、2", "1, 2")
    assert spoken_parameter(False) == ("否", "no")


def test_a_list_is_measured_as_it_is():
    assert measured_value(FactSpec("f", FactType.LIST, TITLE), ("a", 1)) == ["a", 1]


def test_a_template_puts_in_names_and_nothing_else():
    template = parse_template(Bilingual("{{{a}}}与{b}", "{b} and {a}"))
    assert template.names == ("a", "b")
    filled = template.fill({"a": ("{b}", "{b}"), "b": ("乙", "B")})
    assert filled == Bilingual("{{b}}与乙", "B and {b}")


@pytest.mark.parametrize("text", ["{", "}", "{a", "{a.b}", "{a!r}", "{a:d}", "{0}", "{}", "{A}", "{a[0]}"])
def test_any_other_brace_is_refused(text):
    with pytest.raises(TemplateError):
        parse_template(Bilingual(text, "x"))
