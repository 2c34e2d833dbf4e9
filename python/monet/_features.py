"""Features of items as people hold them: arrays, frames, with ids or without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ._ids import Ids, as_labels


def as_matrix(values: Any, name: str) -> np.ndarray:
    """A float32 matrix with contiguous rows: `values` itself where it is one, otherwise a copy. What a mask hides, and
    what pandas has as NA, is NaN.
    """
    try:
        array = _array(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"features {name!r}: not a matrix of numbers ({error})") from None
    if array.dtype.kind not in "fiub":
        raise ValueError(f"features {name!r}: numbers are needed, not {array.dtype}")
    if array.ndim != 2:
        raise ValueError(f"features {name!r}: a matrix is needed, a row for each item; got {array.ndim} dimensions")
    with np.errstate(over="ignore"):  # what is beyond float32 is refused as infinite
        return np.require(array, np.float32, ["C", "ALIGNED"])


def _array(values: Any) -> np.ndarray:
    if isinstance(values, pd.DataFrame):
        numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in values.dtypes)
        values = values.to_numpy(dtype=np.float32, na_value=np.nan) if numeric else values.to_numpy()
    if isinstance(values, np.ma.MaskedArray):
        values = values.astype(np.float32).filled(np.nan)
    if hasattr(values, "toarray"):  # scipy.sparse
        values = values.toarray()
    array = np.asarray(values)
    if array.dtype.kind != "O":
        return array
    if array.ndim == 1:
        array = np.stack([np.asarray(row, dtype=np.float32) for row in array])
    return array.astype(np.float32)


def split_given(value: Any, name: str) -> tuple[Any | None, Any]:
    """(ids or None, matrix) of what was given: X, (ids, X), (encoder, ids, X), or a frame whose index are ids."""
    if isinstance(value, tuple):
        if len(value) == 3 and isinstance(value[0], str):
            value = value[1:]
        if len(value) != 2:
            raise ValueError(f"features {name!r}: give X, (ids, X) or (encoder, ids, X)")
        return value
    if isinstance(value, pd.DataFrame):
        return value.index, value
    return None, value


def aligned(value: Any, name: str, items: Ids, has_catalogue: bool) -> np.ndarray:
    """The matrix with a row for each item, in their order; rows of items that are not given are NaN."""
    ids, given = split_given(value, name)
    matrix = as_matrix(given, name)
    if ids is None:
        if not has_catalogue:
            raise ValueError(
                f"features {name!r}: whose rows are these? Give (ids, X), or `items`, in whose order they come"
            )
        if len(matrix) != len(items):
            raise ValueError(f"features {name!r}: {len(matrix)} rows for {len(items)} items")
        return matrix
    labels = as_labels(ids)
    if len(labels) != len(matrix):
        raise ValueError(f"features {name!r}: {len(labels)} ids for {len(matrix)} rows")
    rows = items.find(labels)
    known = rows >= 0
    if not known.any():
        raise ValueError(f"features {name!r}: none of the {len(labels)} ids is an item of the data")
    taken = rows[known]
    if len(np.unique(taken)) != len(taken):
        twice = pd.Series(labels[known])[pd.Series(taken).duplicated().to_numpy()].iloc[0]
        raise ValueError(f"features {name!r}: the id {twice!r} comes twice")
    if len(rows) == len(items) and np.array_equal(rows, np.arange(len(items))):
        return matrix  # as they are, uncopied
    out = np.full((len(items), matrix.shape[1]), np.nan, dtype=np.float32)
    out[taken] = matrix[known]
    return out
