"""What customers bought in the last three months and nobody forecasts: ENT-05."""

from app.audit.fact import FactTable, ratio
from app.audit.facts.sales_history import Key, SalesHistory
from app.audit.facts.table import Columns, pair_text
from app.office.cycle import Stage
from app.office.forecast import Forecast

_NAMES = ("licence_no", "sku", "pair", "mean_3m_cartons", "months_sold", "delivered_3m", "excused")


def expected_table(
    forecast: Forecast, history: SalesHistory, leaving: frozenset[str], suspended: frozenset[str]
) -> FactTable:
    """Return one row for each delivered pair that has no line or only lines of zero, by licence and SKU.

    One row of which everything is missing when the months are not loaded or the territory is not known.
    """
    if not history.complete or not history.territory_known:
        return FactTable("expected_line", {name: [None] for name in _NAMES})
    entered, zeros = _entered(forecast)
    rows = sorted(
        ((key, months) for key, months in history.expected.items() if key not in entered),
        key=lambda row: (row[0][0] or "", row[0][1]),
    )
    columns: Columns = {
        "licence_no": [licence_no for (licence_no, _), _ in rows],
        "sku": [sku for (_, sku), _ in rows],
        "pair": [pair_text(*key) for key, _ in rows],
        "mean_3m_cartons": [ratio(sum(months), 3) for _, months in rows],
        "months_sold": [sum(1 for cartons in months if cartons > 0) for _, months in rows],
        "delivered_3m": [list(months) for _, months in rows],
        "excused": [
            key in zeros or key[1] in leaving or (key[0] is not None and key[0] in suspended) for key, _ in rows
        ],
    }
    return FactTable("expected_line", columns)


def _entered(forecast: Forecast) -> tuple[frozenset[Key], frozenset[Key]]:
    """Return the pairs with a quantity other than zero (or one that cannot be read), and the explained zeros."""
    order = forecast.stage is Stage.ORDER
    entered, zeros = set(), set()
    for line in forecast.lines:
        if line.sku is None:
            continue
        key = (line.licence_no if order else None, line.sku)
        if line.final.cartons != 0:
            entered.add(key)
        elif line.explained:
            zeros.add(key)
    return frozenset(entered), frozenset(zeros)
