"""monet: a multimedia recommender engine.

    >>> import monet
    >>> data = monet.Dataset.generate(users=300, items=120, interactions=4000)
    >>> model = monet.Monet(epochs=10, seed=7).fit(data)
    >>> model.recommend(["user-7"], k=3)[["user", "rank"]]
         user  rank
    0  user-7     1
    1  user-7     2
    2  user-7     3

One class for each model (``monet.Monet``, ``monet.Lightgcn``, … — :data:`MODELS` lists them; spelling is not minded, so
that ``monet.LightGCN`` is the same), :class:`Dataset` for what they learn from, and :func:`compare`, :func:`tune` and
:func:`auto` for choosing among them. docs/python.md tells it by examples.
"""

from __future__ import annotations

from typing import Any

from ._engine import DataError, InternalError, __version__
from ._ids import UnknownId
from .dataset import Dataset, load, prepare
from .experiments import Comparison, Tuning, auto, compare, tune
from .explanation import Explanation
from .model import Model, NotFittedError
from .models import MODELS, Blend, open

for _model in MODELS.values():
    globals()[_model.__name__] = _model

__all__ = [
    "MODELS",
    "Blend",
    "Comparison",
    "DataError",
    "Dataset",
    "Explanation",
    "InternalError",
    "Model",
    "NotFittedError",
    "Tuning",
    "UnknownId",
    "__version__",
    "auto",
    "compare",
    "load",
    "open",
    "prepare",
    "tune",
    *(_model.__name__ for _model in MODELS.values()),
]


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def __getattr__(name: str) -> Any:
    if not name.startswith("_"):
        for model in MODELS.values():
            if _plain(model.__name__) == _plain(name):
                return model
    raise AttributeError(f"module 'monet' has no attribute {name!r}")
