"""Datasets: who touched what, in three splits, with features of the items."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import _engine, _program
from ._features import aligned
from ._ids import Ids, as_labels, restored, settled, type_of
from ._numbers import number, whole

PARTS = ("train", "validation", "test")
_PART_WORDS = {
    "train": 0, "training": 0, "0": 0,
    "validation": 1, "valid": 1, "val": 1, "dev": 1, "1": 1,
    "test": 2, "2": 2,
}  # fmt: skip


class Dataset:
    """Interactions in three splits, item features, and the ids that users and items came with.

    Made by :meth:`from_pandas`, :meth:`from_csr`, :meth:`generate` and :func:`monet.load`; does not change afterwards.

    >>> import pandas as pd
    >>> events = pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2], "item_id": list("abcbcd")})
    >>> Dataset.from_pandas(events)
    Dataset('events': 2 users, 4 items, 6 interactions (2 train, 2 validation, 2 test))
    """

    def __init__(self, engine: _engine.Dataset, users: Ids | None = None, items: Ids | None = None) -> None:
        self._engine = engine
        self._said: list[str] = []
        types = engine.id_types
        self._users = users or _ids_of(engine.user_ids, types.get("users", ""), "users")
        self._items = items or _ids_of(engine.item_ids, types.get("items", ""), "items")

    # ---- making ----

    @classmethod
    def from_pandas(
        cls,
        events: pd.DataFrame,
        *,
        user: str | None = None,
        item: str | None = None,
        time: str | None = None,
        weight: str | None = None,
        items: pd.DataFrame | Sequence[Any] | None = None,
        title: str | None = None,
        category: str | None = None,
        features: Mapping[str, Any] | None = None,
        split: str | Sequence[Any] | None = "random",
        seed: int = 123,
        validation: pd.DataFrame | None = None,
        test: pd.DataFrame | None = None,
        missing: str = "mean",
        name: str = "events",
    ) -> Dataset:
        """A dataset of a frame with a row for each interaction.

        Parameters
        ----------
        user, item, time, weight
            Columns. By default found by the names the field uses (``user_id``, ``userID``, ``item_id``, ``timestamp``, …);
            a weight is only taken when it is named.
        items
            A catalogue: a frame with a column of ids (or ids as its index), or a list of ids. Its order is the order of
            the items, also of those that nobody touched. Without it items are those of ``events``, as they come.
        title, category
            Columns of the catalogue; by default found by name.
        features
            By modality: ``X`` with a row for each item of ``items``; ``(ids, X)``; ``(encoder, ids, X)``, where the name
            of the encoder is only read by people; or a frame whose index are ids. A float32 matrix in the order of the
            items is used where it lies and not copied: do not write to it while the dataset lives. Items without a row
            are filled as ``missing`` says.
        split
            ``"random"`` or ``"time"``: each user's interactions, by the paper's rule (about 80 / 10 / 10); or a column
            (or a list) that says ``train``, ``validation`` or ``test`` of each row. None: everything is for training.
        validation, test
            Frames of their own for these splits, with the same columns.
        missing
            Feature rows that are absent or all NaN: ``"mean"`` of the others, ``"zero"``, or ``"error"``.

        Raises ValueError for what cannot be, and :class:`monet.DataError` for wrong content.
        """
        frames = [frame for frame in (events, validation, test) if frame is not None]
        for frame in frames:
            if not isinstance(frame, pd.DataFrame):
                raise TypeError(f"events are a pandas DataFrame, not {type(frame).__name__}")
        if len(events) == 0:
            raise ValueError("there are no events")
        user = _column(events, user, "user")
        item = _column(events, item, "item")
        weight = None if weight is None else _column(events, weight, "weight")
        own_parts = validation is not None or test is not None
        labels = None if own_parts else _labels(events, split)
        if own_parts and not (isinstance(split, str) and split == "random"):
            raise ValueError("split: there are frames for validation and test, so nothing is left to split")
        by_time = labels is None and not own_parts and split == "time"
        if by_time:
            time = _column(events, time, "time")
        if own_parts:
            pieces = [(0, events)] + [(p, f) for p, f in ((1, validation), (2, test)) if f is not None]
            labels = np.concatenate([np.full(len(frame), part, dtype=np.uint8) for part, frame in pieces])
            roles = {"user": user, "item": item} | ({} if weight is None else {"weight": weight})
            events = pd.concat([frame[[_column(frame, roles[role], role) for role in roles]] for _, frame in pieces])
        user_codes, user_labels = _codes(events[user], user)
        catalogue = None if items is None else _catalogue(items, item)
        item_codes, item_labels = _codes(events[item], item, None if catalogue is None else catalogue[0])
        frame = None if catalogue is None else catalogue[1]
        return cls._assemble(
            user_codes,
            item_codes,
            Ids(user_labels, "users"),
            Ids(item_labels, "items"),
            times=_seconds(events[time]) if by_time else None,
            weights=None if weight is None else _floats(events[weight], weight),
            parts=labels,
            features=features,
            has_catalogue=catalogue is not None,
            titles=_texts(frame, title, "title"),
            categories=_texts(frame, category, "category"),
            split=split if isinstance(split, str) and split in ("random", "time") else "random",
            seed=seed,
            missing=missing,
            name=name,
        )

    @classmethod
    def from_csr(
        cls,
        train: Any,
        *,
        validation: Any = None,
        test: Any = None,
        users: Sequence[Any] | None = None,
        items: Sequence[Any] | None = None,
        titles: Sequence[str] | None = None,
        features: Mapping[str, Any] | None = None,
        split: str | None = "random",
        seed: int = 123,
        missing: str = "mean",
        name: str = "matrix",
    ) -> Dataset:
        """A dataset of SciPy matrices [users, items]; entries above 0 are interactions, and weigh what they hold.

        One matrix alone is split at random, or with ``split=None`` not at all. Without ``users`` and ``items`` ids are
        row numbers.

        >>> import numpy as np, scipy.sparse
        >>> Dataset.from_csr(scipy.sparse.csr_matrix(np.eye(3) + np.ones((3, 3))))
        Dataset('matrix': 3 users, 3 items, 9 interactions (3 train, 3 validation, 3 test))
        """
        others = [(part, matrix) for part, matrix in ((1, validation), (2, test)) if matrix is not None]
        if split not in ("random", None):
            raise ValueError(f"split: {split!r} is not 'random' or None; other splits are matrices of their own")
        matrices = [(0, train), *others]
        pieces = []
        for part, matrix in matrices:
            if not hasattr(matrix, "tocsr"):
                raise TypeError(f"a scipy.sparse matrix is needed, not {type(matrix).__name__}")
            if matrix.shape != train.shape:
                raise ValueError(f"the {PARTS[part]} matrix has the shape {matrix.shape}, not {train.shape}")
            csr = matrix.tocsr()
            if not csr.has_canonical_format:
                csr = csr.copy()
                csr.sum_duplicates()
            coo = csr.tocoo()
            pieces.append((np.full(coo.nnz, part, dtype=np.uint8), coo.row, coo.col, coo.data))
        parts, rows, columns, data = (np.concatenate(arrays) for arrays in zip(*pieces))
        with np.errstate(over="ignore"):
            data = data.astype(np.float32)
        if not np.isfinite(data).all():
            raise ValueError("the matrix holds values that are not finite")
        kept = data > 0
        if (data < 0).any():
            raise ValueError("the matrix holds values below 0; an interaction weighs more than 0")
        num_users, num_items = train.shape
        user_ids = np.arange(num_users) if users is None else _unique(as_labels(users), num_users, "users")
        item_ids = np.arange(num_items) if items is None else _unique(as_labels(items), num_items, "items")
        weights = data[kept]
        return cls._assemble(
            rows[kept].astype(np.int32),
            columns[kept].astype(np.int32),
            Ids(user_ids, "users"),
            Ids(item_ids, "items"),
            times=None,
            weights=None if len(weights) == 0 or (weights == weights[0]).all() else weights,
            parts=None if len(matrices) == 1 and split is not None else parts[kept],
            features=features,
            has_catalogue=True,
            titles=[] if titles is None else [str(title) for title in titles],
            categories=[],
            split="random",
            seed=seed,
            missing=missing,
            name=name,
        )

    @classmethod
    def generate(
        cls, users: int = 1500, items: int = 1000, interactions: int = 15000, seed: int = 7, cold_items: float = 0.0
    ) -> Dataset:
        """A made-up shop with tastes in it (``monet synth``), to try things on.

        >>> Dataset.generate(users=200, items=100, interactions=2000).modalities
        {'image': (100, 64), 'text': (100, 48)}
        """
        counts = {"users": users, "items": items, "interactions": interactions}
        users, items, interactions = (whole(value, key, 1) for key, value in counts.items())
        seed = whole(seed, "seed", 0, 2**64 - 1)
        return cls(_engine.Dataset.generate(users, items, interactions, seed, number(cold_items, "cold_items", 0, 1)))

    @classmethod
    def _assemble(
        cls,
        users: np.ndarray,
        items: np.ndarray,
        user_ids: Ids,
        item_ids: Ids,
        *,
        times: np.ndarray | None,
        weights: np.ndarray | None,
        parts: np.ndarray | None,
        draw_validation: bool = True,
        features: Mapping[str, Any] | None,
        has_catalogue: bool,
        titles: list[str],
        categories: list[str],
        split: str,
        seed: int,
        missing: str,
        name: str,
        recipes: Mapping[str, bytes] | None = None,
    ) -> Dataset:
        if len(titles) not in (0, len(item_ids)):
            raise ValueError(f"{len(titles)} titles for {len(item_ids)} items")
        if features is not None and not isinstance(features, Mapping):
            raise TypeError(f"features: a mapping from modalities to matrices is needed, not {type(features).__name__}")
        for key in features or ():
            _require_modality(key)
        matrices = [(key, aligned(value, key, item_ids, has_catalogue)) for key, value in (features or {}).items()]
        types = {"users": type_of(user_ids.labels), "items": type_of(item_ids.labels)}
        for ids in (user_ids, item_ids):
            if len(set(ids.texts)) != len(ids):
                raise ValueError(f"{ids.what}: two ids are written alike ({_first_twice(ids.texts)!r})")
            _require_unicode(ids)
        engine = _engine.Dataset.from_arrays(
            users=users,
            items=items,
            times=times,
            weights=weights,
            parts=parts,
            draw_validation=draw_validation,
            user_ids=list(user_ids.texts),
            item_ids=list(item_ids.texts),
            features=matrices,
            recipes=dict(recipes or {}),
            titles=titles,
            categories=categories,
            split=split,
            seed=whole(seed, "seed", 0, 2**64 - 1),
            missing=missing,
            name=str(name),
            id_types={key: kind for key, kind in types.items() if kind},
        )
        return cls(engine, user_ids, item_ids)

    # ---- what is in it ----

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def hash(self) -> str:
        """Of interactions, features and ids, as artifacts note it."""
        return self._engine.hash

    @property
    def users(self) -> np.ndarray:
        """Ids of the users, by row."""
        return self._users.labels

    @property
    def items(self) -> np.ndarray:
        """Ids of the items, by row."""
        return self._items.labels

    @property
    def titles(self) -> list[str]:
        """Of the items, by row; empty where none are known."""
        return self._engine.titles

    @property
    def categories(self) -> list[str]:
        return self._engine.categories

    @property
    def modalities(self) -> dict[str, tuple[int, int]]:
        """Shapes of the features."""
        return {name: values.shape for name, values, _ in self._engine.modalities()}

    @property
    def notes(self) -> list[str]:
        """What was met while reading and put right, and what :func:`monet.prepare` said."""
        return [*self._said, *self._engine.notes]

    def features(self, modality: str) -> np.ndarray:
        """Features of a modality, [items, width]: a read-only view."""
        for name, values, _ in self._engine.modalities():
            if name == modality:
                return values
        raise KeyError(modality)

    def matrix(self, split: str = "train") -> Any:
        """A split as a ``scipy.sparse.csr_matrix`` of ones, [users, items]."""
        import scipy.sparse

        indptr, indices = self._engine.part(split)
        ones = np.ones(len(indices), dtype=np.float32)
        weights = self._engine.weights()
        if split == "train" and len(weights) > 0:
            ones = weights.copy()
        return scipy.sparse.csr_matrix((ones, indices.copy(), indptr.copy()), shape=(len(self.users), len(self.items)))

    def interactions(self, split: str = "train") -> pd.DataFrame:
        """A split as a frame of user and item."""
        indptr, indices = self._engine.part(split)
        rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        return pd.DataFrame({"user": self.users[rows], "item": self.items[indices]})

    def save(self, path: str | os.PathLike[str], force: bool = False) -> None:
        """Writes the dataset as a folder that :func:`load` and the program read (MMRec's layout). Ids become text.

        The layout has no place for users at the end that have no interactions, nor for such items without features: a
        warning says so. ValueError for an id that cannot stand in a line.
        """
        _write_folder(self, Path(path), force)

    def __repr__(self) -> str:
        train, validation, test = (self._engine.size(part) for part in PARTS)
        return (
            f"Dataset({self.name!r}: {len(self.users):,} users, {len(self.items):,} items, "
            f"{train + validation + test:,} interactions ({train:,} train, {validation:,} validation, {test:,} test)"
            + "".join(f", {name} {width} wide" for name, (_, width) in self.modalities.items())
            + ")"
        )

    def _repr_html_(self) -> str:
        rows = [("users", f"{len(self.users):,}"), ("items", f"{len(self.items):,}")]
        rows += [(part, f"{self._engine.size(part):,} interactions") for part in PARTS]
        rows += [(name, f"{width} wide") for name, (_, width) in self.modalities.items()]
        from ._html import table

        return table(f"Dataset {self.name}", rows)

    def __reduce__(self) -> Any:
        return _from_state, (self._state(),)

    def __copy__(self) -> Dataset:
        return Dataset(self._engine, self._users, self._items)

    def __deepcopy__(self, _memo: Any) -> Dataset:
        return self.__copy__()  # nothing in it can change

    def _state(self) -> dict[str, Any]:
        users, items, parts = [], [], []
        for part, name in enumerate(PARTS):
            indptr, indices = self._engine.part(name)
            users.append(np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr)))
            items.append(indices)
            parts.append(np.full(len(indices), part, dtype=np.uint8))
        weights = self._engine.weights()
        held = None
        if len(weights) > 0:
            held = np.concatenate([weights, np.ones(len(items[1]) + len(items[2]), dtype=np.float32)])
        return {
            "users": np.concatenate(users),
            "items": np.concatenate(items),
            "parts": np.concatenate(parts),
            "weights": held,
            "user_ids": self.users,
            "item_ids": self.items,
            "features": {name: np.array(values) for name, values, _ in self._engine.modalities()},
            "recipes": self._engine.recipes(),
            "missing": self._engine.missing,
            "titles": self.titles,
            "categories": self.categories,
            "name": self.name,
        }


def _from_state(state: dict[str, Any]) -> Dataset:
    return Dataset._assemble(
        state["users"],
        state["items"],
        Ids(state["user_ids"], "users"),
        Ids(state["item_ids"], "items"),
        times=None,
        weights=state["weights"],
        parts=state["parts"],
        draw_validation=False,
        features=state["features"],
        has_catalogue=True,
        titles=state["titles"],
        categories=state["categories"],
        split="random",
        seed=123,
        missing=state["missing"],
        name=state["name"],
        recipes=state["recipes"],
    )


def load(
    path: str | os.PathLike[str],
    *,
    modalities: Sequence[str] | None = None,
    user: str | None = None,
    item: str | None = None,
    time: str | None = None,
    weight: str | None = None,
    separator: str | None = None,
    split: str = "random",
    seed: int = 123,
    missing: str = "mean",
    core: str = "5-core",
) -> Dataset:
    """Reads a dataset in any layout that the program reads: a folder of ``prepare``, MMRec, RecBole, LightGCN or the
    5-core JSON files, or a table with a header (docs/formats.md).

    ``modalities`` names the features to use (default: all; ``[]``: none); the columns and ``split`` concern tables
    without a split of their own.
    """
    if not os.path.exists(path):
        raise FileNotFoundError(f"{os.fspath(path)}: no such file or directory")
    given = {"user": user, "item": item, "time": time, "weight": weight, "separator": separator}
    options = {key: value for key, value in given.items() if value is not None}
    options |= {"split": split, "missing": missing, "core": core}
    for key, value in options.items():
        if not isinstance(value, str):
            raise TypeError(f"{key}: a text is needed, not {value!r}")
    options["seed"] = whole(seed, "seed", 0, 2**64 - 1)
    if modalities is not None:
        options["modalities"] = as_labels(modalities).tolist()
    return Dataset(_engine.Dataset.load(os.fspath(path), options))


def prepare(
    source: str | os.PathLike[str], *, out: str | os.PathLike[str], progress: bool = False, **options: Any
) -> Dataset | None:
    """Makes a dataset of raw data: reviews, catalogues, pictures, logs (``monet prepare``, docs/prepare.md).

    Keyword arguments are the program's options: ``image_dir="pictures"``, ``split="time"``, ``force=True``; a list
    gives an option several times. Returns the dataset, read back; its ``notes`` have what the program said: what was
    recognised, what was left out. ``dry_run=True`` prints what would be made, and makes nothing.
    """
    if not os.path.exists(source):
        raise FileNotFoundError(f"{os.fspath(source)}: no such file or directory")
    said: list[str] = []
    printed = _program.run("prepare", os.fspath(source), progress=progress, said=said, out=os.fspath(out), **options)
    if options.get("dry_run"):
        print(printed, end="")
        return None
    data = load(out)
    data._said = [*printed.splitlines(), *said]
    return data


def _ids_of(texts: Sequence[str], kind: str, what: str) -> Ids:
    return Ids(restored(texts, kind), what, texts)


_NAMES = {
    "user": ("user", "userid", "uid", "reviewerid", "customerid", "visitorid"),
    "item": ("item", "itemid", "iid", "asin", "productid", "articleid", "movieid"),
    "time": ("time", "timestamp", "ts", "date", "datetime", "unixreviewtime", "tdat"),
    "title": ("title", "name", "productname", "itemname", "prodname"),
    "category": ("category", "categories", "genres", "genre", "producttype"),
}


def _plain(name: Any) -> str:
    return str(name).split(":")[0].lower().replace("_", "").replace("-", "").replace(" ", "")


def _find(columns: Any, role: str) -> Any | None:
    plain = {_plain(column): column for column in reversed(list(columns))}
    return next((plain[name] for name in _NAMES.get(role, ()) if name in plain), None)


def _column(frame: pd.DataFrame, wanted: str | None, role: str) -> Any:
    if wanted is not None:
        if wanted not in frame.columns:
            raise ValueError(f"{role}: there is no column {wanted!r}; there are {', '.join(map(str, frame.columns))}")
        found = wanted
    else:
        found = _find(frame.columns, role)
    if found is None:
        raise ValueError(f"which column is the {role}? Give {role}=, one of {', '.join(map(str, frame.columns))}")
    if list(frame.columns).count(found) > 1:
        raise ValueError(f"{role}: there are several columns {found!r}")
    return found


def _codes(column: pd.Series, name: Any, known: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of a column's ids, and the ids: as they come, or those that are `known`."""
    if known is not None:
        codes = pd.Index(known, dtype=known.dtype).get_indexer(column)
        if (codes < 0).any():
            _require_ids(column, name)
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
        _require_ids(column, name)
    return codes.astype(np.int32), settled(np.asarray(labels), name)


def _require_ids(column: pd.Series, name: Any) -> None:
    missing = column.isna().to_numpy()
    if missing.any():
        raise ValueError(f"{name}: row {int(np.argmax(missing))} has no id")


def _catalogue(items: Any, name: Any) -> tuple[np.ndarray, pd.DataFrame | None]:
    if not isinstance(items, pd.DataFrame):
        labels = as_labels(items)
        return _unique(labels, len(labels), "items"), None
    column = name if name in items.columns else _find(items.columns, "item")
    labels = np.asarray(items.index if column is None else items[column])
    return _unique(labels, len(labels), "items"), items


def _unique(labels: np.ndarray, count: int, what: str) -> np.ndarray:
    if len(labels) != count:
        raise ValueError(f"{len(labels)} ids for {count} {what}")
    labels = settled(labels, what)
    twice = pd.Series(labels).duplicated().to_numpy()
    if twice.any():
        raise ValueError(f"{what}: the id {labels[np.argmax(twice)]!r} comes twice")
    return labels


def _require_modality(name: Any) -> None:
    """Names of modalities become those of files."""
    if not isinstance(name, str) or not name or name.startswith(".") or any(c in "/\\" or ord(c) < 32 for c in name):
        raise ValueError(f"features: {name!r} is no name of a modality, which is a text without slashes")


def _require_unicode(ids: Ids) -> None:
    try:
        "".join(ids.texts).encode()
    except UnicodeEncodeError:
        wrong = next(text for text in ids.texts if any("\ud800" <= c <= "\udfff" for c in text))
        raise ValueError(f"{ids.what}: the id {wrong!r} is no Unicode text") from None


def _first_twice(texts: Sequence[str]) -> str:
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            return text
        seen.add(text)
    return ""


def _texts(frame: pd.DataFrame | None, wanted: str | None, role: str) -> list[str]:
    if frame is None:
        if wanted is not None:
            raise ValueError(f"{role}: it is a column of `items`, which is no frame")
        return []
    column = _column(frame, wanted, role) if wanted is not None else _find(frame.columns, role)
    if column is None:
        return []
    return ["" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value) for value in frame[column].tolist()]


def _labels(events: pd.DataFrame, split: str | Sequence[Any] | None) -> np.ndarray | None:
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


def _seconds(column: pd.Series) -> np.ndarray:
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    try:
        times = pd.to_datetime(column, utc=True)
    except (TypeError, ValueError) as error:
        raise ValueError(f"time: {error}") from None
    if times.isna().any():
        raise ValueError(f"time: row {int(np.argmax(times.isna().to_numpy()))} has none")
    return times.astype("int64").to_numpy() / 1e9


def _floats(column: pd.Series, name: Any) -> np.ndarray:
    try:
        return column.to_numpy(dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: weights are numbers ({error})") from None


def _write_folder(data: Dataset, path: Path, force: bool) -> None:
    for ids in (data._users, data._items):
        wrong = next((text for text in ids.texts if _NO_LINE.search(text)), None)
        if wrong is not None:
            raise ValueError(
                f"{ids.what}: the id {wrong!r} cannot stand in a line, for it is empty, ends in blanks or has lines"
            )
    lost = _untouched_at_the_end(data)
    if lost:
        warnings.warn(f"{lost} have no interactions, and the folder has no place for them", UserWarning, stacklevel=3)
    folder = _engine.NewDataset(os.fspath(path), force)
    try:
        _write_files(data, Path(folder.path()), path.resolve().name)
        folder.commit()
    finally:
        folder.close()


# Texts that the reader would trim, or take for several lines.
_NO_LINE = re.compile(r"[\n\r]|^(?=[\s\u200b\u200e\u200f\u2060\ufeff]|$)|[\s\u200b\u200e\u200f\u2060\ufeff]$")


def _untouched_at_the_end(data: Dataset) -> str:
    parts = [data._engine.part(part) for part in PARTS]
    users = max(int(np.flatnonzero(np.diff(indptr)).max(initial=-1)) for indptr, _ in parts) + 1
    items = max(int(indices.max(initial=-1)) for _, indices in parts) + 1
    lost = {"users": len(data.users) - users, "items": 0 if data.modalities else len(data.items) - items}
    return " and ".join(f"{count} {what} at the end" for what, count in lost.items() if count > 0)


def _write_files(data: Dataset, folder: Path, name: str) -> None:
    pieces = []
    for label, part in enumerate(PARTS):
        indptr, indices = data._engine.part(part)
        rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        pieces.append(pd.DataFrame({"userID": rows, "itemID": indices, "x_label": label}))
    table = pd.concat(pieces, ignore_index=True)
    weights = data._engine.weights()
    if len(weights) > 0:
        table.insert(2, "weight", np.concatenate([weights, np.ones(len(table) - len(weights), dtype=np.float32)]))
    table.to_csv(folder / f"{name}.inter", sep="\t", index=False)
    for file, header, texts in (
        ("u_id_mapping.csv", "user_id\tuserID", data._users.texts),
        ("i_id_mapping.csv", "asin\titemID", data._items.texts),
    ):
        lines = [f"{_quoted(text)}\t{row}" for row, text in enumerate(texts)]
        (folder / file).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    if data.titles or data.categories:
        empty = [""] * len(data.items)
        frame = pd.DataFrame({"itemID": range(len(data.items)), "title": data.titles or empty})
        if data.categories:
            frame["category"] = data.categories
        frame.to_csv(folder / "items.csv", index=False)
    for modality, values, _ in data._engine.modalities():
        np.save(folder / f"{modality}_feat.npy", values)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if '"' in text else text
