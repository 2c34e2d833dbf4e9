"""A dataset as a folder: MMRec's layout, which the program reads."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from . import _engine

if TYPE_CHECKING:
    from .dataset import Dataset

PARTS = ("train", "validation", "test")


def write_folder(data: Dataset, path: Path, force: bool) -> None:
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
        users, items = data._pairs(part)
        pieces.append(pd.DataFrame({"userID": users, "itemID": items, "x_label": label}))
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
