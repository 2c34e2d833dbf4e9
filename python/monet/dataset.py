"""Datasets: who touched what, in three splits, with features of the items."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import _engine, _program
from ._features import aligned
from ._folder import PARTS, write_folder
from ._frames import (
    catalogue_of,
    codes_of,
    column_of,
    floats_of,
    parts_of,
    require_modality,
    require_texts,
    seconds_of,
    texts_in,
    unique_ids,
)
from ._ids import Ids, as_labels, type_of
from ._numbers import number, whole


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
        self._users = users or Ids.restored(engine.user_ids, types.get("users", ""), "users")
        self._items = items or Ids.restored(engine.item_ids, types.get("items", ""), "items")

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
        user = column_of(events, user, "user")
        item = column_of(events, item, "item")
        weight = None if weight is None else column_of(events, weight, "weight")
        own_parts = validation is not None or test is not None
        labels = None if own_parts else parts_of(events, split)
        if own_parts and not (isinstance(split, str) and split == "random"):
            raise ValueError("split: there are frames for validation and test, so nothing is left to split")
        by_time = labels is None and not own_parts and split == "time"
        if by_time:
            time = column_of(events, time, "time")
        if own_parts:
            pieces = [(0, events)] + [(p, f) for p, f in ((1, validation), (2, test)) if f is not None]
            labels = np.concatenate([np.full(len(frame), part, dtype=np.uint8) for part, frame in pieces])
            roles = {"user": user, "item": item} | ({} if weight is None else {"weight": weight})
            events = pd.concat([frame[[column_of(frame, roles[role], role) for role in roles]] for _, frame in pieces])
        user_codes, user_labels = codes_of(events[user], user)
        catalogue = None if items is None else catalogue_of(items, item)
        item_codes, item_labels = codes_of(events[item], item, None if catalogue is None else catalogue[0])
        frame = None if catalogue is None else catalogue[1]
        return cls._assemble(
            user_codes,
            item_codes,
            Ids(user_labels, "users"),
            Ids(item_labels, "items"),
            times=seconds_of(events[time]) if by_time else None,
            weights=None if weight is None else floats_of(events[weight], weight),
            parts=labels,
            features=features,
            has_catalogue=catalogue is not None,
            titles=texts_in(frame, title, "title"),
            categories=texts_in(frame, category, "category"),
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
        user_ids = np.arange(num_users) if users is None else unique_ids(as_labels(users), num_users, "users")
        item_ids = np.arange(num_items) if items is None else unique_ids(as_labels(items), num_items, "items")
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
            require_modality(key)
        matrices = [(key, aligned(value, key, item_ids, has_catalogue)) for key, value in (features or {}).items()]
        types = {"users": type_of(user_ids.labels), "items": type_of(item_ids.labels)}
        for ids in (user_ids, item_ids):
            require_texts(ids)
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
        users, items = self._pairs(split)
        return pd.DataFrame({"user": self.users[users], "item": self.items[items]})

    def _pairs(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows of users and items of a split's interactions."""
        indptr, indices = self._engine.part(split)
        return np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr)), indices

    def save(self, path: str | os.PathLike[str], force: bool = False) -> None:
        """Writes the dataset as a folder that :func:`load` and the program read (MMRec's layout). Ids become text.

        The layout has no place for users at the end that have no interactions, nor for such items without features: a
        warning says so. ValueError for an id that cannot stand in a line.
        """
        write_folder(self, Path(path), force)

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
        users, items = zip(*(self._pairs(part) for part in PARTS))
        parts = [np.full(len(rows), part, dtype=np.uint8) for part, rows in enumerate(users)]
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
    columns = {"user": user, "item": item, "time": time, "weight": weight}
    given = {"separator": separator, "split": split, "missing": missing, "core": core} | columns
    for key, value in given.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{key}: a text is needed, not {value!r}")
    options = {"separator": separator, "split-by": split, "missing": missing, "core": core}
    options |= {f"{role}-column": name for role, name in columns.items()}
    options["split-seed"] = str(whole(seed, "seed", 0, 2**64 - 1))
    options = {key: value for key, value in options.items() if value is not None}
    names = None if modalities is None else as_labels(modalities).tolist()
    return Dataset(_engine.Dataset.load(os.fspath(path), options, names))


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
