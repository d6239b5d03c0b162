"""Products, brands and manufacturers in the store."""

from collections.abc import Sequence
from typing import Any

from app.office.customer import Brand, Manufacturer, Product
from app.store import office_tables as tables
from app.store.office_shelf import Row, Shelf


def _product_row(value: Product) -> dict[str, Any]:
    return {
        "sku": value.sku,
        "name": value.name,
        "brand_id": value.brand_id,
        "price_class": value.price_class,
        "wholesale_price_cny": value.wholesale_price_cny,
        "supply_attribute": value.supply_attribute,
        "on_sale_from": value.on_sale_from,
        "on_sale_to": value.on_sale_to,
    }


def _product(row: Row, _lines: Sequence[Row]) -> Product:
    return Product(
        sku=row["sku"],
        name=row["name"],
        brand_id=row["brand_id"],
        price_class=row["price_class"],
        wholesale_price_cny=row["wholesale_price_cny"],
        supply_attribute=row["supply_attribute"],
        on_sale_from=row["on_sale_from"],
        on_sale_to=row["on_sale_to"],
    )


def _brand_row(value: Brand) -> dict[str, Any]:
    return {"brand_id": value.brand_id, "name": value.name, "manufacturer_id": value.manufacturer_id}


def _brand(row: Row, _lines: Sequence[Row]) -> Brand:
    return Brand(row["brand_id"], row["name"], row["manufacturer_id"])


def _manufacturer_row(value: Manufacturer) -> dict[str, Any]:
    return {"manufacturer_id": value.manufacturer_id, "name": value.name}


def _manufacturer(row: Row, _lines: Sequence[Row]) -> Manufacturer:
    return Manufacturer(row["manufacturer_id"], row["name"])


PRODUCTS: Shelf[Product] = Shelf(tables.product, _product_row, _product)
BRANDS: Shelf[Brand] = Shelf(tables.brand, _brand_row, _brand)
MANUFACTURERS: Shelf[Manufacturer] = Shelf(tables.manufacturer, _manufacturer_row, _manufacturer)
