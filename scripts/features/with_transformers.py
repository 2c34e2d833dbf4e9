#!/usr/bin/env python3
"""Makes item features with a pretrained model, for those who have PyTorch and sentence-transformers.

    with_transformers.py text  --data DIR --model all-MiniLM-L6-v2
    with_transformers.py image --data DIR --model clip-ViT-B-32 --image-dir PICTURES

DIR is what `monet prepare` writes: the items are those of items.csv, the rows in the order of i_id_mapping.csv. The result is
DIR/text_feat.npy or DIR/image_feat.npy (--out gives another name); items without text or picture get a row of NaN, which
monet counts as missing and fills. --model is a name that sentence-transformers knows, or a folder: with a folder nothing is
downloaded.
"""
import argparse
import os
import sys

from common import fail, read_ids, read_items, rows_by_id, write_npy

FIELDS = "title,description,categories,brand"
EXTENSIONS = ("", ".jpg", ".jpeg", ".png", ".webp")


def text_of(item, fields):
    """The item's texts, one after the other; categories as a list in words."""
    parts = [item.get(field, "").replace("|", ", ").strip() for field in fields]
    return ". ".join(part for part in parts if part)


def picture_of(name, item, folder):
    """The path of an item's picture under `folder`: by the last part of what items.csv says, or by its id."""
    last = item.get("image", "").rsplit("/", 1)[-1]
    for base in (last, name):
        for extension in EXTENSIONS:
            path = os.path.join(folder, base + extension)
            if base and "/" not in base and os.path.isfile(path):
                return path
    return None


def load_model(name, device):
    """The model, or one line that says what to install."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        fail(f"sentence-transformers cannot be loaded ({error}); install it: pip install sentence-transformers")
    return SentenceTransformer(name, device=device)


def encode(model, inputs, batch_size):
    """One float32 vector for each input."""
    return model.encode(inputs, batch_size=batch_size, convert_to_numpy=True, show_progress_bar=sys.stderr.isatty())


def encode_pictures(model, paths, batch_size):
    """Opens a batch of pictures at a time; one that cannot be read is named and left out."""
    from PIL import Image

    from seen import as_seen

    vectors = {}
    names = list(paths)
    for begin in range(0, len(names), batch_size):
        pictures = {}
        for name in names[begin : begin + batch_size]:
            try:
                with Image.open(paths[name]) as picture:
                    pictures[name] = as_seen(picture)
            except OSError as error:
                print(f"{paths[name]}: {error}; left out", file=sys.stderr)
        if pictures:
            vectors.update(zip(pictures, encode(model, list(pictures.values()), batch_size)))
    return vectors


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modality", choices=("text", "image"))
    parser.add_argument("--data", metavar="DIR", required=True, help="dataset written by monet prepare")
    parser.add_argument("--model", metavar="NAME|FOLDER", required=True, help="of sentence-transformers")
    parser.add_argument("--fields", metavar="A,B,…", default=FIELDS, help=f"texts to use (default: {FIELDS})")
    parser.add_argument("--image-dir", metavar="DIR", help="folder of the pictures")
    parser.add_argument("--out", metavar="FILE", help="file to write (default: DIR/<modality>_feat.npy)")
    parser.add_argument("--batch-size", type=int, default=64, metavar="N")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda, … (default: the best there is)")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    options = parser.parse_args(argv)
    if options.modality == "image" and not options.image_dir:
        parser.error("image needs --image-dir")
    if options.batch_size < 1:
        parser.error("--batch-size must be at least 1")
    return options


def inputs_of(options, ids, items):
    """What to encode, by item id."""
    if options.modality == "text":
        found = {name: text_of(items[name], options.fields.split(",")) for name in ids if name in items}
    else:
        found = {name: picture_of(name, items.get(name, {}), options.image_dir) for name in ids}
    return {name: value for name, value in found.items() if value}


def main(argv):
    options = arguments(argv)
    out = options.out or os.path.join(options.data, f"{options.modality}_feat.npy")
    if os.path.exists(out) and not options.force:
        fail(f"{out} exists; give --force to replace it")
    try:
        ids = read_ids(os.path.join(options.data, "i_id_mapping.csv"))
        catalogue = os.path.join(options.data, "items.csv")
        items = read_items(catalogue) if os.path.exists(catalogue) or options.modality == "text" else {}
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    inputs = inputs_of(options, ids, items)
    if not inputs:
        fail(f"none of {len(ids)} items has {'text' if options.modality == 'text' else 'a picture'}")
    model = load_model(options.model, options.device)
    if options.modality == "text":
        vectors = dict(zip(inputs, encode(model, list(inputs.values()), options.batch_size)))
    else:
        vectors = encode_pictures(model, inputs, options.batch_size)
    write_npy(out, rows_by_id(ids, vectors), options.force)


if __name__ == "__main__":
    main(sys.argv[1:])
