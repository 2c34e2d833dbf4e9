"""The classes of the models, made of what the engine says of each, and opening what was fitted."""

from __future__ import annotations

import inspect
import io
import keyword
import os
from typing import Any

from . import _engine
from .dataset import Dataset
from .model import COMMON, Folder, Model


def class_name(model: str) -> str:
    """``monet-softmax`` → ``MonetSoftmax``."""
    return "".join(part[:1].upper() + part[1:] for part in model.split("-"))


def _documentation(info: dict[str, Any]) -> str:
    lines = io.StringIO()
    lines.write(f"{info['summary'][:1].upper()}{info['summary'][1:]}.\n\n")
    facts = ["trained" if info["trained"] else "computed at once"]
    if info["needs_features"]:
        facts.append("needs item features")
    facts.append("serves new users" if info["serves_new_users"] else "does not serve new users")
    lines.write(f"{'; '.join(facts).capitalize()}.\n\nParameters\n----------\n")
    for option in info["options"] + (info["training"] if info["trained"] else []):
        lines.write(f"{option['name']} : {option['type']}, default {option['default']!r}\n")
        domain = "True or False" if option["type"] == "bool" else option["domain"]
        lines.write(f"    {option['help']} ({domain}).\n")
    lines.write("seed : int, default 123\n    Of everything random.\n")
    lines.write(
        "max_minutes : float, default 0.0\n    Ends the training after this time, the best epoch kept; 0: no limit.\n"
    )
    lines.write(
        "threads : int or None\n    None: the physical cores. With one, a seed gives the same bits everywhere.\n"
    )
    lines.write("init : path or Model, optional\n    Parameters to start from.\n")
    return lines.getvalue()


def _signature(info: dict[str, Any]) -> inspect.Signature:
    kinds = {"bool": bool, "int": int, "float": float, "str": str}
    options = info["options"] + info["training"]
    described = [(option["name"], option["default"], kinds.get(option["type"], Any)) for option in options]
    described += [(name, default, type(default) if default is not None else Any) for name, default in COMMON.items()]
    return inspect.Signature(
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for name, default, kind in described
        ]
    )


def _make(info: dict[str, Any]) -> type[Model]:
    name = class_name(info["name"])
    made = type(
        name, (Model,), {"name": info["name"], "_info": info, "__doc__": _documentation(info), "__module__": "monet"}
    )
    made.__signature__ = _signature(info)  # type: ignore[attr-defined]
    return made


def _described() -> list[dict[str, Any]]:
    """Every model; an option whose name Python keeps for itself ends in `_`: lambda_."""
    models = _engine.models()
    for info in models:
        for option in info["options"] + info["training"]:
            if keyword.iskeyword(option["name"]):
                option["name"] += "_"
    return models


#: Every model by the program's name for it.
MODELS: dict[str, type[Model]] = {info["name"]: _make(info) for info in _described()}


class Blend(Model):
    """Several models as one, weighed (``monet blend``). Made by the program or :func:`monet.auto`; it cannot be fitted."""

    name = "blend"
    _info = {"name": "blend", "options": [], "training": []}

    def fit(self, data: Dataset, *, progress: bool = False) -> Model:
        raise TypeError("a blend is made of fitted models: see `monet blend`")


def open(path: str | os.PathLike[str]) -> Model:  # noqa: A001
    """Opens an artifact that :meth:`Model.save` or the program wrote. It is read where it lies, so it must stay there."""
    if not os.path.exists(path):
        raise FileNotFoundError(f"{os.fspath(path)}: no such file or directory")
    recommender = _engine.Recommender.open(os.fspath(path))
    config = recommender.config()
    kind = Blend if config["kind"] == "blend" else MODELS.get(config["model"])
    if kind is None:
        raise _engine.DataError(f"{os.fspath(path)}: its model {config['model']} is not one of this version")
    model = kind()
    for kind_of in ("options", "training"):
        for option in model._info[kind_of]:
            name = option["name"].rstrip("_")
            if name in config["options"]:
                value = config["options"][name]
                chosen = value == 0 and option["type"] == "int" and "word" in option
                model._params[option["name"]] = option["word"] if chosen else value
    model._params["seed"] = config["options"].get("seed", model._params["seed"])
    model._take(Folder(path))
    return model
