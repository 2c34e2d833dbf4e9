"""Why an item is recommended."""

from __future__ import annotations

import base64
import html
import mimetypes
import os
from collections.abc import Callable, Mapping
from typing import Any

from ._html import bar


class Explanation:
    """Where a score comes from: what the user likes in general, what in her past is like this item, which modality.

    Attributes
    ----------
    item, title, score
    general, target : float
        Shares of the score that are the user's general taste, and her past items'.
    because : list of (item, weight)
        Past items that count most, heaviest first.
    modalities : dict
        Shares of the score by modality; empty where the model mixes them.
    parts : list
        Of a blend: (model, share, Explanation) of each part.
    """

    def __init__(
        self, why: Mapping[str, Any], item: Any, score: float, title: str, label: Callable[[str], Any]
    ) -> None:
        self.item = item
        self.title = title
        self.score = float(score)
        self.general: float = why["general"]["share"]
        self.target: float = why["target"]["share"]
        self.because: list[tuple[Any, float]] = [(label(past["item"]), past["weight"]) for past in why["because"]]
        self.modalities: dict[str, float] = {name: part["share"] for name, part in why["modalities"].items()}
        self.parts = [
            (part["model"], part["share"], Explanation(part["explanation"], item, part["score"], title, label))
            for part in why["parts"]
        ]
        self._titles = {label(past["item"]): past["title"] for past in why["because"]}

    def __repr__(self) -> str:
        text = f"{self.title or self.item}: {self.score:.3f}"
        if self.because:
            text += " because of " + ", ".join(
                f"{self._titles.get(item) or item} ({weight:.0%})" for item, weight in self.because
            )
        if self.modalities:
            text += "; " + ", ".join(f"{name} {share:.0%}" for name, share in self.modalities.items())
        return text

    def to_html(self, pictures: str | os.PathLike[str] | Callable[[Any], str | None] | None = None) -> str:
        """The explanation as HTML. ``pictures``: a folder with ``<id>.jpg`` (or png, webp), or a function that gives
        the path of an item's picture, or None.
        """
        cells = "".join(
            f"<td style='text-align:center;vertical-align:top;padding:0.4em;max-width:9em;white-space:normal'>{self._picture(past, pictures)}"
            f"{html.escape(str(self._titles.get(past) or past))}<br>{weight:.0%}</td>"
            for past, weight in self.because
        )
        shares = [("general taste", self.general), ("past items", self.target)]
        shares += [(name, share) for name, share in self.modalities.items()]
        shares += [(model, share) for model, share, _ in self.parts]
        rows = "".join(
            f"<tr><th style='text-align:left;padding-right:1em'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{bar(share)}</td></tr>"
            for name, share in shares
        )
        because = f"<p>because of</p><table><tr>{cells}</tr></table>" if cells else ""
        return (
            f"<div><b>{html.escape(str(self.title or self.item))}</b>, score {self.score:.3f}<br>"
            f"{self._picture(self.item, pictures)}{because}<table>{rows}</table></div>"
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def show(self, pictures: str | os.PathLike[str] | Callable[[Any], str | None] | None = None) -> None:
        """Shows it in a notebook; elsewhere prints it."""
        try:
            from IPython import get_ipython
            from IPython.display import HTML, display
        except ImportError:
            print(repr(self))
            return
        if get_ipython() is None:
            print(repr(self))
        else:
            display(HTML(self.to_html(pictures)))

    @staticmethod
    def _picture(item: Any, pictures: Any) -> str:
        path = _find_picture(item, pictures)
        if path is None:
            return ""
        kind = mimetypes.guess_type(path)[0] or "image/jpeg"
        with open(path, "rb") as file:
            data = base64.b64encode(file.read()).decode()
        return f"<img src='data:{kind};base64,{data}' alt='{html.escape(str(item))}' style='max-height:8em'><br>"


def _find_picture(item: Any, pictures: Any) -> str | None:
    if pictures is None:
        return None
    if callable(pictures):
        found = pictures(item)
        return None if found is None else os.fspath(found)
    for extension in ("jpg", "jpeg", "png", "webp", "gif"):
        path = os.path.join(os.fspath(pictures), f"{item}.{extension}")
        if os.path.exists(path):
            return path
    return None
