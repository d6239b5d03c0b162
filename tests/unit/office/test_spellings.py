"""Every spelling offices are known to use, and that a spelling not listed is not guessed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.office import normalise
from app.office.month import Month
from app.office.visible_text import clean_text, folded, hidden_characters, shown

HUGE = 10**5000
"""More digits than the interpreter is willing to print."""


@pytest.mark.parametrize(
    ("raw", "grade"),
    [
        ("二十三档", 23),
        ("第二十三档", 23),
        ("二十三档位", 23),
        ("23", 23),
        ("D23", 23),
        ("d03", 3),
        ("23档", 23),
        (" ２３ 档 ", 23),
        ("Ｄ２３", 23),
        ("23.0", 23),
        ("廿三", 23),
        ("三十档", 30),
        ("十档", 10),
        ("十一", 11),
        ("一档", 1),
        (23, 23),
        (1, 1),
        (30, 30),
        (0, None),
        (31, None),
        (-3, None),
        (True, None),
        pytest.param(HUGE, None, id="huge"),
        (23.0, None),
        (None, None),
        ("", None),
        ("三十一档", None),
        ("二三", None),
        ("23.5", None),
        ("A级", None),
        ("23 24", None),
        (["23"], None),
    ],
)
def test_a_grade_is_read_however_it_is_written(raw, grade):
    assert normalise.read_grade(raw) == grade


@pytest.mark.parametrize(
    ("number", "text"), [(0, "〇"), (0, "零"), (2, "两"), (20, "二十"), (35, "卅五"), (99, "九十九")]
)
def test_chinese_numerals_are_numbers(number, text):
    assert normalise.read_chinese_number(text) == number


@pytest.mark.parametrize("text", ["", "十十", "二二", "廿十", "百"])
def test_what_is_no_chinese_numeral_up_to_99_is_no_number(text):
    assert normalise.read_chinese_number(text) is None


@pytest.mark.parametrize("raw", ["是", "有", "true", "TRUE", "True", "1", "１", "Y", "yes", "√", True, 1])
def test_yes_is_read_however_it_is_written(raw):
    assert normalise.read_yes_no(raw) is True


@pytest.mark.parametrize("raw", ["否", "无", "没有", "false", "FALSE", "0", "N", "no", "×", False, 0])
def test_no_is_read_however_it_is_written(raw):
    assert normalise.read_yes_no(raw) is False


@pytest.mark.parametrize("raw", [2, -1, "2", "", "也许", None, 1.0, [], pytest.param(HUGE, id="huge")])
def test_what_is_neither_yes_nor_no_stays_unknown(raw):
    assert normalise.read_yes_no(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-01",
        "2026-11-1",
        "2026/11/1",
        "2026.11.1",
        "2026年11月1日",
        "2026年11月01号",
        "２０２６－１１－０１",
        "20261101",
        "2026-11-01 00:00:00",
        "2026-11-01T00:00:00.000",
        " 2026-11-01 ",
        "46327",
        46327,
        20261101,
        date(2026, 11, 1),
        datetime.fromisoformat("2026-11-01"),
    ],
)
def test_a_day_is_read_however_it_is_written(raw):
    assert normalise.read_day(raw) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "raw",
    ["2026-02-30", "0000-01-01", "11/1/2026", "2026-11/01", "20261301", "12345", 5,
     pytest.param(HUGE, id="huge"), True, 46327.5, "", "长期", None,
     "2026-11-01 09:30", datetime.fromisoformat("2026-11-01T09:30"), "26-11-01"],
)  # fmt: skip
def test_what_is_no_day_is_not_guessed(raw):
    assert normalise.read_day(raw) is None


@pytest.mark.parametrize("raw", ["2026-11", "2026/11", "2026.11", "2026年11月", "202611"])
def test_a_month_is_read_however_it_is_written(raw):
    assert normalise.read_month(raw) == Month(2026, 11)


@pytest.mark.parametrize("raw", ["2026-13", "0000-11", "2026-00", "20261", "11-2026", "2026-11-01", 202611, None])
def test_what_is_no_month_is_not_guessed(raw):
    assert normalise.read_month(raw) is None


@pytest.mark.parametrize(
    "raw",
    ["2026-11-16T09:30:00+08:00", "2026-11-16T01:30:00Z", "2026-11-16 09:30", "2026/11/16 09:30:00"],
)
def test_an_instant_without_an_offset_is_office_time(raw):
    assert normalise.read_moment(raw) == datetime(2026, 11, 16, 1, 30, tzinfo=UTC)


def test_a_day_alone_is_its_first_instant_in_the_office():
    assert normalise.read_moment("2026年11月16日") == datetime(2026, 11, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["0001-01-01", "9999-12-31T23:59:59", "gestern", 1763256600, None])
def test_what_is_no_instant_is_not_guessed(raw):
    assert normalise.read_moment(raw) is None


@pytest.mark.parametrize(
    ("read", "spellings", "value"),
    [
        (normalise.read_market_type, ("城网", "城镇", "urban", "URBAN", " 城 网 "), "urban"),
        (normalise.read_market_type, ("农网", "乡村", "农村", "rural"), "rural"),
        (normalise.read_market_type, ("乡镇", "", "县"), None),
        (normalise.read_volatility_class, ("波动", "波动型", "volatile"), "volatile"),
        (normalise.read_volatility_class, ("稳定", "稳定型", "stable"), "stable"),
        (normalise.read_supply_attribute, ("紧俏", "TIGHT", "tight"), "TIGHT"),
        (normalise.read_supply_attribute, ("均衡满足", "BALANCED"), "BALANCED"),
        (normalise.read_supply_attribute, ("完全满足", "FULL"), "FULL"),
        (normalise.read_supply_attribute, ("新品", "NEW"), "NEW"),
        (normalise.read_delivery_method, ("按档位投放", "A", "a"), "A"),
        (normalise.read_delivery_method, ("按档位扩展投放", "按档位拓展投放", "B"), "B"),
        (normalise.read_delivery_method, ("按价位段自选投放", "C"), "C"),
        (normalise.read_delivery_method, ("按选点投放", "选点投放", "D"), "D"),
        (normalise.read_delivery_method, ("按需投放", "E"), "E"),
        (normalise.read_delivery_method, ("F", "", "按心情投放"), None),
        (normalise.read_unit, ("条", "cartons"), "条"),
        (normalise.read_unit, ("件",), "件"),
        (normalise.read_unit, ("箱", "大箱", "case"), "箱"),
        (normalise.read_unit, ("包", "盒", ""), None),
    ],
)
def test_a_value_of_a_list_is_read_however_it_is_written(read, spellings, value):
    assert [read(spelling) for spelling in spellings] == [value] * len(spellings)


@pytest.mark.parametrize("read", [normalise.read_market_type, normalise.read_unit, normalise.read_order_cycle])
def test_only_text_is_a_value_of_a_list(read):
    assert [read(raw) for raw in (None, 1, True, 1.5, [], {})] == [None] * 6


@pytest.mark.parametrize(
    ("raw", "price_class"),
    [("一类", 1), ("五类", 5), ("3类", 3), ("二类烟", 2), (4, 4), ("0", None), (6, None), ("六类", None)],
)
def test_a_price_class_is_read_however_it_is_written(raw, price_class):
    assert normalise.read_price_class(raw) == price_class


def test_a_list_is_split_at_every_separator_in_use():
    assert normalise.split_list("茅箭、白浪，张湾,丹江口.房县--竹山；竹溪;、") == (
        "茅箭", "白浪", "张湾", "丹江口", "房县", "竹山", "竹溪",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "written", "weeks", "weekday"),
    [
        ("周一", "周一", "every", 1),
        ("星期天", "周日", "every", 7),
        ("礼拜3", "周三", "every", 3),
        ("单周周四", "单周周四", "odd", 4),
        ("双周周一", "双周周一", "even", 1),
        ("双周二", "双周周二", "even", 2),
        ("每周周五", "周五", "every", 5),
        ("不访销", "不访销", "never", None),
    ],
)
def test_an_order_cycle_is_read_however_it_is_written(raw, written, weeks, weekday):
    cycle = normalise.read_order_cycle(raw)
    assert (cycle.weeks, cycle.weekday, str(cycle)) == (weeks, weekday, written)
    assert normalise.read_order_cycle(str(cycle)) == cycle


@pytest.mark.parametrize("raw", ["四", "周八", "", "月底"])
def test_what_is_no_order_cycle_is_not_guessed(raw):
    assert normalise.read_order_cycle(raw) is None


@pytest.mark.parametrize(
    ("raw", "text", "removed"),
    [
        ("利民便利店", "利民便利店", ()),
        ("  利民  便利店 ", "利民 便利店", ()),
        ("ＡＢＣ１２３", "ABC123", ()),
        ("利民（东门）店", "利民（东门）店", ()),
        ("利\u200b民\u202e店", "利民店", ("U+200B", "U+202E")),
        ("利民\t店\n", "利民 店", ()),
        ("\ufeff利民", "利民", ("U+FEFF",)),
        ("\u3164", "", ("U+3164",)),
        ("王\ue000", "王\ue000", ()),
        ("abc", "abc", ()),
    ],
)
def test_a_name_is_cleaned_and_says_what_was_invisible(raw, text, removed):
    clean = clean_text(raw)
    assert (clean.text, clean.removed) == (text, removed)


def test_invisible_characters_are_named_once_in_order():
    assert hidden_characters("a\u200db\u200dc\x07") == ("U+200D", "U+0007")


def test_a_value_is_shown_short_and_without_tricks():
    assert [shown(raw) for raw in ("x" * 50, "a\u202eb", True, None, 5, HUGE, 1.5, [1], {})] == [
        "x" * 40 + "…", "a<U+202E>b", "true", "null", "5", "…", "1.5", "[…]", "{…}",
    ]  # fmt: skip


@settings(deadline=None)  # the machine is shared
@given(st.text())
def test_cleaning_a_text_twice_is_cleaning_it_once(raw):
    once = clean_text(raw)
    again = clean_text(once.text)
    assert again.text == once.text
    assert again.removed == ()


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just(HUGE))
READERS = [
    normalise.read_grade,
    normalise.read_price_class,
    normalise.read_yes_no,
    normalise.read_market_type,
    normalise.read_volatility_class,
    normalise.read_supply_attribute,
    normalise.read_delivery_method,
    normalise.read_unit,
    normalise.read_day,
    normalise.read_month,
    normalise.read_order_cycle,
]


@settings(deadline=None)  # the machine is shared
@given(VALUES)
def test_no_value_at_all_makes_a_reader_fail(raw):
    # Reading without an exception is the point; the same text is read the same way twice.
    assert [read(raw) for read in READERS] == [read(raw) for read in READERS]
    assert normalise.read_moment(raw) == normalise.read_moment(raw)


@pytest.mark.parametrize(
    "spellings",
    [
        normalise.YES_NO,
        normalise.MARKET_TYPES,
        normalise.VOLATILITY_CLASSES,
        normalise.SUPPLY_ATTRIBUTES,
        normalise.DELIVERY_METHODS,
        normalise.UNITS,
        normalise.ROLES,
        normalise.ASSIGNMENT_KINDS,
    ],
)
def test_no_spelling_belongs_to_two_values_and_each_value_is_its_own_spelling(spellings):
    all_spellings = [folded(text) for value, also in spellings.by_value.items() for text in (value, *also)]
    assert len(set(all_spellings)) == len(all_spellings)
    assert all(spellings.read(value) == value for value in spellings.values)
