"""Bodies from files: read as strictly as the API reads them, by the same schemas."""

from collections.abc import Mapping
from typing import Any

from app.api.schemas.forecast import ForecastSchema
from app.api.schemas.pos_batch import PosBatchSchema
from app.api.shape import Check, require_shape, shape_check
from app.http.strict_json import parse_json

FORECAST_SHAPE = shape_check(ForecastSchema())
POS_BATCH_SHAPE = shape_check(PosBatchSchema())


def read_body(data: bytes, shape: Check) -> Mapping[str, Any]:
    """Return the JSON object in ``data``.

    Raises:
        AppError: it is no strict JSON, or not of this shape; every fault is named by its JSON Pointer.
    """
    return require_shape(shape, parse_json(data))
