#!/usr/bin/env python3
"""Items that come after the training: are they recommended as if they had been in its data?

    bench/new_items_study.py MONET ARTIFACT DATASET RAW FOLDER [--k 20]

DATASET was prepared from RAW (a folder with catalogue.csv and pictures) with `--split cold-items`; ARTIFACT was trained
on it. The items without a training interaction are hidden and put anew under other ids: by their rows of features, then
by their texts and pictures alone. Prints recall of the test among all items, how many lists are the same as those of the
artifact, and what an item took. FOLDER gets the servers' stores.
"""
import argparse
import csv
import pathlib
import time

import numpy
import study

AT_A_TIME = 50
PREFIX = "new-"


def interactions(dataset):
    """(training items by user, test items by user), by external ids."""
    names = {}
    for kind in ("u", "i"):
        with open(dataset / f"{kind}_id_mapping.csv", encoding="utf-8") as file:
            names[kind] = [line.rstrip("\n").split("\t")[0] for line in list(file)[1:]]
    parts = {"0": {}, "2": {}}
    table = next(dataset.glob("*.inter"))
    with open(table, encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["x_label"] in parts:
                user, item = names["u"][int(row["userID"])], names["i"][int(row["itemID"])]
                parts[row["x_label"]].setdefault(user, set()).add(item)
    return parts["0"], parts["2"], names["i"]


def recall(lists, wanted):
    found = [len(set(list_) & wanted[user]) / len(wanted[user]) for user, list_ in lists.items()]
    return sum(found) / len(found)


def by_rows(server, dataset, items, cold, _):
    tables = {file.name[:-len("_feat.npy")]: numpy.load(file) for file in dataset.glob("*_feat.npy")}
    for item in cold:
        features = {name: table[items.index(item)].tolist() for name, table in tables.items()}
        server.ask(f"/v1/items/{PREFIX}{item}", {"features": features}, "PUT")


def by_looks(server, dataset, items, cold, raw):
    with open(dataset / "items.csv", encoding="utf-8") as file:
        catalogue = {row["item_id"]: row for row in csv.DictReader(file)}
    for item in cold:
        entry = catalogue[item]
        body = {name: entry[name] for name in ("title", "description", "brand")}
        body["categories"] = [label for label in entry["categories"].split("|") if label]
        server.ask(f"/v1/items/{PREFIX}{item}", body, "PUT")
        server.send(f"/v1/items/{PREFIX}{item}/picture", (raw / entry["image"]).read_bytes(), "image/png", "PUT")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monet")
    parser.add_argument("artifact", type=pathlib.Path)
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("raw", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--k", type=int, default=20)
    a = parser.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    train, test, items = interactions(a.dataset)
    touched = set().union(*train.values())
    cold = [item for item in items if item not in touched]
    users = sorted(test)
    asks = [{"user": user, "k": a.k} for user in users]
    expected = None
    for name, put in (("in the training's data", None), ("put by rows", by_rows), ("put by texts and pictures", by_looks)):
        store = a.folder / f"{name.replace(' ', '-')}.db"
        with study.Server(a.monet, a.artifact, store) as server:
            took = ""
            if put:
                for item in cold:
                    server.ask(f"/v1/items/{item}", {"hidden": True}, "PATCH")
                began = time.monotonic()
                put(server, a.dataset, items, cold, a.raw)
                took = f", {1000 * (time.monotonic() - began) / len(cold):.1f} ms an item"
            answers = server.lists(asks, AT_A_TIME)
            lists = {user: [item.removeprefix(PREFIX) for item in found] for user, found in zip(users, answers)}
            expected = expected or lists
            same = sum(lists[user] == expected[user] for user in users)
            print(f"{name:<26} recall@{a.k} {recall(lists, test):.4f}, {same} of {len(users)} lists the same{took}", flush=True)


if __name__ == "__main__":
    main()
