"""Comparisons, searches and races, which the program runs in processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import _program
from .dataset import Dataset
from .model import COMMON, Model
from .models import MODELS
from .models import open as open_model


class Comparison:
    """Methods over seeds: ``table`` (means on test), ``deviation`` (over seeds), ``tests`` (paired, against the best)."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        methods = document["methods"]
        labels = pd.Index([method["label"] for method in methods], name="method")
        self.table = pd.DataFrame([_means(method, "mean") for method in methods], index=labels)
        self.deviation = pd.DataFrame([_means(method, "sd") for method in methods], index=labels)
        self.seconds = pd.Series([method.get("seconds", {}).get("mean") for method in methods], index=labels)
        self.errors = {method["label"]: method["error"] for method in methods if method["error"]}
        rows = []
        for method in methods:
            for metric, test in (method.get("tests") or {}).items():
                rows.append(
                    {
                        "method": method["label"],
                        "metric": metric,
                        "against": test["against"],
                        "difference": test["difference"],
                        "p": test["t"]["p"],
                        "p_holm": test["t"]["p_holm"],
                        "cut_off": test["cut_off"],
                    }
                )
        columns = ["method", "metric", "against", "difference", "p", "p_holm", "cut_off"]
        self.tests = pd.DataFrame(rows, columns=columns)

    def best(self, metric: str = "recall@20") -> str:
        return str(self.table[metric].idxmax())

    def plot(self, metric: str = "recall@20", ax: Any = None) -> Any:
        """Bars (matplotlib); returns the axes."""
        from .plots import comparison

        return comparison(self, metric, ax)

    def summary(self) -> pd.DataFrame:
        """The most used metrics as text, with their deviations over the seeds, and the seconds of a training."""
        shown = {}
        for name in ("recall@20", "ndcg@20", "precision@20"):
            if name in self.table:
                pairs = zip(self.table[name], self.deviation[name].fillna(0))
                shown[name] = [f"{mean:.4f} ± {sd:.4f}" if sd > 0 else f"{mean:.4f}" for mean, sd in pairs]
        frame = pd.DataFrame(shown, index=self.table.index)
        frame["seconds"] = self.seconds.round(1)
        return frame

    def __repr__(self) -> str:
        return repr(self.summary())

    def _repr_html_(self) -> str:
        return self.summary().to_html()


def _means(method: dict[str, Any], what: str) -> dict[str, float]:
    return {metric: value.get(what) for metric, value in (method.get("metrics") or {}).items()}


class Tuning:
    """A search: ``trials`` (a row for each setting), ``best_params``, and ``model``, fitted with them."""

    def __init__(self, document: dict[str, Any], model: Model | None) -> None:
        self.document = document
        self.metric: str = document["metric"]
        rows = []
        for trial in document["trials"]:
            value = (trial.get("validation") or {}).get(self.metric)
            rows.append(
                _in_python(document["model"], trial["options"])
                | {self.metric: value, "best_epoch": trial.get("best_epoch")}
            )
        self.trials = pd.DataFrame(rows)
        best: int | None = document["best"]
        self.best_params: dict[str, Any] = (
            {} if best is None else _in_python(document["model"], document["trials"][best]["options"])
        )
        self.model = model

    def __repr__(self) -> str:
        return f"Tuning({self.document['model']}: {len(self.trials)} trials, best {self.best_params})"

    def _repr_html_(self) -> str:
        return self.trials.sort_values(self.metric, ascending=False).to_html()


def _in_python(model: str, options: dict[str, Any]) -> dict[str, Any]:
    """Options as :meth:`Model.set_params` takes them."""
    info = MODELS[model]._info
    known = {option["name"].rstrip("_"): option for option in info["options"] + info["training"]}
    out = {}
    for name, value in options.items():
        option = known[name.replace("-", "_")]
        out[option["name"]] = value == "on" if option["type"] == "bool" else value
    return out


@contextlib.contextmanager
def _folders(data: Dataset | str | os.PathLike[str], out: str | os.PathLike[str] | None) -> Iterator[tuple[str, str]]:
    """(folder of the data, folder of the results), made for the time where there are none."""
    with tempfile.TemporaryDirectory(prefix="monet-") as scratch:
        if isinstance(data, Dataset):
            name = data.name.replace(os.sep, "-")[:60]
            path = os.path.join(scratch, "data", "data" if name in ("", ".", "..") else name)
            data.save(path)
        else:
            path = os.fspath(data)
            if not os.path.exists(path):
                raise FileNotFoundError(f"{path}: no such file or directory")
        yield path, os.path.join(scratch, "out") if out is None else os.fspath(out)


def label_of(model: str | type[Model] | Model) -> str:
    """A method as the program writes it: ``monet:alpha=0.5``."""
    if isinstance(model, str):
        return model
    if isinstance(model, type):
        return model.name
    defaults = model._defaults()
    given = {key: value for key, value in model.get_params().items() if value != defaults[key] and key not in COMMON}
    texts = [f"{key.rstrip('_').replace('_', '-')}={_program._text(value)}" for key, value in given.items()]
    return model.name + (":" + ",".join(texts) if texts else "")


def compare(
    data: Dataset | str | os.PathLike[str],
    models: Sequence[str | type[Model] | Model] | str | type[Model] | Model = "all",
    seeds: int | Sequence[int] = 5,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: bool = False,
    **options: Any,
) -> Comparison:
    """Trains and evaluates several models over several seeds, with paired tests (``monet compare``).

    ``models`` are names (``"monet:alpha=0.5"``), classes, or models with their options. ``out`` keeps the results, and
    a second call goes on with what is there; further keyword arguments are the program's options (``epochs=20``,
    ``parallel=2``, ``force=True``).
    """
    given = [models] if isinstance(models, (str, type, Model)) else models
    wanted = ";".join(map(label_of, given))
    with _folders(data, out) as (path, results):
        _program.run(
            "compare", progress=progress, data=path, models=wanted, seeds=seeds_text(seeds), out=results, **options
        )
        return Comparison(json.loads(Path(results, "comparison.json").read_text(encoding="utf-8")))


def tune(
    data: Dataset | str | os.PathLike[str],
    model: str | type[Model] | Model,
    grid: dict[str, Sequence[Any]] | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: bool = False,
    **options: Any,
) -> Tuning:
    """Searches the options of a model on the validation split (``monet sweep``): all settings of ``grid``, or
    ``random=N`` of them; without a grid the model's own. The best one's artifact comes as ``.model``.
    """
    for name, values in (grid or {}).items():
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise TypeError(f"grid: {name}: a list of values is needed, not {values!r}")
    grids = [
        name.rstrip("_").replace("_", "-")
        + "="
        + ";".join(map(_program._text, values))
        + (";" if len(values) == 1 else "")
        for name, values in (grid or {}).items()
    ]
    with _folders(data, out) as (path, results):
        repeated = {"grid": _program.Repeated(grids)} if grids else {}
        label = label_of(model)
        _program.run("sweep", progress=progress, data=path, model=label, out=results, **options, **repeated)
        document = json.loads(Path(results, "sweep.json").read_text(encoding="utf-8"))
        if document["best"] is None:
            return Tuning(document, None)
        model = open_model(Path(results, document["trials"][document["best"]]["folder"], "model"))
        return Tuning(document, model if out is not None else _kept(model))


def auto(
    data: Dataset | str | os.PathLike[str],
    minutes: float = 10,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: bool = False,
    **options: Any,
) -> Model:
    """The best model for the data, found within so many minutes (``monet auto``): its artifact, opened."""
    with _folders(data, out) as (path, results):
        _program.run("auto", progress=progress, data=path, minutes=minutes, out=results, **options)
        model = open_model(Path(results, "model"))
        return model if out is not None else _kept(model)


def _kept(model: Model) -> Model:
    """The same in a folder of its own, for one whose folder goes."""
    import pickle

    return pickle.loads(pickle.dumps(model))


def seeds_text(seeds: int | Sequence[int]) -> str:
    if isinstance(seeds, (int, np.integer)):
        return str(seeds)
    texts = [str(seed) for seed in seeds]
    return ",".join(texts) + ("," if len(texts) == 1 else "")
