#!/usr/bin/env python3
"""Are the lists of `monet serve` those of `monet recommend`? For many users, with rules and without.

    bench/served_lists.py MONET ARTIFACT FOLDER [--users 1000] [--k 20] [--seed 1]

Asks both for the same users: without rules, with 300 items excluded, with a third of the items allowed, and with both.
Prints how many lists are equal, item by item; exit code 1 unless all are. FOLDER gets the server's store.
"""
import argparse
import pathlib
import random
import sys

import study

AT_A_TIME = 20  # requests of a batch: lists of rules are long


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monet")
    parser.add_argument("artifact", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--k", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    users, items = study.ids(a.artifact / "users.tsv"), study.ids(a.artifact / "items.tsv")
    users = random.Random(a.seed).sample(users, min(a.users, len(users)))
    exclude, only = items[:300], items[::3]
    fine = True
    with study.Server(a.monet, a.artifact, a.folder / "lists.db") as server:
        for rules in ({}, {"exclude": exclude}, {"only": only}, {"exclude": exclude, "only": only}):
            served = server.lists([{"user": user, "k": a.k, "rules": rules} for user in users], AT_A_TIME)
            options = [word for name, listed in rules.items() for word in (f"--{name}", ",".join(listed))]
            recommended = study.lists_of(a.monet, a.artifact, users, a.k, options)
            equal = sum(ours == recommended[user] for user, ours in zip(users, served))
            fine = fine and equal == len(users)
            print(f"{' and '.join(rules) or 'no rules':<20} {equal} of {len(users)} lists are equal", flush=True)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
