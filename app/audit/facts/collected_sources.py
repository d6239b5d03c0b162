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
    # A supply line is a sum that no single source holds.
    order = forecast.stage is Stage.ORDER
    named = [order and _is_comparable(line) for line in forecast.lines]
    compared = [
        _compare(line, context) if comparable else _NOTHING
        for line, comparable in zip(forecast.lines, named, strict=True)
    ]
    return {
        "source_named": [*named],
        "source_kind": [kind for kind, _, _, _ in compared],
        "source_id": [source_id for _, source_id, _, _ in compared],
        "source_cartons": [cartons for _, _, cartons, _ in compared],
        "source_difference_cartons": [difference for _, _, _, difference in compared],
    }


def _is_comparable(line: ForecastLine) -> bool:
    source = line.source
    if not (source.ledger or source.pos_batch or source.model_run):
        return False
    # The model asks nobody: there may be nothing collected to compare.
    return line.channel != Channel.MODEL or not nothing_collected(line)


def _compare(line: ForecastLine, context: ForecastContext) -> Comparison:
    collected, licence_no, sku = line.collected.cartons, line.licence_no, line.sku
    worst, largest = _NOTHING, -1
    for named in line.source.named:
        source = context.sources.get(named)
        if source is None or licence_no is None or sku is None:
            return (*named, None, None)
        # A source that says nothing of the customer and product says that nothing was asked for.
        cartons = source.cartons.get((licence_no, sku), 0)
        if cartons is None or collected is None:
            return (*named, cartons, None)
        difference = abs(collected - cartons)
        if difference > largest:
            worst, largest = (*named, cartons, difference), difference
    return worst
