"""Everything the rules may know about a submitted forecast."""

from app.audit.fact import FactSet, FactTable, fact_set
from app.audit.facts.activity import leaving_skus, suspended_licences, target_month
from app.audit.facts.attributes import attribute_columns
from app.audit.facts.codes import code_columns
from app.audit.facts.collected_sources import source_columns
from app.audit.facts.context import ForecastContext
from app.audit.facts.entry import entry_facts
from app.audit.facts.expected import expected_table
from app.audit.facts.licence import licence_columns
from app.audit.facts.magnitude import magnitude_columns
from app.audit.facts.parameters import Parameters, inactive_statuses
from app.audit.facts.product_range import range_facts
from app.audit.facts.quantities import duplicate_columns, quantity_columns
from app.audit.facts.sales_history import sales_history
from app.audit.facts.sameness import sameness_facts
from app.audit.facts.standing import standing_facts
from app.audit.facts.table import Columns, pair_text, single
from app.audit.facts.timing import timing_facts
from app.audit.facts.totals import total_facts
from app.audit.facts.versions import version_facts
from app.core.clock import local_date
from app.office.cycle import Stage
from app.office.forecast import Forecast


def forecast_facts(forecast: Forecast, context: ForecastContext, parameters: Parameters) -> FactSet:
    """Return the scopes ``forecast``, ``forecast_line`` (in the order of the lines) and ``expected_line``."""
    order = forecast.stage is Stage.ORDER
    target = target_month(forecast)
    inactive = inactive_statuses(parameters)
    leaving = leaving_skus(context, target)
    suspended = suspended_licences(context, target, inactive)
    history = sales_history(forecast, context, local_date(context.submitted_at), target, inactive)
    columns: Columns = {
        "line": [line.number for line in forecast.lines],
        "licence_no": [line.licence_no for line in forecast.lines],
        "sku": [line.sku for line in forecast.lines],
        "pair": [pair_text(line.licence_no if order else None, line.sku) for line in forecast.lines],
        "stage": [forecast.stage.value] * len(forecast.lines),
        "channel": [line.channel for line in forecast.lines],
        **quantity_columns(forecast),
        **code_columns(forecast, context),
        **duplicate_columns(forecast),
        **magnitude_columns(forecast, history, leaving, suspended),
        **licence_columns(forecast, context, target, inactive),
        **source_columns(forecast, context),
        **attribute_columns(forecast, context),
    }
    return fact_set(
        _header(forecast, context, parameters),
        FactTable("forecast_line", columns),
        expected_table(forecast, history, leaving, suspended),
    )


def _header(forecast: Forecast, context: ForecastContext, parameters: Parameters) -> FactTable:
    return single(
        "forecast",
        {
            "stage": forecast.stage.value,
            "cycle": str(forecast.cycle),
            "account_manager": forecast.account_manager,
            "territory_id": forecast.territory_id,
            **timing_facts(forecast, context, parameters),
            **standing_facts(forecast, context),
            **range_facts(forecast, context, parameters),
            **version_facts(forecast, context, parameters),
            **entry_facts(forecast),
            **total_facts(forecast, context),
            **sameness_facts(forecast, parameters),
        },
    )
