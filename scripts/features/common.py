"""What the scripts of this folder share: item ids in the order of the rows, and the file that monet reads."""
import csv
import os
import sys
import tempfile


def fail(message):
    """Ends the program with one line, exit code 1."""
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def read_ids(path):
    """The ids of a mapping file of MMRec's layout (a header, then name<TAB>row), by row."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().splitlines()
    if not lines:
        fail(f"{path}: empty; expected a header and lines name<TAB>row")
    pairs = []
    for number, line in enumerate(lines[1:], 2):
        name, tab, row = line.rpartition("\t")
        if not tab or not row.isdigit():
            fail(f"{path}:{number}: expected name<TAB>row")
        pairs.append((int(row), name))
    pairs.sort()
    if [row for row, _ in pairs] != list(range(len(pairs))):
        fail(f"{path}: the rows are not 0 to {len(pairs) - 1}, each once")
    return [name for _, name in pairs]


def read_items(path):
    """The rows of items.csv as `monet prepare` writes it, by their id."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return {}
    key = next((name for name in ("id", "item_id", "asin") if name in rows[0]), None) or next(iter(rows[0]))
    return {row[key]: row for row in rows}


def rows_by_id(ids, vectors):
    """A float32 matrix with the vector of each id, all NaN (a missing row) where there is none."""
    import numpy as np

    widths = {len(vectors[name]) for name in ids if name in vectors}
    if not widths:
        fail("none of the items has features; do the ids belong to this dataset?")
    if len(widths) > 1:
        fail(f"rows of different lengths: {sorted(widths)}")
    out = np.full((len(ids), widths.pop()), np.nan, dtype=np.float32)
    for row, name in enumerate(ids):
        if name in vectors:
            out[row] = vectors[name]
    return out


def write_npy(path, array, force):
    """Writes the array so that the name holds the whole file or none; an older one only with `force`."""
    import numpy as np

    if os.path.exists(path) and not force:
        fail(f"{path} exists; give --force to replace it")
    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".npy")
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, array)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    missing = int(np.isnan(array).all(axis=1).sum())
    print(f"{path}: {array.shape[0]} items, {array.shape[1]} wide, {missing} without features")
