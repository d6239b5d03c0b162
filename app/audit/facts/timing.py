"""When a forecast came and for which month: WIN-01, WIN-02, WIN-04, WIN-05."""

from app.audit.facts.context import ForecastContext
from app.audit.facts.parameters import Parameters
from app.audit.facts.table import Row, local_text
from app.audit.facts.windows import days_early, days_late, known_last_day, stage_window
from app.core.clock import local_date
from app.office.forecast import Forecast


def timing_facts(forecast: Forecast, context: ForecastContext, parameters: Parameters) -> Row:
    """Return the submission's place in its window and its months."""
    place = (forecast.stage, forecast.cycle, context.cycle, context.extended_to, context.calendar, parameters)
    window = stage_window(*place)
    last = known_last_day(*place)
    day = local_date(context.submitted_at)
    target = forecast.target_month
    on_time, of = context.on_time
    return {
        "submitted_at": local_text(context.submitted_at),
        "window_first": window.first.isoformat(),
        "window_last": last.isoformat() if last else None,
        "extension_no": context.extension_no,
        "days_early": days_early(window, day),
        "days_late": days_late(window, day) if last else None,
        "on_time_cycles": on_time,
        "on_time_of": of,
        "target_month": str(target) if target else None,
        "expected_target_month": str(forecast.cycle.plus(1)),
        "target_month_offset_months": forecast.cycle.months_until(target) if target else None,
        "stage1_state": context.supply_state.value,
    }
