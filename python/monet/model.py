"""Models: one class for each that the program has, with its options as keyword arguments."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from . import _engine
from ._features import aligned, split_given
from ._ids import Ids, as_labels, listed, objects, texts_of
from ._numbers import number, whole
from ._progress import Display
from ._frames import column_of
from .dataset import Dataset
from .explanation import Explanation

_MOST_THREADS = 1024
#: What every model can be given beside its own options and those of its training.
COMMON: dict[str, Any] = {"seed": 123, "max_minutes": 0.0, "threads": None, "init": None}


class NotFittedError(ValueError, AttributeError):
    """The model was asked before it was fitted."""


class Folder:
    """An artifact's folder: one of ours, which goes when nobody needs it, or somebody's, which stays."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.remove: Callable[[], Any] = lambda: None
        if path is not None:
            self.path = Path(path)
            return
        made = tempfile.mkdtemp(prefix="monet-")
        self.path = Path(made) / "artifact"
        self.remove = weakref.finalize(self, _remove, made, os.getpid())


def _remove(path: str, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(path, ignore_errors=True)


class Model:
    """What all models have in common. Use one of its subclasses, as ``monet.Monet``, or :func:`monet.open`."""

    #: The name by which the program knows the model.
    name: ClassVar[str] = ""
    _info: ClassVar[dict[str, Any]] = {}
    _params: dict[str, Any]

    def __init__(self, **params: Any) -> None:
        if not self.name:
            raise TypeError("Model has no options; use a subclass, as monet.Monet")
        self._params = self._defaults()
        self._recommender: _engine.Recommender | None = None
        self._trained: _engine.Recommender | None = None
        self._folder: Folder | None = None
        self._events: dict[str, list[str]] = {}
        self._added: dict[str, tuple[Any, str, dict[str, np.ndarray]]] = {}
        self.set_params(**params)

    # ---- options ----

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        described = {option["name"]: option["default"] for option in cls._info["options"] + cls._info["training"]}
        return described | COMMON

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Every option with its value, as scikit-learn has it."""
        return dict(self._params)

    def set_params(self, **params: Any) -> Model:
        """Sets options; ValueError for a name or a value that the model does not take. A fitted model stays fitted."""
        for name in params:
            if name not in self._params:
                raise TypeError(_unknown(type(self).__name__, name, self._params))
        if self._info["training"]:  # a blend has none
            _engine.check_options(self.name, self._of("options", params), self._of("training", params))
        if "seed" in params:
            params["seed"] = whole(params["seed"], "seed", 0, 2**64 - 1)
        if params.get("threads") is not None:
            params["threads"] = whole(params["threads"], "threads", 1, _MOST_THREADS)
        if "max_minutes" in params:
            params["max_minutes"] = number(params["max_minutes"], "max_minutes", 0)
        self._params |= params
        return self

    def _of(self, kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Those that are options of the model, or of its training, by the engine's names."""
        names = {option["name"].rstrip("_"): option["name"] for option in self._info[kind]}
        return {name: params[key] for name, key in names.items() if key in params}

    def _threads(self, threads: int | None = None) -> int:
        chosen = threads if threads is not None else self._params["threads"]
        return _engine.physical_cores() if chosen is None else whole(chosen, "threads", 1, _MOST_THREADS)

    # ---- fitting ----

    def fit(self, data: Dataset, *, progress: bool = False) -> Model:
        """Trains on the training split and keeps the epoch that is best on the validation split. Returns the model.

        ``progress`` shows a bar in a terminal or a notebook. Ctrl-C ends the training in good order: the best epoch so
        far is kept, a warning says so, and ``stopped_`` is True.
        """
        if not isinstance(data, Dataset):
            raise TypeError(
                f"fit takes a monet.Dataset, not {type(data).__name__}; see Dataset.from_pandas and Dataset.from_csr"
            )
        init = self._params["init"]
        if isinstance(init, Model):
            init = init._need_fitted().path()
        folder = Folder()
        display = Display() if progress else None
        try:
            result = _engine.train(
                dataset=data._engine,
                model=self.name,
                options=self._of("options", self._params),
                training=self._of("training", self._params),
                seed=self._params["seed"],
                max_minutes=self._params["max_minutes"],
                threads=self._threads(),
                out=os.fspath(folder.path),
                init="" if init is None else os.fspath(init),
                observer=display,
            )
            self._take(folder, data._users, data._items)
        except BaseException:
            folder.remove()
            if display is not None:
                display.close("")
            raise
        self.stopped_ = result["stopped"]
        text = _outcome(self.name, result)
        if display is not None:
            display.close(text)
        if result["stopped"]:
            warnings.warn(f"training was interrupted; {text}", UserWarning, stacklevel=2)
        return self

    def _take(self, folder: Folder, users: Ids | None = None, items: Ids | None = None) -> None:
        recommender = _engine.Recommender.open(os.fspath(folder.path))
        types = recommender.config()["id_types"]
        self._folder = folder
        self._recommender = self._trained = recommender
        self._users = users or Ids.restored(recommender.user_ids(), types.get("users", ""), "users")
        self._items = self._trained_items = items or Ids.restored(
            recommender.item_ids(), types.get("items", ""), "items"
        )
        self._titles = recommender.titles()
        self._events = {}
        self._added = {}
        self.stopped_ = recommender.config()["training"].get("ended_by") == "stopped"

    def _need_fitted(self) -> _engine.Recommender:
        if self._recommender is None:
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit(data) first")
        return self._recommender

    def partial_fit(
        self,
        events: pd.DataFrame | Iterable[tuple[Any, Any]],
        *,
        user: str | None = None,
        item: str | None = None,
    ) -> Model:
        """Takes interactions that came after the training: from the next call on they count as history.

        ``events`` is a frame with columns of users and items (found by name, or named), or pairs. Users may be new.
        Nothing is trained: embeddings of the users are folded in, as the server does it (docs/benchmarks.md says what that
        approximates). Pickling keeps these events, an artifact does not.
        """
        recommender = self._need_fitted()
        if not recommender.takes_history():
            raise _engine.DataError(f"the model {self.name} takes no history of somebody it has not seen; fit it again")
        if isinstance(events, pd.DataFrame):
            users, items = events[column_of(events, user, "user")], events[column_of(events, item, "item")]
        else:
            pairs = list(events)
            for pair in pairs:
                if not isinstance(pair, (tuple, list, np.ndarray)) or len(pair) != 2:
                    raise ValueError(f"events are a frame, or pairs of user and item, not {pair!r}")
            users, items = objects([pair[0] for pair in pairs]), objects([pair[1] for pair in pairs])
        users = as_labels(users)
        nobody = pd.isna(users)
        if nobody.any():
            raise ValueError(f"events: row {int(np.argmax(nobody))} has no user")
        item_texts = self._texts_of_items(items, "items")
        for user, item in zip(texts_of(users), item_texts):
            history = self._events.setdefault(user, [])
            if item not in history:
                history.append(item)
        return self

    def add_items(
        self,
        features: Mapping[str, Any],
        ids: Iterable[Any] | None = None,
        titles: Sequence[str] | None = None,
    ) -> Model:
        """Makes new items recommendable: what training would have made of items with these features that nobody has
        touched. ``features`` has, for each modality, a row for each of ``ids``; NaN rows are missing. Where features
        bring their ids, as ``(ids, X)`` or a frame, ``ids`` may be left out. An id that was added before is replaced.
        Pickling keeps these items, an artifact does not.
        """
        recommender = self._need_fitted()
        labels = as_labels(_ids_in(features) if ids is None else ids)
        texts = texts_of(labels)
        if len(set(texts)) != len(texts):
            raise ValueError("ids: one comes twice")
        if pd.isna(labels).any():
            raise ValueError(f"ids: row {int(np.argmax(pd.isna(labels)))} has no id")
        known = self._trained_items.find(labels) >= 0
        if known.any():
            raise ValueError(f"ids: {labels[np.argmax(known)]!r} is an item the model was trained on")
        widths = recommender.feature_widths()
        new = Ids(labels, "ids")
        matrices = {
            name: aligned(values, name, new, True) for name, values in features.items() if not widths or name in widths
        }
        for name, matrix in matrices.items():
            if widths and matrix.shape[1] != widths[name]:
                raise ValueError(f"features {name!r}: {matrix.shape[1]} columns, but the model has {widths[name]}")
        titles = None if titles is None else list(titles)
        if titles is not None and len(titles) != len(labels):
            raise ValueError(f"{len(titles)} titles for {len(labels)} ids")
        added = dict(self._added)
        for row, (label, text) in enumerate(zip(labels, texts)):
            title = "" if titles is None else str(titles[row])
            added[text] = (label, title, {name: matrix[row] for name, matrix in matrices.items()})
        self._with_added(added)
        return self

    def _with_added(self, added: dict[str, tuple[Any, str, dict[str, np.ndarray]]]) -> None:
        assert self._trained is not None
        widths = self._trained.feature_widths()
        matrices = []
        for name, width in widths.items():
            if not any(name in features for _, _, features in added.values()):
                continue
            missing = np.full(width, np.nan, dtype=np.float32)
            rows = [features.get(name, missing) for _, _, features in added.values()]
            matrices.append((name, np.ascontiguousarray(rows, dtype=np.float32)))
        titles = [title for _, title, _ in added.values()]
        self._recommender = self._trained.with_items(list(added), titles if any(titles) else [], matrices)
        self._added = added
        labels = objects([*listed(self._trained_items.labels), *(label for label, _, _ in added.values())])
        if self._trained_items.labels.dtype.kind in "iu" and all(isinstance(x, (int, np.integer)) for x in labels):
            labels = labels.astype(self._trained_items.labels.dtype)
        self._items = Ids(labels, "items")
        self._titles = self._recommender.titles()

    # ---- asking ----

    def recommend(
        self,
        users: Iterable[Any] | Any | None = None,
        k: int = 20,
        *,
        history: Iterable[Any] | None = None,
        exclude: Iterable[Any] = (),
        only: Iterable[Any] | None = None,
        explain: bool = False,
        drivers: int = 3,
        beta: float | None = None,
        repeat: bool = False,
        threads: int | None = None,
    ) -> pd.DataFrame:
        """The ``k`` best items of each user that are not in her history, best first.

        Parameters
        ----------
        users
            Ids; one alone may stand for itself. None: all users, or, with ``history``, somebody new.
        history
            Past items of one user beyond what training saw, or of somebody new (``users=None``).
        exclude, only
            Items that are not to be recommended; the only ones that may be.
        explain
            Adds a column ``why`` of :class:`monet.Explanation`, each with at most ``drivers`` past items.
        beta
            In place of the model's own share of target-aware attention.
        repeat
            Items of the history may come again.

        Returns a frame with ``user``, ``rank``, ``item``, ``score``, ``title`` where titles are known, and ``popular``
        where somebody without history was given what is popular.
        """
        recommender = self._need_fitted()
        labels, ids, histories = self._asked(users, history)
        options = self._options(k, exclude, only, beta, repeat, threads)
        if not explain:
            items, scores, counts, popular = recommender.recommend_rows(ids, histories, **options)
            taken = np.arange(items.shape[1])[None, :] < counts[:, None]
            rows = items[taken]
            return self._frame(labels, counts, rows, scores[taken], popular)
        lists = recommender.recommend_explained(ids, histories, **options, drivers=whole(drivers, "drivers", 0))
        counts = np.array([len(items) for _, items in lists], dtype=np.int64)
        flat = [item for _, items in lists for item in items]
        rows = np.fromiter((self._items.row_of_text(item) for item, _, _ in flat), dtype=np.int64, count=len(flat))
        scores = np.fromiter((score for _, score, _ in flat), dtype=np.float32, count=len(flat))
        frame = self._frame(labels, counts, rows, scores, np.array([popular for popular, _ in lists], dtype=bool))
        whys = [self._explanation(why, score, row) for (_, score, why), row in zip(flat, rows)]
        frame["why"] = objects(whys)
        return frame

    def recommend_batch(
        self,
        users: Iterable[Any] | None = None,
        k: int = 20,
        *,
        exclude: Iterable[Any] = (),
        only: Iterable[Any] | None = None,
        beta: float | None = None,
        repeat: bool = False,
        threads: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Arrays ``(ids, scores)``, both [users, k]: :meth:`recommend` for many users at once, without a frame.

        They are as wide as there are candidates, where those are fewer. Lists that are shorter than that end with NaN
        as score, and None (or -1, where ids are signed numbers) as id.
        """
        recommender = self._need_fitted()
        _, ids, histories = self._asked(users, None)
        options = self._options(k, exclude, only, beta, repeat, threads)
        items, scores, counts, _ = recommender.recommend_rows(ids, histories, **options)
        found = self._items.labels[items]
        if (counts < items.shape[1]).any():
            past = np.arange(items.shape[1])[None, :] >= counts[:, None]
            if found.dtype.kind == "u":
                found = found.astype(object)
            found[past] = -1 if found.dtype.kind == "i" else None
            scores[past] = np.nan
        return found, scores

    def explain(
        self, user: Any | None, item: Any, *, history: Iterable[Any] | None = None, drivers: int = 3
    ) -> Explanation:
        """Where the score of one item for one user comes from, recommended or not."""
        recommender = self._need_fitted()
        if user is None:
            history = history or ()
        _, ids, histories = self._asked(None if user is None else objects([user]), history)
        (text,) = self._texts_of_items([item], "item")
        past = histories[0] if histories else []
        score, why = recommender.explain(ids[0], past, text, whole(drivers, "drivers", 0))
        return self._explanation(why, score, self._items.row_of_text(text))

    def similar_items(
        self, items: Iterable[Any] | Any, k: int = 10, *, by: str | None = None, threads: int | None = None
    ) -> pd.DataFrame:
        """The ``k`` items most similar to each of ``items``: by the whole embedding (``"fused"``), by a modality, or by
        the model's own similarity (``"model"``); :attr:`similarities` lists what there is. None: the whole embedding,
        or the model's own similarity where it has no embeddings.
        """
        recommender = self._need_fitted()
        if by is None:
            known = recommender.similarities()
            by = known[0] if len(known) == 1 else "fused"
        wanted = _one_or_many(items)
        lists = recommender.similar(self._texts_of_items(wanted, "items"), whole(k, "k", 1), by, self._threads(threads))
        flat = [pair for near in lists for pair in near]
        counts = [len(near) for near in lists]
        rows = np.fromiter((self._items.row_of_text(item) for item, _ in flat), dtype=np.int64, count=len(flat))
        frame = pd.DataFrame(
            {
                "item": np.repeat(wanted, counts),
                "rank": _ranks(counts),
                "similar": self._items.labels[rows],
                "similarity": np.fromiter((score for _, score in flat), dtype=np.float32, count=len(flat)),
            }
        )
        return self._titled(frame, rows)

    @property
    def similarities(self) -> list[str]:
        """What :meth:`similar_items` may go by."""
        return self._need_fitted().similarities()

    def evaluate(
        self,
        data: Dataset,
        split: str = "test",
        k: int | Sequence[int] = (10, 20),
        *,
        per_user: bool = False,
        auc: bool = False,
        beyond_accuracy: bool = False,
        mask_validation: bool = False,
        force: bool = False,
        threads: int | None = None,
    ) -> dict[str, float] | pd.DataFrame:
        """Metrics of full rankings on ``"test"`` or ``"validation"``: ``{"recall@20": …}``, as ``monet evaluate`` has
        them; with ``per_user`` a frame with a row for each user. ``data`` is what the model was fitted on (``force``:
        other content of the same size).
        """
        recommender = self._need_fitted()
        if not isinstance(data, Dataset):
            raise TypeError(f"evaluate takes a monet.Dataset, not {type(data).__name__}")
        lengths = [k] if isinstance(k, (int, np.integer)) else list(k)
        found = recommender.evaluate(
            data._engine,
            split="validation" if split == "val" else split,
            k=[whole(length, "k", 1) for length in lengths],
            mask_validation=mask_validation,
            auc=auc,
            beyond_accuracy=beyond_accuracy,
            per_user=per_user,
            force=force,
            threads=self._threads(threads),
        )
        if not per_user:
            return found["metrics"]
        index = pd.Index(self._users.labels[found["rows"]], name="user")
        return pd.DataFrame(found["per_user"], columns=found["names"], index=index)

    # ---- what was learnt ----

    @property
    def user_embeddings_(self) -> np.ndarray | None:
        """[users, D] in the order of :attr:`users_`, a read-only view; None where the model has none."""
        return self._need_fitted().tensor("user_embedding")

    @property
    def item_embeddings_(self) -> np.ndarray | None:
        """[items, D] of the items of the training, in the order of :attr:`items_`, a read-only view."""
        return self._need_fitted().tensor("item_embedding")

    @property
    def users_(self) -> np.ndarray:
        """Ids of the users of the training."""
        self._need_fitted()
        return self._users.labels

    @property
    def items_(self) -> np.ndarray:
        """Ids of the items, those that were added last."""
        self._need_fitted()
        return self._items.labels

    @property
    def history_(self) -> pd.DataFrame:
        """A row for each epoch: loss, learning rate, seconds, and the metrics of its validation, if there was one."""
        rows = []
        for line in self._need_fitted().train_log().splitlines():
            entry = json.loads(line)
            validation = entry.pop("validation", {})
            rows.append(entry | validation)
        frame = pd.DataFrame(rows)
        return frame.set_index("epoch") if "epoch" in frame else frame

    @property
    def validation_(self) -> dict[str, float]:
        """Metrics on the validation split, at the best epoch."""
        return self._need_fitted().config()["validation"]

    @property
    def test_(self) -> dict[str, float]:
        """Metrics on the test split, at the best epoch."""
        return self._need_fitted().config()["test"]

    @property
    def best_epoch_(self) -> int:
        return self._need_fitted().config()["training"].get("best_epoch", -1)

    def plot_history(self, ax: Any = None) -> Any:
        """Loss and validation over the epochs (matplotlib); returns the axes."""
        from .plots import history

        return history(self, ax)

    # ---- keeping ----

    def save(self, path: str | os.PathLike[str], force: bool = False) -> None:
        """Writes the artifact that the program serves and :func:`monet.open` reads. ``force=True`` replaces one."""
        recommender = self._need_fitted()
        if self._events or self._added:
            warnings.warn(
                f"{sum(map(len, self._events.values()))} events and {len(self._added)} items that came after the "
                "training are not part of an artifact; pickle keeps them",
                stacklevel=2,
            )
        _engine.save_artifact(recommender, os.fspath(path), force)

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = {"params": dict(self._params)}
        if self._recommender is None:
            return state
        path = Path(self._recommender.path())
        files = {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}
        return state | {
            "files": files,
            "users": self._users.labels,
            "items": self._trained_items.labels,
            "events": self._events,
            "added": self._added,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        Model.__init__(self, **state["params"])
        if "files" not in state:
            return
        folder = Folder()
        for name, content in state["files"].items():
            file = folder.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        self._take(folder, Ids(state["users"], "users"), Ids(state["items"], "items"))
        self._events = state["events"]
        if state["added"]:
            self._with_added(state["added"])

    def __copy__(self) -> Model:
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._params = dict(self._params)
        other._events = {user: list(items) for user, items in self._events.items()}
        other._added = dict(self._added)
        return other

    def __deepcopy__(self, _memo: Any) -> Model:
        return self.__copy__()  # what is shared cannot change

    def __repr__(self) -> str:
        defaults = self._defaults()
        given = ", ".join(f"{key}={value!r}" for key, value in self._params.items() if value != defaults[key])
        return f"{type(self).__name__}({given})"

    def _repr_html_(self) -> str:
        from ._html import table

        rows = [(key, repr(value)) for key, value in self._params.items() if value != self._defaults()[key]]
        if self._recommender is not None:
            rows += [("users", f"{len(self._users):,}"), ("items", f"{len(self._items):,}")]
            if self.best_epoch_ >= 0:
                rows.append(("best epoch", str(self.best_epoch_)))
            for split, metrics in (("validation", self.validation_), ("test", self.test_)):
                rows += [
                    (f"{split} {key}", f"{metrics[key]:.4f}") for key in ("recall@20", "ndcg@20") if key in metrics
                ]
        return table(type(self).__name__ + ("" if self._recommender is not None else " (not fitted)"), rows)

    # ---- helpers ----

    def _asked(
        self, users: Any | None, history: Iterable[Any] | None
    ) -> tuple[np.ndarray, list[str | None], list[list[str]]]:
        """(labels, engine ids or None for new users, histories; empty where nobody has any)."""
        past = None if history is None else self._texts_of_items(history, "items in history")
        if users is None and past is not None:
            return objects([None]), [None], [past]
        if users is None:
            labels = self._users.labels
            keys = texts = list(self._users.texts)
        else:
            labels = _one_or_many(users)
            rows = self._users.find(labels)
            keys = texts_of(labels)
            strangers = [n for n in np.flatnonzero(rows < 0).tolist() if keys[n] not in self._events and past is None]
            if strangers:
                self._users.rows(labels[strangers], "users")
            texts = [key if row >= 0 else None for key, row in zip(keys, rows.tolist())]
        if past is not None and len(labels) != 1:
            raise ValueError(f"history is that of one user, but {len(labels)} are asked for")
        if past is None and not self._events:
            return labels, texts, []
        return labels, texts, [self._events.get(key, []) + (past or []) for key in keys]

    def _options(
        self,
        k: int,
        exclude: Iterable[Any],
        only: Iterable[Any] | None,
        beta: float | None,
        repeat: bool,
        threads: int | None,
    ) -> dict[str, Any]:
        beta = None if beta is None else number(beta, "beta", 0, 1)
        return {
            "k": whole(k, "k", 1),
            "exclude": self._texts_of_items(exclude, "items in exclude"),
            "only": None if only is None else self._texts_of_items(only, "items in only"),
            "beta": beta,
            "repeat": bool(repeat),
            "threads": self._threads(threads),
        }

    def _texts_of_items(self, ids: Iterable[Any], what: str) -> list[str]:
        labels = as_labels(ids)
        self._items.rows(labels, what)
        return texts_of(labels)

    def _frame(
        self, labels: np.ndarray, counts: np.ndarray, rows: np.ndarray, scores: np.ndarray, popular: np.ndarray
    ) -> pd.DataFrame:
        frame = pd.DataFrame(
            {
                "user": np.repeat(labels, counts),
                "rank": _ranks(counts),
                "item": self._items.labels[rows],
                "score": scores,
            }
        )
        frame = self._titled(frame, rows)
        if popular.any():
            frame["popular"] = np.repeat(popular.astype(bool), counts)
        return frame

    def _titled(self, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
        if self._titles:
            frame["title"] = objects([self._titles[row] for row in rows.tolist()])
        return frame

    def _explanation(self, why: dict[str, Any], score: float, row: int) -> Explanation:
        title = self._titles[row] if self._titles else ""
        return Explanation(why, self._items.labels[row], score, title, self._items.label_of_text)


def _outcome(name: str, result: dict[str, Any]) -> str:
    if result["steps"] == 0:
        return f"{name}: computed in {result['seconds']:.1f} s"
    text = f"{name}: {result['epochs']} epochs in {result['seconds']:.1f} s, best at epoch {result['best_epoch']}"
    metrics = result["validation"]
    return text + (f", validation recall@20 {metrics['recall@20']:.4f}" if "recall@20" in metrics else "")


def _ids_in(features: Mapping[str, Any]) -> Any:
    """The ids that features bring, of all modalities, as they come."""
    brought = [split_given(value, name)[0] for name, value in features.items()]
    if not brought or any(ids is None for ids in brought):
        raise ValueError("whose features are these? Give ids, or features as (ids, X)")
    return list(dict.fromkeys(label for ids in brought for label in listed(as_labels(ids))))


def _ranks(counts: Iterable[int]) -> np.ndarray:
    return np.concatenate([np.arange(1, count + 1) for count in counts] or [np.empty(0, dtype=np.int64)])


def _one_or_many(ids: Any) -> np.ndarray:
    """Ids, or one alone."""
    alone = isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable)
    return as_labels([ids] if alone else ids)


def _unknown(owner: str, name: str, known: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, list(known), 1)
    return f"{owner} has no option {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
