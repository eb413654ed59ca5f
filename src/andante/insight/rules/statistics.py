"""Shares, quartiles and correlations, each with how sure one may be of it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles
from typing import Self

NORMAL_95 = 1.959964
"""Standard deviations of the normal distribution on either side of the mean that hold 95 % of it."""


@dataclass(frozen=True)
class Interval:
    """Where the true value lies, with 95 % confidence."""

    low: float
    high: float


def wilson(count: int, of: int) -> Interval:
    """
    The interval of a share; from 0 to 1 where there is nothing to go by.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference",
    doi:10.1080/01621459.1927.10502953: unlike the textbook interval it holds for small numbers, and for shares near
    0 and 1.

    :param count: how many of them
    :param of: how many in all
    """
    if not of:
        return Interval(0.0, 1.0)
    share, squared = count / of, NORMAL_95**2
    centre = share + squared / (2 * of)
    spread = NORMAL_95 * math.sqrt(share * (1 - share) / of + squared / (4 * of**2))
    scale = 1 + squared / of
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


@dataclass(frozen=True)
class Quartiles:
    """A quarter of the values lies below `lower`, half below `median`, three quarters below `upper`."""

    n: int
    lower: float
    median: float
    upper: float


def quartiles(values: Iterable[float]) -> Quartiles | None:
    """
    The quartiles; None where there is no value.

    Between two values it interpolates: type 7 of Hyndman & Fan 1996, "Sample quantiles in statistical packages",
    doi:10.1080/00031305.1996.10473566, as most programs do.
    """
    ordered = sorted(values)
    if len(ordered) < 2:
        return Quartiles(1, *ordered * 3) if ordered else None
    return Quartiles(len(ordered), *quantiles(ordered, n=4, method="inclusive"))


@dataclass(frozen=True)
class Sums:
    """
    What a correlation needs to know of many sittings, summed up where the rows are: in the database.

    An item was right or not; the rest is the share, from 0 to 1, of the sitting's other items that were right.
    """

    n: int = 0
    right: int = 0
    rest: float = 0.0
    rest_squared: float = 0.0
    rest_of_right: float = 0.0
    """The sum of the rest over the sittings in which the item was right."""

    def __add__(self, other: Self) -> "Sums":
        return Sums(
            self.n + other.n,
            self.right + other.right,
            self.rest + other.rest,
            self.rest_squared + other.rest_squared,
            self.rest_of_right + other.rest_of_right,
        )


SMALLEST_VARIANCE = 1e-9
"""Below it all values are the same, but for the rounding of sums."""


def point_biserial(sums: Sums) -> float | None:
    """
    How well an item tells those who know from those who do not, from -1 to 1: the correlation of a right answer with
    the rest of the sitting. None where all answered alike, or all did equally well in the rest.

    The item itself is not part of what it is compared with, else every item would seem to tell something: Henrysson
    1963, "Correction of item-total correlations in item analysis", doi:10.1007/BF02289618.
    """
    n = sums.n
    if not n:
        return None
    of_item = sums.right / n * (1 - sums.right / n)
    of_rest = sums.rest_squared / n - (sums.rest / n) ** 2
    if of_item <= SMALLEST_VARIANCE or of_rest <= SMALLEST_VARIANCE:
        return None
    together = sums.rest_of_right / n - sums.right / n * sums.rest / n
    return max(-1.0, min(1.0, together / math.sqrt(of_item * of_rest)))


def correlation_interval(correlation: float, n: int) -> Interval:
    """
    The interval of a correlation, by Fisher's transformation (Fisher 1921, "On the 'probable error' of a coefficient
    of correlation deduced from a small sample", Metron 1): from -1 to 1 for fewer than four pairs.
    """
    if n < 4:
        return Interval(-1.0, 1.0)
    short_of_one = max(-1 + 1e-12, min(1 - 1e-12, correlation))
    middle, spread = math.atanh(short_of_one), NORMAL_95 / math.sqrt(n - 3)
    return Interval(math.tanh(middle - spread), math.tanh(middle + spread))
