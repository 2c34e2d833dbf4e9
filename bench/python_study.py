#!/usr/bin/env python3
"""What the Python package costs beside the engine alone, and beside NumPy and SciPy for the same work. One thread.

    PYTHONPATH=build/release/python bench/python_study.py ranking ARTIFACT REQUEST_BENCH [--rounds 5]
    PYTHONPATH=build/release/python bench/python_study.py frames [--rows 10000000] [--distinct] [--pandas]
    PYTHONPATH=build/release/python bench/python_study.py features [--items 1000000] [--width 256]
    PYTHONPATH=build/release/python bench/python_study.py numpy ARTIFACT
    PYTHONPATH=build/release/python bench/python_study.py bpr DATASET
    PYTHONPATH=build/release/python bench/python_study.py fits [--fits 1000]

ranking: all users of an artifact, recommend_batch against the C++ call, in turns. frames: a frame of text ids to a dataset,
with the memory it takes; --distinct: every id is an object of its own. features: whether features are copied. numpy: the
best 20 items of all users by an artifact of products, beside a product and argpartition. bpr: an epoch of matrix
factorisation by BPR, 64 wide, batches of 1,024, Adam, beside the same steps in NumPy. fits: resident memory over many
fits.
"""
import argparse
import os
import re
import statistics
import subprocess
import threading
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import monet  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402


def resident():
    """Megabytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Peak:
    """The most resident memory within a block, beyond what there was."""

    def __enter__(self):
        self.before = self.most = resident()
        self.done = threading.Event()
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()
        return self

    def watch(self):
        while not self.done.wait(0.01):
            self.most = max(self.most, resident())

    def __exit__(self, *_):
        self.done.set()
        self.watcher.join()
        self.after = resident() - self.before
        self.peak = self.most - self.before


def seconds(work):
    """Processor time: the machine may be shared."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def median_call(work, times):
    work()
    return statistics.median(seconds(work) for _ in range(times))


def ranking(arguments):
    model = monet.open(arguments.artifact)
    engine, python = [], []
    for _ in range(arguments.rounds):
        done = subprocess.run([arguments.bench, "--artifact", arguments.artifact, "--all-users", "--cpu-clock"],
                              capture_output=True, text=True, check=True)
        engine.append(float(re.search(r"median ([0-9.]+) ms", done.stdout).group(1)) / 1e3)
        python.append(median_call(lambda: model.recommend_batch(k=20, threads=1), 8))
    engine_ms, python_ms = 1e3 * statistics.median(engine), 1e3 * statistics.median(python)
    ratios = sorted(p / e for p, e in zip(python, engine))
    print(f"all {len(model.users_):,} users, k = 20: C++ {engine_ms:.1f} ms, recommend_batch {python_ms:.1f} ms; "
          f"ratios {', '.join(f'{ratio:.3f}' for ratio in ratios)}")


def frames(arguments):
    rng = np.random.default_rng(1)
    rows = arguments.rows
    users = rng.integers(0, rows // 10, rows)
    items = (rng.random(rows) ** 2 * (rows // 100)).astype(int)
    if arguments.distinct:
        columns = [[f"user-{user:07d}" for user in users.tolist()], [f"item-{item:06d}" for item in items.tolist()]]
    else:
        names = [np.array([f"{what}-{n:07d}" for n in range(count)], dtype=object)
                 for what, count in (("user", rows // 10), ("item", rows // 100))]
        columns = [names[0][users], names[1][items]]
    frame = pd.DataFrame({"user_id": columns[0], "item_id": columns[1]})
    del columns, users, items
    held = []
    with Peak() as memory:
        took = seconds(lambda: held.append(monet.Dataset.from_pandas(frame)))
    column = frame["user_id"].to_numpy()
    numbered = seconds(lambda: monet._engine.factorize(column))
    print(f"numbering the users alone {numbered:.2f} s", end="")
    print(f", pandas.factorize {seconds(lambda: pd.factorize(column)):.2f} s" if arguments.pandas else "")
    arrays = frame.memory_usage(index=False).sum() / 1e6
    print(f"{held[0]}")
    print(f"{rows:,} rows, {'distinct' if arguments.distinct else 'shared'} texts: {took:.2f} s of processor time; the "
          f"frame's arrays {arrays:.0f} MB, at the peak {memory.peak:.0f} MB more ({memory.peak / arrays:.2f} x), "
          f"afterwards {memory.after:.0f} MB")


def features(arguments):
    matrix = np.random.default_rng(1).random((arguments.items, arguments.width), dtype=np.float32)
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"user_id": rng.integers(0, 20_000, 200_000), "item_id": rng.integers(0, arguments.items, 200_000)})
    for name, given in (("float32", matrix), ("float64", matrix[: len(matrix) // 4].astype(np.float64))):
        held = []
        with Peak() as memory:
            events = frame[frame.item_id < len(given)]
            held.append(monet.Dataset.from_pandas(events, items=np.arange(len(given)), features={"image": given}))
        shared = np.shares_memory(held[0].features("image"), given)
        print(f"{name}, {given.nbytes / 1e6:.0f} MB: resident {memory.after:+.0f} MB, peak {memory.peak:+.0f} MB, "
              f"{'the same memory' if shared else 'a copy'}")


def numpy(arguments):
    model = monet.open(arguments.artifact)
    users, items = model.user_embeddings_, model.item_embeddings_
    history = [model._recommender.history(user) for user in range(len(users))]
    rows = np.repeat(np.arange(len(users)), [len(past) for past in history])
    columns = np.concatenate(history)

    def by_numpy(k=20, at_a_time=512):
        best = np.empty((len(users), k), dtype=np.int64)
        begin_of = np.searchsorted(rows, np.arange(len(users) + 1))
        for begin in range(0, len(users), at_a_time):
            end = min(begin + at_a_time, len(users))
            scores = users[begin:end] @ items.T
            mask = slice(begin_of[begin], begin_of[end])
            scores[rows[mask] - begin, columns[mask]] = -np.inf
            top = np.argpartition(scores, -k, axis=1)[:, -k:]
            order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
            best[begin:end] = np.take_along_axis(top, order, axis=1)
        return best

    own = median_call(lambda: model.recommend_batch(k=20, beta=0.0 if model._recommender.has_beta() else None, threads=1), 5)
    theirs = median_call(by_numpy, 5)
    print(f"{len(users):,} users x {len(items):,} items, {users.shape[1]} wide, k = 20: monet {1e3 * own:.0f} ms, "
          f"NumPy {1e3 * theirs:.0f} ms ({theirs / own:.1f} x)")


def bpr(arguments):
    data = monet.load(arguments.dataset)

    def fit(epochs):
        model = monet.Mf(dim=64, epochs=epochs, batch_size=1024, sampling="interactions", validate_every=1000, threads=1)
        return seconds(lambda: model.fit(data))

    fit(1)
    own = statistics.median((fit(12) - fit(2)) / 10 for _ in range(3))

    rng = np.random.default_rng(1)
    matrix = data.matrix().tocoo()
    tables = [rng.standard_normal((size, 64), dtype=np.float32) * 0.1 for size in matrix.shape]
    moments = [(np.zeros_like(table), np.zeros_like(table)) for table in tables]
    step = 0

    def epoch():
        nonlocal step
        order = rng.permutation(matrix.nnz)
        for begin in range(0, matrix.nnz, 1024):
            step += 1
            batch = order[begin : begin + 1024]
            users, liked = matrix.row[batch], matrix.col[batch]
            other = rng.integers(0, matrix.shape[1], len(batch))
            u, i, j = tables[0][users], tables[1][liked], tables[1][other]
            slope = (1 / (1 + np.exp(np.einsum("bd,bd->b", u, i - j)))).astype(np.float32)[:, None] / len(batch)
            gradients = [np.zeros_like(table) for table in tables]
            np.add.at(gradients[0], users, -slope * (i - j))
            np.add.at(gradients[1], liked, -slope * u)
            np.add.at(gradients[1], other, slope * u)
            for table, gradient, (first, second) in zip(tables, gradients, moments):
                first += 0.1 * (gradient - first)
                second += 0.001 * (gradient * gradient - second)
                table -= 1e-3 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)

    theirs = seconds(epoch)
    print(f"{data.name}: an epoch of {matrix.nnz:,} interactions: monet {own:.3f} s, NumPy {theirs:.2f} s ({theirs / own:.0f} x)")


def fits(arguments):
    data = monet.Dataset.generate(users=200, items=100, interactions=2500)

    def once():
        monet.Monet(epochs=1, threads=1, dim=8).fit(data).recommend_batch(k=5)

    for _ in range(20):
        once()
    begun = resident()
    for _ in range(arguments.fits):
        once()
    print(f"{arguments.fits} fits and drops: resident {begun:.1f} MB, afterwards {resident():.1f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True)
    part = parts.add_parser("ranking")
    part.add_argument("artifact")
    part.add_argument("bench")
    part.add_argument("--rounds", type=int, default=5)
    part.set_defaults(run=ranking)
    part = parts.add_parser("frames")
    part.add_argument("--rows", type=int, default=10_000_000)
    part.add_argument("--distinct", action="store_true")
    part.add_argument("--pandas", action="store_true", help="also pandas.factorize of the users")
    part.set_defaults(run=frames)
    part = parts.add_parser("features")
    part.add_argument("--items", type=int, default=1_000_000)
    part.add_argument("--width", type=int, default=256)
    part.set_defaults(run=features)
    part = parts.add_parser("numpy")
    part.add_argument("artifact")
    part.set_defaults(run=numpy)
    part = parts.add_parser("bpr")
    part.add_argument("dataset")
    part.set_defaults(run=bpr)
    part = parts.add_parser("fits")
    part.add_argument("--fits", type=int, default=1000)
    part.set_defaults(run=fits)
    arguments = parser.parse_args()
    arguments.run(arguments)


main()
