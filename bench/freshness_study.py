#!/usr/bin/env python3
"""What a new user's first events are worth at once, folded in by `monet serve`, against a full training with them.

    bench/freshness_study.py MONET DATA OUT [--model monet-softmax] [--share 0.1] [--seed 1] [--threads 1] [-- TRAIN OPTIONS]

DATA is a directory in the 5-core or in MMRec's layout. A share of the users is left out, and a model trained on the others'
interactions. Then each user left out has k = 1, 2, 5 events, and her next one is looked for in her list of 20: as the
server answers with these events (folded in); after a training on everybody's interactions and these events (retrained);
and by popularity. Events are in the order of their times, or of the file where there are none. Prints recall@20, which is
the share of users whose next item is in the list, with its standard error.
"""
import argparse
import csv
import json
import pathlib
import random
import shutil
import sys

import study

EVENTS = (1, 2, 5)
LIST = 20


def read(folder):
    """Each user's training items in order, and the other splits: {user: [item]}, {user: [item]}, {user: [item]}."""
    if (folder / "5-core").is_dir():
        names = ("train.json", "val.json", "test.json")
        return [{int(u): items for u, items in json.loads((folder / "5-core" / n).read_text()).items()} for n in names]
    table = next(iter(sorted(folder.glob("*.inter"))))
    splits = [{}, {}, {}]
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    rows.sort(key=lambda row: float(row.get("timestamp", 0)))
    for row in rows:
        splits[int(row["x_label"])].setdefault(int(row["userID"]), []).append(int(row["itemID"]))
    return splits


def write(source, folder, splits):
    (folder / "5-core").mkdir(parents=True, exist_ok=True)
    for name, split in zip(("train.json", "val.json", "test.json"), splits):
        (folder / "5-core" / name).write_text(json.dumps(split))
    for feature in source.glob("*_feat.npy"):
        shutil.copy(feature, folder / feature.name)


def train(a, data, out):
    study.run([a.monet, "train", "--data", data, "--model", a.model, "--out", out, "--force", "--seed", a.seed, "--threads",
               a.threads, *a.options])


def folded_in(a, store, known):
    """The lists of users who are new to the artifact, by events that are recorded now."""
    events = [{"user": f"new-{user}", "item": f"{item}"} for user, items in known.items() for item in items]
    with study.Server(a.monet, a.out / "model-0", store) as server:
        for begin in range(0, len(events), 500):
            server.ask("/v1/interactions", {"interactions": events[begin:begin + 500]})
        return dict(zip(known, server.lists([{"user": f"new-{user}", "k": LIST} for user in known], 50)))


def recall(lists, following):
    hits = [1.0 if f"{item}" in lists.get(user, []) else 0.0 for user, item in following.items()]
    mean = sum(hits) / len(hits)
    return f"{mean:.4f} ± {(mean * (1 - mean) / len(hits)) ** 0.5:.4f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monet")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--model", default="monet-softmax")
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    a = parser.parse_args(given[:cut])
    a.options = given[cut + 1:]

    splits = read(a.data)
    draw = random.Random(a.seed)
    able = sorted(user for user, items in splits[0].items() if len(items) > EVENTS[0])
    left_out = set(draw.sample(able, round(len(able) * a.share)))
    others = [{user: items for user, items in split.items() if user not in left_out} for split in splits]
    # Numbers stay what they are, and to the server who was left out is somebody new.
    write(a.data, a.out / "before", others)
    train(a, a.out / "before", a.out / "model-0")
    counts = {}
    for items in others[0].values():
        for item in items:
            counts[item] = counts.get(item, 0) + 1
    popular = sorted(counts, key=lambda item: (-counts[item], item))
    print(f"{a.data.name}, {a.model}: {len(left_out)} of {len(able)} users left out", flush=True)
    for k in EVENTS:
        users = sorted(user for user in left_out if len(splits[0][user]) > k)
        if not users:
            print(f"k {k}: no user has so many events")
            continue
        known = {user: splits[0][user][:k] for user in users}
        following = {user: splits[0][user][k] for user in users}
        store = a.out / f"events-{k}.db"
        for file in a.out.glob(f"events-{k}.db*"):
            file.unlink()
        folded = folded_in(a, store, known)
        after = dict(others[0])
        after.update(known)
        write(a.data, a.out / f"after-{k}", [after, others[1], others[2]])
        train(a, a.out / f"after-{k}", a.out / f"model-{k}")
        lists = study.lists_of(a.monet, a.out / f"model-{k}", [f"{user}" for user in users], LIST)
        retrained = {int(user): items for user, items in lists.items()}
        by_popularity = {user: [f"{item}" for item in popular if item not in known[user]][:LIST] for user in users}
        print(f"k {k}: {len(users)} users, recall@{LIST} folded in {recall(folded, following)}, retrained "
              f"{recall(retrained, following)}, popularity {recall(by_popularity, following)}", flush=True)


if __name__ == "__main__":
    main()
