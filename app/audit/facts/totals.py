"""Whether the stated totals are the sums of the lines: ENT-07."""

from app.audit.fact import micro
from app.audit.facts.context import ForecastContext
from app.audit.facts.table import Row
from app.office.forecast import Forecast


def total_facts(forecast: Forecast, context: ForecastContext) -> Row:
    """Return both sums and their differences; missing when a quantity, a price or a total is."""
    cartons, amount = _line_cartons(forecast), _line_amount(forecast, context)
    stated = None if forecast.total_amount_cny is None else micro(forecast.total_amount_cny)
    amount_difference = None if amount is None or stated is None else abs(stated - amount)
    carton_difference = (
        None if cartons is None or forecast.total_cartons is None else abs(forecast.total_cartons - cartons)
    )
    return {
        "lines": len(forecast.lines),
        "total_cartons": forecast.total_cartons,
        "lines_cartons": cartons,
        "carton_difference": carton_difference,
        "total_amount_cny": stated,
        "lines_amount_cny": amount,
        "amount_difference_cny": amount_difference,
        # Rounded up: what is above the tolerance must not be rounded down onto it.
        "amount_difference_per_line_cny": None
        if amount_difference is None
        else -(-amount_difference // len(forecast.lines)),
    }


def _line_cartons(forecast: Forecast) -> int | None:
    cartons = [line.final.cartons for line in forecast.lines if line.final.cartons is not None]
    return sum(cartons) if cartons and len(cartons) == len(forecast.lines) else None


def _line_amount(forecast: Forecast, context: ForecastContext) -> int | None:
    """Return the value of the lines in millionths of a yuan."""
    prices: dict[str, int] = {}
    amount = 0
    for line in forecast.lines:
        if line.sku is None or line.final.cartons is None:
            return None
        price = prices.get(line.sku)
        if price is None:
            product = context.products.get(line.sku)
            if product is None:
                return None
            price = prices[line.sku] = micro(product.wholesale_price_cny)
        amount += price * line.final.cartons
    return amount if forecast.lines else None
