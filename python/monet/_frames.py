"""What a frame means: its columns, ids, times, weights and parts. Errors name the column and the row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from . import _engine
from ._ids import Ids, as_labels, settled

_PART_WORDS = {
    "train": 0, "training": 0, "0": 0,
    "validation": 1, "valid": 1, "val": 1, "dev": 1, "1": 1,
    "test": 2, "2": 2,
}  # fmt: skip


def find_column(columns: Any, role: str) -> Any | None:
    """The column of a role, by the names the field uses (as the program finds it)."""
    held = list(columns)
    found = _engine.find_column([str(column) for column in held], role)
    return None if found is None else held[found]


def column_of(frame: pd.DataFrame, wanted: str | None, role: str) -> Any:
    if wanted is not None:
        if wanted not in frame.columns:
            raise ValueError(f"{role}: there is no column {wanted!r}; there are {', '.join(map(str, frame.columns))}")
        found = wanted
    else:
        found = find_column(frame.columns, role)
    if found is None:
        raise ValueError(f"which column is the {role}? Give {role}=, one of {', '.join(map(str, frame.columns))}")
    if list(frame.columns).count(found) > 1:
        raise ValueError(f"{role}: there are several columns {found!r}")
    return found


def codes_of(column: pd.Series, name: Any, known: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of a column's ids, and the ids: as they come, or those that are `known`."""
    if known is not None:
        codes = pd.Index(known, dtype=known.dtype).get_indexer(column)
        if (codes < 0).any():
            require_ids(column, name)
            first = column.iloc[int(np.argmax(codes < 0))]
            count = int((codes < 0).sum())
            raise ValueError(f"{name}: {count} events are of items that are not in `items`, the first of {first!r}")
        return codes.astype(np.int32), known
    values = column.to_numpy() if column.dtype == object else column
    texts = _engine.factorize(values) if column.dtype == object else None
    if texts is not None:
        return texts[0], values[texts[1]]
    codes, labels = pd.factorize(values)
    if (codes < 0).any():
        require_ids(column, name)
    return codes.astype(np.int32), settled(np.asarray(labels), name)


def require_ids(column: pd.Series, name: Any) -> None:
    missing = column.isna().to_numpy()
    if missing.any():
        raise ValueError(f"{name}: row {int(np.argmax(missing))} has no id")


def catalogue_of(items: Any, name: Any) -> tuple[np.ndarray, pd.DataFrame | None]:
    if not isinstance(items, pd.DataFrame):
        labels = as_labels(items)
        return unique_ids(labels, len(labels), "items"), None
    column = name if name in items.columns else find_column(items.columns, "item")
    labels = np.asarray(items.index if column is None else items[column])
    return unique_ids(labels, len(labels), "items"), items


def unique_ids(labels: np.ndarray, count: int, what: str) -> np.ndarray:
    if len(labels) != count:
        raise ValueError(f"{len(labels)} ids for {count} {what}")
    labels = settled(labels, what)
    twice = pd.Series(labels).duplicated().to_numpy()
    if twice.any():
        raise ValueError(f"{what}: the id {labels[np.argmax(twice)]!r} comes twice")
    return labels


def require_modality(name: Any) -> None:
    """Names of modalities become those of files."""
    if not isinstance(name, str) or not name or name.startswith(".") or any(c in "/\\" or ord(c) < 32 for c in name):
        raise ValueError(f"features: {name!r} is no name of a modality, which is a text without slashes")


def require_texts(ids: Ids) -> None:
    """Refuses ids that are no text, or that differ and are written alike, as 1 and "1". Numbers and texts by themselves
    are told apart already.
    """
    if ids.labels.dtype.kind == "O" and not all(text.isascii() for text in ids.texts):
        wrong = next((text for text in ids.texts if any("\ud800" <= c <= "\udfff" for c in text)), None)
        if wrong is not None:
            raise ValueError(f"{ids.what}: the id {wrong!r} is no Unicode text")
    if ids.labels.dtype.kind != "O" or all(type(label) is str for label in ids.labels.tolist()):
        return
    seen: set[str] = set()
    for text in ids.texts:
        if text in seen:
            raise ValueError(f"{ids.what}: two ids are written alike ({text!r})")
        seen.add(text)


def texts_in(frame: pd.DataFrame | None, wanted: str | None, role: str) -> list[str]:
    if frame is None:
        if wanted is not None:
            raise ValueError(f"{role}: it is a column of `items`, which is no frame")
        return []
    column = column_of(frame, wanted, role) if wanted is not None else find_column(frame.columns, role)
    if column is None:
        return []
    return ["" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value) for value in frame[column].tolist()]


def parts_of(events: pd.DataFrame, split: str | Sequence[Any] | None) -> np.ndarray | None:
    """The part of each row; None where rows are to be divided."""
    if split is None:
        return np.zeros(len(events), dtype=np.uint8)
    if isinstance(split, str):
        if split in ("random", "time"):
            return None
        if split not in events.columns:
            raise ValueError(f"split: {split!r} is not 'random', 'time' or a column of the events")
        split = events[split]
    values = pd.Series(list(split) if not isinstance(split, pd.Series) else split.to_numpy())
    if len(values) != len(events):
        raise ValueError(f"split: {len(values)} labels for {len(events)} events")
    parts = values.astype(str).str.lower().map(_PART_WORDS)
    if parts.isna().any():
        raise ValueError(f"split: {values[parts.isna()].iloc[0]!r} is not one of train, validation, test")
    return parts.to_numpy(dtype=np.uint8)


def seconds_of(column: pd.Series) -> np.ndarray:
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    try:
        times = pd.to_datetime(column, utc=True)
    except (TypeError, ValueError) as error:
        raise ValueError(f"time: {error}") from None
    if times.isna().any():
        raise ValueError(f"time: row {int(np.argmax(times.isna().to_numpy()))} has none")
    return times.astype("int64").to_numpy() / 1e9


def floats_of(column: pd.Series, name: Any) -> np.ndarray:
    try:
        return column.to_numpy(dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: weights are numbers ({error})") from None
