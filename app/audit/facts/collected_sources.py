"""Whether the collected quantity is the one in the named source: ENT-09."""

from app.audit.facts.context import ForecastContext
from app.audit.facts.quantities import nothing_collected
from app.audit.facts.table import Columns
from app.office.cycle import Stage
from app.office.forecast import Channel, Forecast, ForecastLine

Comparison = tuple[str | None, str | None, int | None, int | None]
"""Kind and id of the source that differs most, its cartons, the difference."""

_NOTHING: Comparison = (None, None, None, None)


def source_columns(forecast: Forecast, context: ForecastContext) -> Columns:
    """Return for each line whether it can be compared with a source, and the largest difference."""
    columns: Columns = {
        name: [] for name in ("source_named", "source_kind", "source_id", "source_cartons", "source_difference_cartons")
    }
    named, *compared = columns.values()
    order = forecast.stage is Stage.ORDER
    for line in forecast.lines:
        # A model line asks nobody; a supply line is a sum that no single source holds.
        comparable = order and bool(line.source.named) and not (_by_model(line) and nothing_collected(line))
        named.append(comparable)
        for column, cell in zip(compared, _compare(line, context) if comparable else _NOTHING, strict=True):
            column.append(cell)
    return columns


def _by_model(line: ForecastLine) -> bool:
    return line.channel == Channel.MODEL


def _compare(line: ForecastLine, context: ForecastContext) -> Comparison:
    collected = line.collected.cartons
    worst: Comparison = _NOTHING
    for kind, source_id in line.source.named:
        source = context.sources.get((kind, source_id))
        if source is None or line.licence_no is None or line.sku is None:
            return kind, source_id, None, None
        # A source that says nothing of the customer and product says that nothing was asked for.
        cartons = source.cartons.get((line.licence_no, line.sku), 0)
        if cartons is None or collected is None:
            return kind, source_id, cartons, None
        difference = abs(collected - cartons)
        if worst[3] is None or difference > worst[3]:
            worst = (kind, source_id, cartons, difference)
    return worst
