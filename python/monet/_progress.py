"""How a training stands, in a terminal or a notebook."""

from __future__ import annotations

import shutil
import sys
from typing import Any

_CELLS = 20


def bar(progress: dict[str, Any]) -> str:
    steps = max(progress["steps_per_epoch"], 1)
    filled = round(_CELLS * progress["step"] / steps)
    text = f"epoch {progress['epoch']}/{progress['epochs']} {'█' * filled}{'░' * (_CELLS - filled)}"
    text += f" loss {progress['loss']:.4f}"
    if progress["best_epoch"] >= 0:
        text += f"  best recall@20 {progress['best_recall']:.4f} (epoch {progress['best_epoch']})"
    return text + f"  {progress['steps_per_second']:.1f} steps/s"


class Display:
    """A line that is drawn over itself: in a terminal, or below a notebook's cell; elsewhere a line a validation."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._handle = None
        self._drawn = False
        if not self._terminal and _in_notebook():
            from IPython.display import display

            self._handle = display({"text/plain": "starting"}, raw=True, display_id=True)

    def on_start(self, lines: list[str]) -> None:
        if self._handle is None:
            for line in lines:
                print(line, file=sys.stderr)

    def on_step(self, progress: dict[str, Any]) -> None:
        text = bar(progress)
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{text[:width]}", end="", file=sys.stderr, flush=True)
            self._drawn = True
        elif self._handle is not None:
            self._handle.update({"text/plain": text}, raw=True)

    def on_validation(self, validation: dict[str, Any]) -> None:
        if not self._terminal and self._handle is None:
            mark = "  best" if validation["best"] else ""
            print(
                f"epoch {validation['epoch']}: loss {validation['loss']:.4f}, "
                f"recall@20 {validation['recall@20']:.4f}{mark}",
                file=sys.stderr,
            )

    def close(self, text: str) -> None:
        if self._drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        if self._handle is not None:
            self._handle.update({"text/plain": text}, raw=True)
        elif text:
            print(text, file=sys.stderr)


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    if shell is None:
        return False
    running = shell.get_ipython()
    return running is not None and hasattr(running, "kernel")
