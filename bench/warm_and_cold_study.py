#!/usr/bin/env python3
"""A shop with items that nobody has touched yet among the others: what do they cost those that somebody has?

    bench/warm_and_cold_study.py MONET DATASET FOLDER [--share 0.1] [--seed 1] [--model monet-softmax] [-- TRAIN OPTION…]

Takes a dataset that `monet prepare` wrote, makes a share of the test's items cold (their training and validation
interactions go), trains, and lists 20 items for each user of the test: among all items, and among the warm ones alone.
Prints recall@20 of what users went on to touch: of warm items, of cold ones, and of all. FOLDER gets the dataset and the
artifact.
"""
import argparse
import csv
import pathlib
import random
import shutil
import sys

import study

K = 20


def rows_of(table):
    with open(table, encoding="utf-8") as file:
        reader = csv.DictReader(file, delimiter="\t")
        return reader.fieldnames, list(reader)


def names(dataset, kind):
    with open(dataset / f"{kind}_id_mapping.csv", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t")[0] for line in list(file)[1:]]


def make_cold(dataset, out, share, seed):
    """A copy of the dataset; (test items by user, cold items), by external ids."""
    table = next(dataset.glob("*.inter"))
    fields, rows = rows_of(table)
    users, items = names(dataset, "u"), names(dataset, "i")
    tested = sorted({row["itemID"] for row in rows if row["x_label"] == "2"}, key=int)
    cold = set(random.Random(seed).sample(tested, round(share * len(tested))))
    shutil.copytree(dataset, out, dirs_exist_ok=True)
    kept = [row for row in rows if row["x_label"] == "2" or row["itemID"] not in cold]
    trained = {row["userID"] for row in kept if row["x_label"] == "0"}
    with open(out / table.name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    wanted = {}
    for row in kept:
        if row["x_label"] == "2" and row["userID"] in trained:
            wanted.setdefault(users[int(row["userID"])], set()).add(items[int(row["itemID"])])
    return wanted, {items[int(item)] for item in cold}


def recall(lists, wanted, only):
    found = [len(set(listed[:K]) & items & only) / len(items & only)
             for user, items in wanted.items() if items & only for listed in [lists[user]]]
    return sum(found) / len(found), len(found)


def main():
    arguments = sys.argv[1:]
    options = []
    if "--" in arguments:
        options = arguments[arguments.index("--") + 1:]
        arguments = arguments[:arguments.index("--")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monet")
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="monet-softmax")
    a = parser.parse_args(arguments)
    wanted, cold = make_cold(a.dataset, a.folder / "data", a.share, a.seed)
    items = set(names(a.dataset, "i"))
    study.run([a.monet, "train", "--data", a.folder / "data", "--model", a.model, "--out", a.folder / "model", "--force",
               *options])
    users = sorted(wanted)
    mixed = study.lists_of(a.monet, a.folder / "model", users, K)
    alone = study.lists_of(a.monet, a.folder / "model", users, K, ["--exclude", ",".join(sorted(cold))])
    shares = {name: sum(item in cold for listed in lists.values() for item in listed) / (K * len(users))
              for name, lists in (("mixed", mixed), ("alone", alone))}
    print(f"{a.model} {' '.join(options)}: {len(cold)} of {len(items)} items are cold, {len(users)} users")
    for name, only in (("warm", items - cold), ("cold", cold), ("all", items)):
        (both, count), (without, _) = recall(mixed, wanted, only), recall(alone, wanted, only)
        change = f"{100 * (both / without - 1):+.1f} %" if without else ""
        print(f"recall@{K} of {name:<5} {both:.4f} among all, {without:.4f} among warm ones  {change}  ({count} users)")
    print(f"cold items fill {100 * shares['mixed']:.1f} % of the lists")


if __name__ == "__main__":
    main()
