"""The segment changes of the demo's months: one in effect, one on every desk, one silent, one new shop."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.actions.deps import Deps
from app.actions.run_day import run_day
from app.core.actor import command_actor
from app.core.clock import OFFICE_ZONE, SteppedClock
from app.core.text import Bilingual
from app.demo.changes import ChangePlayer
from app.demo.county import County, Item
from app.demo.faults import Expected
from app.office.permission import Permission


def _at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE_ZONE)


@dataclass
class ChangeMonth:
    """Plays the requests of the months; what is judged is handed to ``keep`` with what was expected."""

    deps: Deps
    clock: SteppedClock
    county: County
    keep: Callable[[Mapping[str, Any], Bilingual, Expected], None]
    bring: Callable[[str, Iterable[Item]], dict[str, Any]]
    event: Callable[[str, str | None, Bilingual, Expected], None]

    def __post_init__(self) -> None:
        """Let everybody sign in."""
        self.player = ChangePlayer(self.deps, self.clock, self.county)

    def october(self) -> dict[str, str]:
        """Let one request go all the way; return the new format by licence, in effect when the month begins."""
        staff, shop = self.county.staff, self._shop(1, "B", 0)
        self.clock.set(_at(10, 8, 10))
        title = Bilingual("业态变更：便利店改烟酒商店", "Segment change: to a tobacco and liquor shop")
        change = self._apply(shop, "Y", "2026-11-01", title, {"SEG-11": "flag"})
        self._both_checks(change, shop, _at(10, 9, 10))
        signers = (staff.account_managers[1], staff.market_supervisors[0], staff.market_manager,
                   staff.marketing_leader, staff.officers[0])  # fmt: skip
        self._signed(change, signers, _at(10, 10, 9))
        self.clock.set(_at(10, 14, 16))
        self.player.file(change, staff.officers[0])
        self.clock.set(_at(11, 1, 0, 10))
        run_day(self.deps, command_actor(Permission))
        return {shop["licence_no"]: "Y"}

    def november(self) -> None:
        """Let every desk have something to do, and master data say what nobody approved."""
        staff = self.county.staff
        self._silent_changes()
        first, second = staff.account_managers[0], staff.account_managers[1]
        signers = (staff.market_supervisors[0], staff.market_manager, staff.marketing_leader)
        plan = (
            # place in the territory, territory, proposed, how many checks, how many signatures
            (0, 0, "Y", 0, 0),
            (1, 1, "Y", 1, 0),
            (1, 0, "F", 2, 0),
            (2, 1, "Y", 2, 2),
            (2, 0, "Y", 2, 3),
            (3, 1, "F", 2, 4),
        )
        for number, (place, territory, proposed, checks, signatures) in enumerate(plan):
            shop = self._shop(territory, "B", place)
            self.clock.set(_at(11, 24, 11, number * 3))
            title = Bilingual("业态变更申请", "Segment change requested")
            change = self._apply(shop, proposed, "2027-01-01", title, {"SEG-11": "flag"})
            manager = (first, second)[territory]
            if checks:
                self._both_checks(change, shop, _at(11, 25, 9, number * 3), only_first=checks == 1)
            self._signed(change, (manager, *signers)[:signatures], _at(11, 26, 9, number * 3))
        self.clock.set(_at(11, 27, 9))
        title = Bilingual("申请缺变更原因，持证人与许可证不符", "No reason given, and another holder than licensed")
        expected = {"SEG-01": "block", "SEG-11": "flag", "SEG-13": "block"}
        self._apply(self._shop(0, "B", 4), "Y", "2027-01-01", title, expected, reason_code=None, holder_name="周某某")
        self.clock.set(_at(11, 27, 10))
        title = Bilingual("业态变更申请（后被驳回）", "Segment change requested, rejected later")
        change = self._apply(self._shop(1, "B", 4), "Y", "2027-01-01", title, {"SEG-11": "flag"})
        self._both_checks(change, self._shop(1, "B", 4), _at(11, 30, 9), only_first=True)
        self.clock.set(_at(11, 30, 15))
        self.player.reject(
            change, staff.market_supervisors[0], "facts_do_not_fit", "到店查看，仍以食杂为主，不符合烟酒商店特征"
        )
        self.clock.set(_at(12, 1, 0, 10))
        self.event(
            "daily",
            None,
            Bilingual("每日检查：有申请等待超时", "Daily run: requests wait too long"),
            {"SEG-16": "note"},
        )

    def _silent_changes(self) -> None:
        shop = self._shop(2, "B", 0)
        self.clock.set(_at(11, 24, 2))
        silent = {**shop, "segment": "Y", "valid_from": "2026-11-24"}
        body = self.bring("customers", [silent])
        title = Bilingual("主档静默改业态：便利店改烟酒商店", "Master data changed a format nobody approved")
        for evaluation in body["evaluations"]:
            self.keep(evaluation, title, {"SEG-15": "block"})
        self.clock.set(_at(11, 25, 2))
        new = {**shop, "licence_no": "420399009999", "shop_name": "新开示例店", "grade": 28, "valid_from": "2026-11-25"}
        body = self.bring("customers", [new])
        title = Bilingual("新户未经集体认定，档位28", "A new customer of grade 28 that no meeting decided on")
        for evaluation in body["evaluations"]:
            self.keep(evaluation, title, {"SEG-19": "block"})

    def _shop(self, territory: int, segment: str, place: int) -> Item:
        """Return the ``place``-th customer of a format in a territory, counting from 0, in the middle grades."""
        of_territory = self.county.customers_of(self.county.territories[territory]["territory_id"])
        fitting = [one for one in of_territory if one["segment"] == segment and 8 <= one["grade"] <= 20]  # noqa: PLR2004  # neither low nor high
        return fitting[place]

    def _apply(  # what a request is made of
        self,
        shop: Item,
        proposed: str,
        effect: str,
        title: Bilingual,
        expected: Expected,
        **changes: Any,  # noqa: ANN401  # fields
    ) -> str:
        body = self.player.apply(shop, proposed, effect, **changes)
        self.keep(body, title, expected)
        change_no: str = body["change_no"]
        return change_no

    def _both_checks(self, change: str, shop: Item, when: datetime, *, only_first: bool = False) -> None:
        managers = {t["territory_id"]: t["assignments"][0]["account_manager"] for t in self.county.territories}
        self.clock.set(when)
        self.player.check(change, shop, managers[shop["territory_id"]])
        if not only_first:
            self.clock.set(when + timedelta(hours=3))
            self.player.check(change, shop, self.county.staff.market_supervisors[0])

    def _signed(self, change: str, signers: Iterable[str], when: datetime) -> None:
        for place, signer in enumerate(signers):
            self.clock.set(when + timedelta(days=place, minutes=7 * place))
            self.player.sign(change, signer)
