"""Small tables for notebooks, in colours that fit light and dark pages."""

from __future__ import annotations

import html
from collections.abc import Iterable


def table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><th style='text-align:left;padding-right:1em'>{html.escape(key)}</th>"
        f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
        for key, value in rows
    )
    return f"<div><b>{html.escape(title)}</b><table>{cells}</table></div>"


def bar(share: float, colour: str = "#4878a8") -> str:
    """A bar for a share of 1, with its percents."""
    width = round(max(0.0, min(1.0, share)) * 100)
    return (
        f"<div style='display:inline-block;width:8em;background:#8884;vertical-align:middle'>"
        f"<div style='width:{width}%;height:0.8em;background:{colour}'></div></div> {share:.0%}"
    )
