#!/usr/bin/env python3
"""What `train --init ARTIFACT` is worth when the catalogue has changed: recall after a tenth of the epochs.

    bench/init_study.py MONET DATA OUT [--model monet] [--epochs 100] [--gone 0.1] [--seed 1]

DATA is a directory in the 5-core layout. Yesterday's data, made in OUT, lack a share of the users and of the items (and so
what they touched); today's are DATA itself. A model is trained on yesterday's data, and today's is trained anew for all
epochs, anew for a tenth, and from yesterday's model for a tenth. Prints test recall@20 and the seconds of each.
"""
import argparse
import json
import pathlib
import random

import numpy

import study


def write(folder, splits, features, users, items):
    """`users` and `items`: the numbers in DATA of those that are kept, in their new order."""
    (folder / "5-core").mkdir(parents=True)
    new_user = {u: n for n, u in enumerate(users)}
    new_item = {i: n for n, i in enumerate(items)}
    for name, split in splits.items():
        kept = {}
        for user, touched in split.items():
            if int(user) in new_user:
                kept[str(new_user[int(user)])] = [new_item[i] for i in touched if i in new_item]
        (folder / "5-core" / name).write_text(json.dumps(kept))
    for name, matrix in features.items():
        numpy.save(folder / name, matrix[items])
    (folder / "user_list.txt").write_text("".join(f"user-{u}\t{n}\n" for u, n in new_user.items()))
    (folder / "item_list.txt").write_text("".join(f"item-{i}\t{n}\n" for i, n in new_item.items()))


def train(monet, data, out, arguments):
    _, said = study.run([monet, "train", "--data", data, "--out", out, "--force", "--threads", 1, *arguments])
    config = json.loads((out / "config.json").read_text())
    return config["metrics"]["test"]["recall@20"], config["training"]["seconds"], said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monet")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--model", default="monet")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--gone", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()

    splits = {n: json.loads((a.data / "5-core" / n).read_text()) for n in ("train.json", "val.json", "test.json")}
    features = {f.name: numpy.load(f) for f in sorted(a.data.glob("*_feat.npy"))}
    users = 1 + max(int(u) for split in splits.values() for u in split)
    items = len(next(iter(features.values())))
    draw = random.Random(a.seed)
    kept_users = sorted(draw.sample(range(users), round(users * (1 - a.gone))))
    kept_items = sorted(draw.sample(range(items), round(items * (1 - a.gone))))
    write(a.out / "today", splits, features, list(range(users)), list(range(items)))
    write(a.out / "yesterday", splits, features, kept_users, kept_items)

    common = ["--model", a.model, "--seed", str(a.seed), "--patience", "1000"]
    few = ["--epochs", str(max(a.epochs // 10, 1)), "--validate-every", "1"]
    rows = [
        ("yesterday's data, all epochs", "yesterday", ["--epochs", str(a.epochs)]),
        ("today anew, all epochs", "today", ["--epochs", str(a.epochs)]),
        ("today anew, a tenth of the epochs", "today", few),
        ("today from yesterday's model, a tenth", "today", [*few, "--init", str(a.out / "model-0")]),
    ]
    for n, (title, data, arguments) in enumerate(rows):
        recall, seconds, said = train(a.monet, a.out / data, a.out / f"model-{n}", common + arguments)
        taken = [line for line in said.splitlines() if "which knows" in line]
        print(f"{title:<40} recall@20 {recall:.4f}  {seconds:6.1f} s" + (f"  ({taken[0]})" if taken else ""), flush=True)


if __name__ == "__main__":
    main()
