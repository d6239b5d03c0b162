"""How offices spell things, and what each spelling is read as. A spelling not listed is not guessed."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.clock import OFFICE_ZONE
from app.office.month import Month
from app.office.people import Role
from app.office.visible_text import folded

LOWEST_GRADE, HIGHEST_GRADE = 1, 30
LOWEST_CLASS, HIGHEST_CLASS = 1, 5

_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_CHINESE_NUMBER = re.compile(
    r"(?:([一二三四五六七八九])?十|(廿)|(卅))([一二三四五六七八九])?|([〇零一二两三四五六七八九])"
)
_NUMBER = r"(\d{1,2}(?:\.0+)?|[〇零一二两三四五六七八九十廿卅]{1,3})"
_GRADE = re.compile(rf"第?d?{_NUMBER}(?:档位?)?")
_PRICE_CLASS = re.compile(rf"第?{_NUMBER}(?:类(?:烟|卷烟)?)?")


def read_chinese_number(text: str) -> int | None:
    """Return the number 0 to 99 written in Chinese numerals; None when it is none."""
    match = _CHINESE_NUMBER.fullmatch(text)
    if not match:
        return None
    tens, twenty, thirty, ones, single = match.groups()
    if single:
        return _DIGITS[single]
    leading = 2 if twenty else 3 if thirty else _DIGITS[tens] if tens else 1
    return leading * 10 + (_DIGITS[ones] if ones else 0)


def _small_number(raw: object, pattern: re.Pattern[str], lowest: int, highest: int) -> int | None:
    number: int | None = None
    if isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    elif isinstance(raw, str) and (match := pattern.fullmatch(folded(raw))):
        written = match[1]
        number = int(written.split(".")[0]) if written[0].isdecimal() else read_chinese_number(written)
    return number if number is not None and lowest <= number <= highest else None


def read_grade(raw: object) -> int | None:
    """Return the grade 1 to 30 (30 highest): ``23``, ``"23"``, ``D23``, ``23档``, ``二十三档``, ``第二十三档``."""
    return _small_number(raw, _GRADE, LOWEST_GRADE, HIGHEST_GRADE)


def read_price_class(raw: object) -> int | None:
    """Return the price class 1 to 5: ``1``, ``"1"``, ``一类``, ``1类``, ``一类烟``."""
    return _small_number(raw, _PRICE_CLASS, LOWEST_CLASS, HIGHEST_CLASS)


@dataclass(frozen=True, slots=True)
class Spellings:
    """A closed list of values, each with the spellings it is read from. The value itself is always one of them."""

    by_value: Mapping[str, tuple[str, ...]]

    def read(self, raw: object) -> str | None:
        """Return the value ``raw`` is a spelling of; None when it is none."""
        if not isinstance(raw, str):
            return None
        wanted = folded(raw)
        for value, spellings in self.by_value.items():
            if wanted == folded(value) or any(wanted == folded(spelling) for spelling in spellings):
                return value
        return None

    @property
    def values(self) -> tuple[str, ...]:
        """The values, in their order."""
        return tuple(self.by_value)


YES_NO = Spellings(
    {
        "true": ("是", "有", "1", "y", "yes", "t", "√", "✓", "对"),
        "false": ("否", "无", "0", "n", "no", "f", "×", "没有", "不是"),
    }
)
MARKET_TYPES = Spellings(
    {
        "urban": ("城网", "城镇", "城市", "城区", "市区"),
        "rural": ("农网", "乡村", "农村"),
    }
)
VOLATILITY_CLASSES = Spellings(
    {
        "volatile": ("波动", "波动型", "波动型客户", "波动客户"),
        "stable": ("稳定", "稳定型", "稳定型客户", "稳定客户"),
    }
)
SUPPLY_ATTRIBUTES = Spellings(
    {
        "TIGHT": ("紧俏", "紧俏烟", "scarce"),
        "BALANCED": ("均衡满足", "均衡", "平衡满足"),
        "FULL": ("完全满足", "充分满足", "fully met"),
        "NEW": ("新品", "新品培育", "新规格"),
    }
)
DELIVERY_METHODS = Spellings(
    {
        "A": ("按档位投放", "按档位", "档位投放"),
        # 拓展 for 扩展 stands in published releases. Source: domain/data-model.md, dirty-data facts.
        "B": ("按档位扩展投放", "按档位拓展投放", "按档位扩展", "按档位拓展", "档位扩展投放", "档位+扩展"),
        "C": ("按价位段自选投放", "按价位段自选", "价位段自选投放", "价位段自选"),
        "D": ("按选点投放", "选点投放", "选点"),
        "E": ("按需投放", "按需"),
    }
)
STANDARD_PERIODS = Spellings({"month": ("月", "按月", "每月"), "week": ("周", "按周", "每周")})
DIMENSIONS = Spellings(
    {
        "county": ("区县", "县区"),
        "market_type": ("市场类型",),
        "area_code": ("城乡分类",),
        "segment": ("业态",),
        "market_section": ("市场部",),
        "district_type": ("商圈", "商圈类型"),
        "credit_level": ("信用等级", "诚信等级"),
        "mutual_aid_group": ("互助小组",),
        "licence_no": ("选点", "选点客户"),
    }
)
EVIDENCE_KINDS = Spellings(
    {
        "application": ("变更申请", "申请书", "业态变更申请"),
        "storefront": ("门头照", "门面照"),
        "interior": ("店内照", "店堂照"),
        "fixtures": ("柜台设施照", "设施照", "终端照"),
        "licence_scope": ("营业执照", "营业执照经营范围"),
        "site_record": ("实地核查记录", "走访记录"),
        "correction_proof": ("更正证明",),
        "other": ("其他",),
    }
)
SALES_MODES = Spellings(
    {"counter": ("柜台", "柜台式"), "self_service": ("自选", "开架自选"), "mixed": ("柜台+自选", "柜台与自选")}
)
IT_LEVELS = Spellings(
    {"none": ("无终端", "没有终端"), "pos": ("终端", "收银终端"), "chain_system": ("连锁系统", "信息管理系统")}
)
CREDIT_LEVELS = Spellings(
    {
        "AAA": ("AAA级", "3A"),
        "AA": ("AA级", "2A"),
        "A": ("A级", "1A"),
        "B": ("B级",),
        "C": ("C级",),
        "D": ("D级",),
    }
)
DECIDED_ATTRIBUTES = Spellings(
    {
        "grade": ("档位", "档位调整"),
        "volatility_class": ("客户类型", "客户类型调整"),
        "territory": ("片区", "片区调整"),
        "first_setting": ("新户认定", "新户定档"),
    }
)
"""What a filed decision may be about. Source: SEG-15, SEG-19."""
UNITS = Spellings(
    {
        "条": ("carton", "cartons"),
        "件": ("万支",),
        "箱": ("大箱", "标准箱", "case", "cases"),
    }
)
ROLES = Spellings(
    {
        Role.ACCOUNT_MANAGER.value: ("客户经理",),
        Role.MARKET_MANAGER.value: ("市场经理",),
        Role.MARKETING_LEADER.value: ("营销部门分管领导", "营销分管领导", "分管领导"),
        Role.MARKET_SUPERVISOR.value: ("市管员", "专管员"),
        Role.SUPERVISION_OFFICER.value: ("内管员", "内管人员"),
        Role.SUPERVISION_HEAD.value: ("内管办负责人", "内管办主任"),
        Role.ADMINISTRATOR.value: ("系统管理员", "管理员"),
    }
)
ASSIGNMENT_KINDS = Spellings({"own": ("本片区", "本人", "自管", "责任"), "cover": ("代管", "代班", "代理", "临时代管")})


def read_yes_no(raw: object) -> bool | None:
    """Return the answer written as true/false, 1/0, 是/否, 有/无, Y/N; None when it is none."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        return bool(raw) if raw in {0, 1} else None
    answer = YES_NO.read(raw)
    return None if answer is None else answer == "true"


def read_market_type(raw: object) -> str | None:
    """Return ``urban`` (城网, 城镇) or ``rural`` (农网, 乡村)."""
    return MARKET_TYPES.read(raw)


def read_volatility_class(raw: object) -> str | None:
    """Return ``volatile`` (波动, 波动型) or ``stable`` (稳定, 稳定型)."""
    return VOLATILITY_CLASSES.read(raw)


def read_supply_attribute(raw: object) -> str | None:
    """Return ``TIGHT`` (紧俏), ``BALANCED`` (均衡满足), ``FULL`` (完全满足) or ``NEW`` (新品)."""
    return SUPPLY_ATTRIBUTES.read(raw)


def read_delivery_method(raw: object) -> str | None:
    """Return A to E; the misspelt 按档位拓展投放 is B like 按档位扩展投放."""
    return DELIVERY_METHODS.read(raw)


def read_unit(raw: object) -> str | None:
    """Return 条, 件 or 箱."""
    return UNITS.read(raw)


_SEPARATORS = re.compile(r"[、，,.;；|\n]|-{2,}|—+")


def split_list(text: str) -> tuple[str, ...]:
    """Return the parts of a list written with any of ``、 ， , . ; --``, trimmed, empty parts dropped.

    Source: domain/data-model.md, dirty-data facts (area lists).
    """
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})[日号]?"
    r"(?:[t ]*00:00(?::00(?:\.0+)?)?)?"  # what spreadsheets add to a day
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EXCEL_DATE = re.compile(r"\d{5}", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))")
_EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of the serial numbers as they count after February 1900."""
_EXCEL_SERIALS = range(29221, 73051)
"""1980-01-01 to 2099-12-31: outside of it a number is more likely anything but a date."""


def read_day(raw: object) -> date | None:
    """Return the day written as 2026-11-01, 2026/11/1, 2026.11.1, 2026年11月1日, 20261101 or an Excel serial number."""
    if isinstance(raw, datetime):
        return raw.date() if raw.time() == time() else None
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < _LARGEST_COMPACT_DATE:
        return _written_day(str(raw))
    return _written_day(unicodedata.normalize("NFKC", raw).strip().lower()) if isinstance(raw, str) else None


_LARGEST_COMPACT_DATE = 10**8


def _written_day(text: str) -> date | None:
    if _EXCEL_DATE.fullmatch(text):
        return _EXCEL_EPOCH + timedelta(days=int(text)) if int(text) in _EXCEL_SERIALS else None
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_month(raw: object) -> Month | None:
    """Return the month written as 2026-11, 2026/11, 2026年11月 or 202611."""
    if not isinstance(raw, str):
        return None
    match = _MONTH.fullmatch(unicodedata.normalize("NFKC", raw).strip())
    if not match:
        return None
    year, month = int(match[1]), int(match[2] or match[3])
    return Month(year, month) if year and 1 <= month <= 12 else None  # noqa: PLR2004  # twelve months


def read_moment(raw: object) -> datetime | None:
    """Return the aware instant written in ISO 8601; without an offset it is office time, a day alone is 00:00."""
    if not isinstance(raw, str):
        return None
    text = unicodedata.normalize("NFKC", raw).strip()
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        day = read_day(text)
        if day is None:
            return None
        at = datetime.combine(day, time())
    at = at if at.tzinfo else at.replace(tzinfo=OFFICE_ZONE)
    # Before year 1 or after 9999 in UTC there is no such instant.
    return at if 1 < at.year < 9999 else None  # noqa: PLR2004  # the range of datetime


@dataclass(frozen=True, slots=True)
class OrderCycle:
    """When a customer's orders are taken."""

    weeks: str
    """``every``, ``odd`` (单周), ``even`` (双周) or ``never`` (不访销)."""
    weekday: int | None
    """1 Monday to 7 Sunday; None when never."""

    def __str__(self) -> str:
        """Return the office's own spelling: 周一, 单周周四, 不访销."""
        if self.weekday is None:
            return "不访销"
        return {"odd": "单周", "even": "双周"}.get(self.weeks, "") + "周" + "一二三四五六日"[self.weekday - 1]


_ORDER_CYCLE = re.compile(r"(单周|双周|每周)?(?:周|星期|礼拜)?([一二三四五六日天1-7])")
_NO_VISITS = frozenset({"不访销", "不访", "不拜访"})


def read_order_cycle(raw: object) -> OrderCycle | None:
    """Return the cycle written as 周一, 星期一, 单周周四, 双周周一 or 不访销."""
    if not isinstance(raw, str):
        return None
    text = folded(raw)
    if text in _NO_VISITS:
        return OrderCycle("never", None)
    match = _ORDER_CYCLE.fullmatch(text)
    if not match or len(text) == 1:
        return None
    weeks = {"单周": "odd", "双周": "even"}.get(match[1] or "", "every")
    day = match[2]
    weekday = int(day) if day.isdecimal() else "一二三四五六日".find(day.replace("天", "日")) + 1
    return OrderCycle(weeks, weekday)
