"""Which customers may be supplied in the target month, and which products leave the range."""

from datetime import date

from app.audit.facts.context import ForecastContext
from app.office.customer import Customer, Product
from app.office.forecast import Forecast
from app.office.month import Month


def is_active(customer: Customer, target: Month, inactive_statuses: frozenset[str]) -> bool:
    """Return whether the customer is in business with a licence that reaches into ``target``. Source: ENT-08."""
    return customer.business_status not in inactive_statuses and customer.licence_valid_to >= target.first_day


def target_month(forecast: Forecast) -> Month:
    """Return the stated target month, the month after the cycle when none is stated."""
    return forecast.target_month or forecast.cycle.plus(1)


def is_leaving(product: Product | None, last_day: date) -> bool:
    """Return whether the product is off sale by ``last_day``."""
    return product is not None and product.on_sale_to is not None and product.on_sale_to <= last_day


def leaving_skus(context: ForecastContext, target: Month) -> frozenset[str]:
    """Return the products that leave the range by the end of ``target``."""
    last_day = target.last_day
    return frozenset(sku for sku, product in context.products.items() if is_leaving(product, last_day))


def suspended_licences(context: ForecastContext, target: Month, inactive: frozenset[str]) -> frozenset[str]:
    """Return the customers that, as things stand today, may not be supplied in ``target``."""
    return frozenset(
        licence_no
        for licence_no, customer in context.customers_today.items()
        if not is_active(customer, target, inactive)
    )


def submitter_territories(forecast: Forecast, context: ForecastContext, day: date) -> frozenset[str]:
    """Return the territory of the header and those that are the account manager's own on ``day``."""
    named = frozenset({forecast.territory_id}) if forecast.territory_id else frozenset[str]()
    if not forecast.account_manager:
        return named
    return named | {
        territory_id
        for territory_id, territory in context.territories.items()
        if forecast.account_manager in territory.own_managers_on(day)
    }
