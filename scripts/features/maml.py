#!/usr/bin/env python3
"""Turns the features that MAML published for Amazon's clothing data into files that monet reads.

    maml.py --images IMAGES.pickle --ids DIR/i_id_mapping.csv --out DIR/image_feat.npy
    maml.py --texts DOC2VEC.txt    --ids DIR/i_id_mapping.csv --out DIR/text_feat.npy

--images is a pickled dictionary, item id -> vector. A pickle can run any code, so only dictionaries, strings, numbers,
lists and numeric NumPy arrays are taken out of it; anything else is refused. --texts is either such a pickle or the text format of
word2vec and gensim: an optional line "count width", then "id number number ..." on each line.

Items that the file does not know get a row of NaN, which monet counts as missing and fills. Needs NumPy.
"""
import argparse
import io
import pickle
import sys

from common import fail, read_ids, rows_by_id, write_npy

# What pickled arrays consist of; NumPy 2 renamed its module.
SAFE = {
    (module, name)
    for module in ("numpy.core.multiarray", "numpy._core.multiarray")
    for name in ("_reconstruct", "scalar")
} | {("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode"), ("collections", "OrderedDict")}


class SafeUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in SAFE:
            raise pickle.UnpicklingError(f"it holds {module}.{name}, which is neither array, dict nor str")
        return super().find_class(module, name)


def read_pickle(data):
    """A dictionary id -> vector. Raises pickle.UnpicklingError for one that holds anything else."""
    import numpy as np

    loaded = SafeUnpickler(io.BytesIO(data), encoding="latin1").load()
    if not isinstance(loaded, dict):
        raise pickle.UnpicklingError(f"it holds a {type(loaded).__name__}, not a dict of item id to vector")
    out = {}
    for name, vector in loaded.items():
        name = name.decode() if isinstance(name, bytes) else str(name)
        array = np.asarray(vector)
        if array.dtype.kind not in "fiu":
            raise pickle.UnpicklingError(f"item {name} has no numbers")
        out[name] = array.astype(np.float32).reshape(-1)
    return out


def read_vectors(lines):
    """A dictionary id -> vector from the text format of word2vec."""
    import numpy as np

    out = {}
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if not parts or (number == 1 and len(parts) == 2):
            continue
        try:
            out[parts[0]] = np.array(parts[1:], dtype=np.float32)
        except ValueError:
            fail(f"line {number} of the texts is not an id and numbers")
    return out


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--images", metavar="FILE", help="pickled dictionary, item id -> vector")
    source.add_argument("--texts", metavar="FILE", help="doc2vec vectors: the same, or text")
    parser.add_argument("--ids", metavar="FILE", required=True, help="i_id_mapping.csv of the dataset")
    parser.add_argument("--out", metavar="FILE", required=True, help="file to write, NAME_feat.npy")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    return parser.parse_args(argv)


def main(argv):
    options = arguments(argv)
    path = options.images or options.texts
    try:
        ids = read_ids(options.ids)
        with open(path, "rb") as file:
            data = file.read()
        pickled = options.images is not None or data[:1] == b"\x80"
        vectors = read_pickle(data) if pickled else read_vectors(data.decode("utf-8", "replace").splitlines())
        write_npy(options.out, rows_by_id(ids, vectors), options.force)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    except (pickle.UnpicklingError, EOFError, ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        fail(f"{path}: not a pickle of item id to vector: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
