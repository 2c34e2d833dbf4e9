"""Ids of users and items as their owner has them, beside the text that the engine keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd


def text_of(label: Any) -> str:
    """The text that stands for an id in files: ``str``, without the fraction of whole floats."""
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    if isinstance(label, np.datetime64):
        return str(pd.Timestamp(label))
    return str(label)


def listed(labels: np.ndarray) -> list[Any]:
    """Labels one by one; ``tolist`` makes bare numbers of times."""
    return list(pd.DatetimeIndex(labels)) if labels.dtype.kind == "M" else labels.tolist()


def texts_of(labels: np.ndarray) -> list[str]:
    if labels.dtype.kind in "iu":
        return [str(label) for label in labels.tolist()]
    return [label if type(label) is str else text_of(label) for label in listed(labels)]


def settled(labels: np.ndarray, what: str) -> np.ndarray:
    """Ids as a dataset keeps them: numbers are whole. ValueError for one that is missing, or is not whole."""
    missing = pd.isna(labels)
    if missing.any():
        raise ValueError(f"{what}: row {int(np.argmax(missing))} has no id")
    kind = labels.dtype.kind
    if kind not in "fO":
        return labels
    kinds = {float} if kind == "f" else {type(label) for label in labels.tolist()}
    if any(issubclass(kind, (float, np.floating)) for kind in kinds):
        for label in labels.tolist():
            if isinstance(label, (float, np.floating)) and not float(label).is_integer():
                raise ValueError(f"{what}: ids are numbers that are not whole, as {label}")
    if not all(issubclass(kind, (int, float, np.integer, np.floating)) and kind is not bool for kind in kinds):
        return labels
    numbers = [int(label) for label in labels.tolist()]
    if not all(-(2**63) <= number < 2**63 for number in numbers):
        raise ValueError(f"{what}: ids are numbers beyond 64 bits; make text of them")
    return np.array(numbers, dtype=np.int64)


def type_of(labels: np.ndarray) -> str:
    """How `restored` is told what the ids were; "" where they were text."""
    if labels.dtype.kind in "iu" or labels.dtype.kind == "M":
        return str(labels.dtype)
    kinds = {type(label) for label in labels.tolist()}
    if kinds <= {str}:
        return ""
    if kinds <= {int}:
        return "int64"
    return ""


def restored(texts: Sequence[str], kind: str) -> np.ndarray:
    """Labels from the texts of an artifact; the texts themselves where one is of another kind, as of a user who came
    to be known by ``monet retrain``.
    """
    if kind:
        try:
            return np.asarray(pd.Series(list(texts), dtype=object).astype(kind))
        except (TypeError, ValueError, OverflowError):
            pass
    return objects(texts)


class Ids:
    """Row numbers of ids, and back. Lookup goes through a hash table, made when it is first needed."""

    def __init__(self, labels: np.ndarray, what: str, texts: Sequence[str] | None = None) -> None:
        self.labels = labels.copy()  # nobody else's, for it does not change
        self.labels.setflags(write=False)
        self.what = what
        self._texts = texts
        self._index: pd.Index | None = None
        self._rows_of_texts: dict[str, int] | None = None

    @classmethod
    def restored(cls, texts: Sequence[str], kind: str, what: str) -> Ids:
        """Those of an artifact or of files, which hold them as text."""
        return cls(restored(texts, kind), what, texts)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def texts(self) -> Sequence[str]:
        if self._texts is None:
            self._texts = texts_of(self.labels)
        return self._texts

    @property
    def index(self) -> pd.Index:
        if self._index is None:
            self._index = pd.Index(self.labels, dtype=self.labels.dtype)
        return self._index

    def find(self, ids: Iterable[Any]) -> np.ndarray:
        """Rows of `ids`, -1 where there is none."""
        wanted = as_labels(ids)
        rows = np.full(len(wanted), -1, dtype=np.int64)
        if len(wanted) == 0:
            return rows
        same = wanted.dtype.kind == self.labels.dtype.kind or {wanted.dtype.kind, self.labels.dtype.kind} <= {"i", "u"}
        if same and wanted.dtype.kind != "O":
            return self.index.get_indexer(pd.Index(wanted))
        return np.fromiter((self._row(label) for label in listed(wanted)), dtype=np.int64, count=len(wanted))

    def _row(self, label: Any) -> int:
        if self._rows_of_texts is None:
            self._rows_of_texts = {text: row for row, text in enumerate(self.texts)}
        return self._rows_of_texts.get(label if type(label) is str else text_of(label), -1)

    def rows(self, ids: Iterable[Any], what: str | None = None) -> np.ndarray:
        """Rows of `ids`. KeyError names the first that are not known."""
        wanted = as_labels(ids)
        rows = self.find(wanted)
        missing = wanted[rows < 0]
        if len(missing) > 0:
            shown = ", ".join(repr(label) for label in listed(missing[:3]))
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            raise UnknownId(f"unknown {what or self.what}: {shown}{more}")
        return rows

    def row_of_text(self, text: str) -> int:
        return self._row(text)

    def label_of_text(self, text: str) -> Any:
        """The label whose text the engine gave back."""
        return self.labels[self._row(text)]


class UnknownId(KeyError):
    """An id that the data or the model does not have. A KeyError whose message is not quoted."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


def as_labels(ids: Iterable[Any]) -> np.ndarray:
    """Ids as an array of one dimension; a text alone is refused, for its letters are no ids."""
    if isinstance(ids, (str, bytes)):
        raise TypeError(f"a list is needed, not the text {ids!r}; write [{ids!r}]")
    if isinstance(ids, (pd.Series, pd.Index)):
        labels = ids.to_numpy()
    elif isinstance(ids, np.ndarray):
        labels = ids
    else:
        held = list(ids)
        labels = np.asarray(held) if all(type(label) in (int, np.int32, np.int64) for label in held) else objects(held)
        if labels.dtype.kind == "f":  # large numbers beside negative or small ones
            labels = objects(held)
    if labels.ndim != 1:
        raise ValueError(f"expected a list of ids, got an array of {labels.ndim} dimensions")
    if labels.dtype.kind == "U":
        return labels.astype(object)
    if len(labels) == 0:
        return objects([])
    return labels


def objects(values: Sequence[Any]) -> np.ndarray:
    return np.fromiter(values, dtype=object, count=len(values))
