#!/usr/bin/env python3
"""Mixed load on `monet serve` for a long time: do its memory and its open files stay what they were?

    bench/soak.py MONET ARTIFACT FOLDER [--minutes 60] [--rate 100] [--seed 1]

Starts a server on the artifact with a store in FOLDER (made, and emptied of an earlier store) and sends it about RATE
requests a second: lists for known and new users with rules and reasons, events, items put, changed and deleted, searches,
users erased, metrics, connections that are dropped half-way, and the artifact opened anew every minute. Prints resident
memory (MB), open descriptors, events and answers by status each minute. At the end memory and descriptors of the last
tenth are compared with those of the second: a store that grows is no leak, so events are deleted as fast as they come.
Exit code 1 where memory grew by more than 5 % or descriptors by more than 10, or an answer was a 5xx other than 503.
"""
import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import socket
import sys
import threading
import time
import urllib.parse

import study

CLIENTS = 4


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Client(threading.Thread):
    def __init__(self, port, users, items, seed, pace, stop, statuses):
        super().__init__(daemon=True)
        self.port, self.users, self.items = port, users, items
        self.draw = random.Random(seed)
        self.pace, self.stop, self.statuses = pace, stop, statuses
        self.name_of_new = f"visitor-{seed}"
        self.failure = None

    def request(self, connection, method, path, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        answer.read()
        self.statuses[answer.status] += 1

    def one(self, connection, count):
        draw = self.draw
        user, item = draw.choice(self.users), draw.choice(self.items)
        name = urllib.parse.quote(user, safe="")
        thing = urllib.parse.quote(item, safe="")
        kind = draw.random()
        new = f"{self.name_of_new}-{count % 50}"
        if kind < 0.40:
            self.request(connection, "GET", f"/v1/users/{name}/recommendations?k=20")
        elif kind < 0.50:
            self.request(connection, "POST", "/v1/recommendations",
                         {"history": draw.sample(self.items, 5), "k": 10, "explain": True})
        elif kind < 0.58:
            self.request(connection, "GET", f"/v1/users/{name}/recommendations?k=10&diversity=0.3&explain=true")
        elif kind < 0.63:
            self.request(connection, "GET", f"/v1/items/{thing}/similar?k=10")
        elif kind < 0.83:
            event = {"user": new, "item": item, "kind": "view", "key": f"{self.name_of_new}-{count}"}
            self.request(connection, "POST", "/v1/interactions", event)
        elif kind < 0.87:
            self.request(connection, "GET", f"/v1/users/{new}/recommendations?k=10")
        elif kind < 0.90:
            self.request(connection, "PUT", f"/v1/items/{thing}", {"title": f"Title {count}", "categories": ["a", "b"], "price": 5})
        elif kind < 0.92:
            self.request(connection, "PATCH", f"/v1/items/{thing}", {"available": True})
        elif kind < 0.94:
            self.request(connection, "PUT", f"/v1/items/extra-{count % 20}", {"title": "short-lived"})
            self.request(connection, "DELETE", f"/v1/items/extra-{count % 20}")
        elif kind < 0.96:
            self.request(connection, "GET", "/v1/items?search=title&limit=10")
        elif kind < 0.98:
            self.request(connection, "GET", "/metrics")
        else:
            with socket.create_connection(("127.0.0.1", self.port)) as half:
                half.sendall(b"POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        if count % 50 == 49:
            self.request(connection, "DELETE", f"/v1/users/{self.name_of_new}-{draw.randrange(50)}")

    def run(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            due = time.monotonic()
            count = 0
            while not self.stop.is_set():
                self.one(connection, count)
                count += 1
                if count % 500 == 0:  # some clients come anew
                    connection.close()
                due += self.pace
                time.sleep(max(0.0, due - time.monotonic()))
        except Exception as error:  # said by main, which ends
            if not self.stop.is_set():
                self.failure = repr(error)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monet")
    parser.add_argument("artifact", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    for old in a.folder.glob("soak.db*"):
        old.unlink()
    server = study.Server(a.monet, a.artifact, a.folder / "soak.db", (a.folder / "log").open("w"))
    port, pid = server.port, server.process.pid
    ids = {what: study.ids(a.artifact / f"{what}.tsv")[:5000] for what in ("users", "items")}
    stop = threading.Event()
    statuses = collections.Counter()
    clients = [Client(port, ids["users"], ids["items"], a.seed * CLIENTS + c, CLIENTS / a.rate, stop, statuses)
               for c in range(CLIENTS)]
    for client in clients:
        client.start()
    samples = []
    began = time.monotonic()
    print("minute  resident MB  descriptors  answers")
    while time.monotonic() - began < 60 * a.minutes:
        time.sleep(min(60, 6 * a.minutes))
        dead = [client.failure for client in clients if client.failure]
        if server.process.poll() is not None or dead:
            sys.exit(f"after {time.monotonic() - began:.0f} s: server {server.process.poll()}, clients {dead}")
        samples.append((resident(pid), len(os.listdir(f"/proc/{pid}/fd"))))
        minutes = (time.monotonic() - began) / 60
        print(f"{minutes:6.1f}  {samples[-1][0]:11.1f}  {samples[-1][1]:11d}  {dict(sorted(statuses.items()))}", flush=True)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/v1/reload")
        connection.getresponse().read()
        connection.close()
    stop.set()
    for client in clients:
        client.join()
    code = server.stop()
    tenth = max(1, len(samples) // 10)
    first = samples[tenth:2 * tenth] or samples[:1]
    memory = [sum(s[0] for s in part) / len(part) for part in (first, samples[-tenth:])]
    open_files = [max(s[1] for s in part) for part in (first, samples[-tenth:])]
    bad = sum(n for status, n in statuses.items() if status >= 500 and status != 503)
    print(f"{sum(statuses.values())} answers, {bad} of them 5xx other than 503; memory {memory[0]:.1f} -> {memory[1]:.1f} MB, "
          f"descriptors {open_files[0]} -> {open_files[1]}, exit code {code}")
    sys.exit(0 if code == 0 and bad == 0 and memory[1] <= 1.05 * memory[0] and open_files[1] <= open_files[0] + 10 else 1)


if __name__ == "__main__":
    main()
