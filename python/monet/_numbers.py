"""Numbers that are no options of a model."""

from __future__ import annotations

import math
import operator
from typing import Any


def whole(value: Any, name: str, low: int, high: int = 2**31 - 1) -> int:
    """A whole number in [low, high]; ValueError for anything else, True and 3.0 among it."""
    if not _is_bool(value):
        try:
            found = operator.index(value)
        except TypeError:
            found = None
        if found is not None and low <= found <= high:
            return found
        if found is not None and found > high:
            raise ValueError(f"{name}: {value!r} is not a whole number of at most {high}")
    raise ValueError(f"{name}: {value!r} is not a whole number of at least {low}")


def number(value: Any, name: str, low: float, high: float = math.inf) -> float:
    """A finite number in [low, high]; ValueError for anything else."""
    if not _is_bool(value) and not isinstance(value, (str, bytes)):
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = math.nan
        if math.isfinite(found) and low <= found <= high:
            return found
    bounds = f"of at least {low:g}" if high == math.inf else f"between {low:g} and {high:g}"
    raise ValueError(f"{name}: {value!r} is not a number {bounds}")


def _is_bool(value: Any) -> bool:
    return type(value).__name__.startswith("bool")  # NumPy's own are none of Python's
