#!/usr/bin/env python3
"""Are the lists of `monet serve` those of `monet recommend`? For many users, with rules and without.

    bench/served_lists.py MONET ARTIFACT FOLDER [--users 1000] [--k 20] [--seed 1]

Asks both for the same users: without rules, with 300 items excluded, with a third of the items allowed, and with both.
Prints how many lists are equal, item by item; exit code 1 unless all are. FOLDER gets the server's store.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import urllib.request

AT_A_TIME = 20  # requests of a batch: lists of rules are long


def ids(file):
    return [line.split("\t")[0] for line in file.read_text().splitlines()[1:]]


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
    users, items = ids(a.artifact / "users.tsv"), ids(a.artifact / "items.tsv")
    users = random.Random(a.seed).sample(users, min(a.users, len(users)))
    server = subprocess.Popen([a.monet, "serve", "--artifact", str(a.artifact), "--store", str(a.folder / "lists.db"), "--port",
                               "0", "--threads", "1"], stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().strip()

    def served(rules):
        lists = {}
        for begin in range(0, len(users), AT_A_TIME):
            asked = users[begin:begin + AT_A_TIME]
            body = json.dumps({"requests": [{"user": user, "k": a.k, "rules": rules} for user in asked]}).encode()
            request = urllib.request.Request(f"{address}/v1/recommendations:batch", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as answer:
                for user, one in zip(asked, json.loads(answer.read())["answers"]):
                    lists[user] = [item["item"] for item in one["items"]]
        return lists

    def recommended(rules):
        command = [a.monet, "recommend", "--artifact", str(a.artifact), "--users", ",".join(users), "--k", str(a.k), "--format",
                   "jsonl", "--threads", "1"]
        for name, listed in rules.items():
            command += [f"--{name}", ",".join(listed)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return {answer["user"]: [item["item"] for item in answer["items"]] for answer in answers}

    fine = True
    exclude, only = items[:300], items[::3]
    for rules in ({}, {"exclude": exclude}, {"only": only}, {"exclude": exclude, "only": only}):
        ours, theirs = served(rules), recommended(rules)
        equal = sum(ours[user] == theirs[user] for user in users)
        fine = fine and equal == len(users)
        print(f"{' and '.join(rules) or 'no rules':<20} {equal} of {len(users)} lists are equal", flush=True)
    server.terminate()
    server.wait()
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
