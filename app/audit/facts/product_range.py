"""Which products a supply forecast must name, and which it left out: WIN-09."""

from app.audit.facts.context import ForecastContext
from app.audit.facts.parameters import Parameters, yes_no
from app.audit.facts.table import Row
from app.office.customer import Product
from app.office.cycle import Stage
from app.office.forecast import Forecast
from app.office.month import Month


def range_facts(forecast: Forecast, context: ForecastContext, parameters: Parameters) -> Row:
    """Return the products on sale that have no line; missing for an order forecast or without products.

    A line of any quantity, zero too, names its product. Whether the quantity can be read is asked elsewhere.
    """
    target = forecast.target_month
    if forecast.stage is not Stage.SUPPLY or target is None or not context.products:
        return {"missing_skus": None, "missing_sku_list": None, "expected_skus": None}
    exempting = yes_no(parameters, "WIN-09", "new_or_exiting_sku_exempt")
    expected = {
        sku
        for sku, product in context.products.items()
        if _on_sale(product, target) and not (exempting and _is_exempt(product, forecast.cycle, target))
    }
    missing = sorted(expected - {line.sku for line in forecast.lines if line.sku is not None})
    return {"missing_skus": len(missing), "missing_sku_list": list(missing), "expected_skus": len(expected)}


def _on_sale(product: Product, month: Month) -> bool:
    return product.on_sale_from <= month.last_day and (
        product.on_sale_to is None or product.on_sale_to >= month.first_day
    )


def _is_exempt(product: Product, cycle: Month, target: Month) -> bool:
    """Return whether the product is new or on its way out.

    Source: design/hook.md: starts in or after the cycle month, or ends by the month after the target.
    """
    starts_late = product.on_sale_from >= cycle.first_day
    ends_soon = product.on_sale_to is not None and product.on_sale_to <= target.plus(1).last_day
    return starts_late or ends_soon
