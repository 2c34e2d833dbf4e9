"""The program `monet`, which comes with the package, for what is done in processes of its own."""

from __future__ import annotations

import difflib
import functools
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import _engine

PATH = Path(__file__).with_name("program")


def main() -> int:
    """The command ``monet`` of the package: the program itself."""
    if not PATH.exists():
        print(f"error: {PATH} is missing; install the package again", file=sys.stderr)
        return 1
    os.execv(PATH, ["monet", *sys.argv[1:]])


@functools.cache
def flags(command: str) -> dict[str, bool]:
    """Options of a command, and whether each takes a value, as its help says."""
    text = subprocess.run([PATH, command, "--help"], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^\s+(?:-\w,)?--([a-z][a-z0-9-]*)(?: (\S+)(?=\s|$))?", text, re.MULTILINE)
    return {name: bool(kind) and (kind.isupper() or bool(re.search(r"[A-Z|=…]", kind))) for name, kind in found}


class Repeated(list):
    """Values of an option that is given once for each."""


def arguments(command: str, options: dict[str, Any]) -> list[str]:
    """Keyword arguments as the program's options. ValueError for one that there is not."""
    known = flags(command)
    given: list[str] = []
    for keyword, value in options.items():
        name = keyword.rstrip("_").replace("_", "-")
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0].replace('-', '_')}?" if near else ""
            raise ValueError(f"{command} has no option {keyword!r}{hint}")
        if value is None:
            continue
        if not known[name]:
            if not isinstance(value, bool):
                raise ValueError(f"{keyword}: {value!r} is not True or False")
            given += [f"--{name}"] if value else []
            continue
        repeated = isinstance(value, Repeated) or (isinstance(value, (list, tuple)) and command == "prepare")
        for one in value if repeated else [value]:
            given += [f"--{name}", _text(one)]
    return given


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (list, tuple)):
        return ",".join(map(_text, value))
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def run(command: str, *positional: str, progress: bool = False, said: list[str] | None = None, **options: Any) -> str:
    """Runs a command to its end; what it printed. Ctrl-C ends it in good order and raises KeyboardInterrupt.

    What it says of its progress goes to ``sys.stderr`` where that is wanted, and to `said`. Its errors are Python's.
    """
    line = [os.fspath(PATH), command, *positional, *arguments(command, options)]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    said = [] if said is None else said

    def follow() -> None:
        assert process.stderr is not None
        for text in process.stderr:
            said.append(text.rstrip("\n"))
            if progress:
                print(said[-1], file=sys.stderr, flush=True)

    follower = threading.Thread(target=follow, daemon=True)
    try:
        follower.start()
        assert process.stdout is not None
        out = process.stdout.read()
        code = process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    finally:
        if follower.ident is not None:
            follower.join()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    if code != 0:
        raise _error(command, code, said)
    return out


def _error(command: str, code: int, said: Sequence[str]) -> BaseException:
    message = next((text for text in reversed(said) if text.strip()), f"monet {command} ended with exit code {code}")
    message = in_python_words(command, message.removeprefix("error: ").removeprefix(f"monet {command}: "))
    if code == 130:
        return KeyboardInterrupt(message)
    if code == 1 and "no such file" in message:
        return FileNotFoundError(message)
    kinds = {1: _engine.DataError, 2: ValueError, 3: _engine.InternalError}
    return kinds.get(code, RuntimeError)(message)


def in_python_words(command: str, message: str) -> str:
    """``--split-by`` as ``split_by``, ``--force`` as ``force=True``."""
    known = flags(command)

    def keyword(found: re.Match[str]) -> str:
        return found[1].replace("-", "_") + ("" if known.get(found[1], True) else "=True")

    return re.sub(r"--([a-z][a-z0-9-]*)", keyword, message)
