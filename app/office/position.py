"""Where something was done, and how far from where it should have been."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

DEGREE = 1_000_000
"""Degrees are kept as whole millionths (about 0.1 m)."""

_METRES_PER_DEGREE = Decimal("111194.926645")
"""Of a great circle of a sphere with the mean radius of the Earth, 6,371,008.8 m."""
_PI = Decimal("3.14159265358979323846264338")
_TERMS = 12


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the Earth."""

    latitude: int
    """Millionths of a degree, north positive."""
    longitude: int
    """Millionths of a degree, east positive."""

    def metres_from(self, other: "Position") -> int:
        """Return the distance in whole metres, to within a metre over the few kilometres it is asked for.

        Decimal arithmetic of fixed precision, so that every machine prints the same number.
        """
        with localcontext(prec=28):
            north = Decimal(self.latitude - other.latitude) / DEGREE * _METRES_PER_DEGREE
            around = (self.longitude - other.longitude + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
            middle = Decimal(self.latitude + other.latitude) / (2 * DEGREE)
            east = Decimal(around) / DEGREE * _METRES_PER_DEGREE * _cosine(middle)
            return int((north * north + east * east).sqrt().to_integral_value(ROUND_HALF_EVEN))


def _cosine(degrees: Decimal) -> Decimal:
    angle = degrees * _PI / 180
    term = total = Decimal(1)
    for number in range(1, _TERMS + 1):
        term = -term * angle * angle / ((2 * number - 1) * (2 * number))
        total += term
    return total
