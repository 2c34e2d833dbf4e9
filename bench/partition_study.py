#!/usr/bin/env python3
"""Which cut of users and items pays when several processes train MONET or LightGCN together.

    bench/partition_study.py DATA… [--processes 2,4,8,16,64] [--cuts "ranges;metis-volume;…"] [--limit 300]
    bench/partition_study.py --check

DATA is a directory in the 5-core or in MMRec's layout; its training interactions are the edges. A process owns users
and items, and holds its users' edges. A layer needs the rows of the items that its users touch and another process owns
(its halo): owners send them, and sums for the same items go back. So a layer sends 2 x sum over p of |halo_p| rows.
Process p sends |halo_p| rows of sums, and a row of an item of its for each halo that this is in; it receives as many.
Items apart are held by all; their sums are reduce-scattered and all-gathered, 2 x items x (P - 1) / P rows from each.

Cuts: `ranges` in the data's own order, `random` in a random one, `cuthill-mckee` in that order; METIS by edges cut or
by volume, `-2` with edges and rows balanced each; `+ranges`: ranges after sorting by METIS's parts; `+greedy`: users as
before, items placed anew.

Per cut:
  sent      rows that all processes send in a layer, in thousands, and their share of what it takes with all items apart
  most      rows that the process with the most sends, in thousands
  edges     of the process with the most, over the mean; rows: the same of its users and items
  s, MB     the partitioner's processor time, and memory beside the graph's edges
  four times of a layer in ms, not overlapped: 2 x edges x gather + most x row / bandwidth, of the slowest process

Needs NumPy, SciPy and METIS 5 (Debian: python3-numpy python3-scipy libmetis5).
"""
import argparse
import collections
import ctypes
import ctypes.util
import json
import os
import pathlib
import pickle
import random
import signal
import time

import numpy
import scipy.sparse
import scipy.sparse.csgraph

WIDTH = 128
GATHERS = (15, 100)  # ns a row
NETWORKS = (10, 100)  # Gbit/s
SLACK = 1.05  # weight of the heaviest process over the mean, where items are placed one by one
Graph = collections.namedtuple("Graph", "user item users items")
Cut = collections.namedtuple("Cut", "user item apart")  # owners, and which items all processes hold


def read(folder):
    """The training interactions, each pair once."""
    if (folder / "5-core").is_dir():
        splits = [json.loads((folder / "5-core" / f"{name}.json").read_text()) for name in ("train", "val", "test")]
        tables = [[(int(u), i) for u, items in split.items() for i in items] for split in splits]
        tables = [numpy.array(table, dtype=numpy.int64).reshape(-1, 2) for table in tables]
        train, everything = tables[0], numpy.concatenate(tables)
    else:
        path = next(iter(sorted(folder.glob("*.inter"))))
        with path.open() as file:
            names = file.readline().rstrip("\n").split("\t")
        columns = [names.index(name) for name in ("userID", "itemID", "x_label")]
        table = numpy.loadtxt(path, dtype=numpy.int64, delimiter="\t", skiprows=1, usecols=columns)
        train, everything = table[table[:, 2] == 0, :2], table[:, :2]
    users, items = (int(n) + 1 for n in everything.max(axis=0))
    for path in folder.glob("*_feat.npy"):
        items = max(items, numpy.load(path, mmap_mode="r").shape[0])
    user, item = numpy.divmod(numpy.unique(train[:, 0] * items + train[:, 1]), items)
    return Graph(user, item, users, items)


def degrees(g):
    return numpy.bincount(g.user, minlength=g.users), numpy.bincount(g.item, minlength=g.items)


def balanced(degree, processes, row=None):
    """Ranges::balanced of monet/sharded/partition.cpp: a row goes to the range that most of its weight is in.

    A row of n edges weighs `row` + n, where `row` is the mean of n.
    """
    own = degree + (max(degree.mean(), 1.0) if row is None else row)
    middle = numpy.cumsum(own) - own / 2
    return numpy.searchsorted(own.sum() * numpy.arange(1, processes) / processes, middle, side="left")


def ranges(g, processes, apart, user_order=None, item_order=None, row=None):
    """Consecutive ranges in the order given; items apart have no place in it."""
    user_degree, item_degree = degrees(g)
    user, item = numpy.empty(g.users, dtype=numpy.int64), numpy.zeros(g.items, dtype=numpy.int64)
    order = numpy.arange(g.users) if user_order is None else user_order
    user[order] = balanced(user_degree[order], processes, row)
    order = numpy.arange(g.items) if item_order is None else item_order
    order = order[~apart[order]]
    if len(order):
        item[order] = balanced(item_degree[order], processes)
    return Cut(user, item, apart)


def shuffled(g, processes, apart):
    draw = numpy.random.default_rng(1)
    return ranges(g, processes, apart, draw.permutation(g.users), draw.permutation(g.items))


def both_ways(g, apart=None):
    """The symmetric matrix of the bipartite graph: items follow the users. Items apart have no edges."""
    keep = slice(None) if apart is None else ~apart[g.item]
    user, item = g.user[keep], g.item[keep] + g.users
    n = g.users + g.items
    pairs = (numpy.concatenate([user, item]), numpy.concatenate([item, user]))
    return scipy.sparse.csr_matrix((numpy.ones(len(pairs[0]), dtype=numpy.int8), pairs), shape=(n, n))


def cuthill_mckee(g, processes, apart):
    """Ranges in the order of reverse Cuthill-McKee, which keeps neighbours near each other."""
    order = scipy.sparse.csgraph.reverse_cuthill_mckee(both_ways(g), symmetric_mode=True).astype(numpy.int64)
    return ranges(g, processes, apart, order[order < g.users], order[order >= g.users] - g.users)


METIS_OPTIONS, OBJECTIVE, SEED, NUMBERING = 40, 1, 8, 17  # metis.h: METIS_NOPTIONS and places among the options
CUT, VOLUME = 0, 1


def metis(g, processes, apart, objective=VOLUME, balances=1):
    """METIS k-way. By volume, only items have a size, so that it minimises what a layer sends, and we check that.

    One balance: a vertex weighs 1 + degree / mean of its side. Two: edges of the users, and rows.
    """
    library = ctypes.CDLL(ctypes.util.find_library("metis") or "libmetis.so.5")
    integers = lambda values: numpy.ascontiguousarray(values, dtype=numpy.int32)
    address = lambda values: values.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
    number = lambda value: ctypes.byref(ctypes.c_int32(value))
    graph = both_ways(g, apart)
    user_degree, item_degree = degrees(g)
    if balances == 1:
        weights = [1 + d / max(d.mean(), 1.0) for d in (user_degree, item_degree)]
        weights[1][apart] = 0
        weights = integers(numpy.rint(numpy.concatenate(weights) * 10))
    else:
        one = numpy.concatenate([user_degree, numpy.zeros(g.items)])
        two = numpy.concatenate([numpy.ones(g.users), ~apart])
        weights = integers(numpy.stack([one, two], axis=1).ravel())
    sizes = integers(numpy.concatenate([numpy.zeros(g.users), ~apart]))
    options, start, to = integers(numpy.zeros(METIS_OPTIONS)), integers(graph.indptr), integers(graph.indices)
    library.METIS_SetDefaultOptions(address(options))
    options[OBJECTIVE], options[SEED], options[NUMBERING] = objective, 1, 0
    slack = (ctypes.c_float * 2)(1.03, 1.03) if balances == 1 else (ctypes.c_float * 2)(1.05, 1.10)
    value, part = ctypes.c_int32(), integers(numpy.zeros(g.users + g.items))
    code = library.METIS_PartGraphKway(
        *(number(g.users + g.items), number(balances), address(start), address(to), address(weights)),
        *(address(sizes) if objective == VOLUME else None, None, number(processes), None, slack, address(options)),
        *(ctypes.byref(value), address(part)),
    )
    if code != 1:
        raise RuntimeError(f"METIS_PartGraphKway: {code}")
    part = part.astype(numpy.int64)
    cut = Cut(part[: g.users], part[g.users :], apart)
    touched = ~apart[g.item]
    away = cut.user[g.user] != cut.item[g.item]
    expected = halo(g, cut, processes).sum() if objective == VOLUME else numpy.count_nonzero(away & touched)
    if value.value != expected:
        raise RuntimeError(f"METIS says {value.value}, it is {expected}")
    return cut


def touches(g, cut, processes):
    """[items, P]: how many edges of an item each process holds."""
    counts = numpy.bincount(g.item * processes + cut.user[g.user], minlength=g.items * processes)
    return counts.reshape(g.items, processes)


def greedy(g, cut, processes):
    """Items, those with most interactions first, go to the process that touches them most and has room."""
    counts, (_, item_degree) = touches(g, cut, processes), degrees(g)
    weight = item_degree + max(item_degree.mean(), 1.0)
    room = numpy.full(processes, SLACK * weight[~cut.apart].sum() / processes)
    item = numpy.zeros(g.items, dtype=numpy.int64)
    for i in numpy.argsort(-item_degree, kind="stable"):
        if not cut.apart[i]:
            fits = room >= weight[i]
            item[i] = numpy.argmax(numpy.where(fits, counts[i], -1)) if fits.any() else numpy.argmax(room)
            room[item[i]] -= weight[i]
    return Cut(cut.user, item, cut.apart)


def placed(users):
    return lambda g, processes, apart: greedy(g, users(g, processes, apart), processes)


def renumbered(by):
    """Ranges over users and items sorted by the parts of another cut: what a renumbered dataset would have."""

    def cut(g, processes, apart):
        parts = by(g, processes, apart)
        order = (numpy.argsort(owners, kind="stable") for owners in (parts.user, parts.item))
        return ranges(g, processes, apart, *order)

    return cut


def metis_by(objective, balances=1):
    return lambda g, processes, apart: metis(g, processes, apart, objective, balances)


CUTS = {  # name: (cut, share of the items apart)
    "ranges": (ranges, 0),
    "ranges, a user 2 edges": (lambda *problem: ranges(*problem, row=2), 0),
    "random": (shuffled, 0),
    "cuthill-mckee": (cuthill_mckee, 0),
    "metis-cut": (metis_by(CUT), 0),
    "metis-volume": (metis_by(VOLUME), 0),
    "metis-cut-2": (metis_by(CUT, 2), 0),
    "metis-volume-2": (metis_by(VOLUME, 2), 0),
    "metis-volume-2+ranges": (renumbered(metis_by(VOLUME, 2)), 0),
    "ranges+greedy": (placed(ranges), 0),
    "random+greedy": (placed(shuffled), 0),
    "metis-volume-2+greedy": (placed(metis_by(VOLUME, 2)), 0),
    "ranges, 1 % apart": (ranges, 0.01),
    "ranges, 5 % apart": (ranges, 0.05),
    "metis-volume-2, 1 % apart": (metis_by(VOLUME, 2), 0.01),
    "metis-volume-2, 5 % apart": (metis_by(VOLUME, 2), 0.05),
    "all items apart": (ranges, 1),
}


def hubs(g, share):
    """Which items are held by all: the share of them with the most interactions."""
    apart = numpy.zeros(g.items, dtype=bool)
    apart[numpy.argsort(-degrees(g)[1], kind="stable")[: round(share * g.items)]] = True
    return apart


def halo(g, cut, processes):
    """[P, P]: rows of items of process q (column) that the users of p (row) need."""
    touched = touches(g, cut, processes) > 0
    touched[cut.apart] = False
    rows = numpy.zeros((processes, processes), dtype=numpy.int64)
    for q in range(processes):
        rows[:, q] = touched[cut.item == q].sum(axis=0)
    rows[numpy.diag_indices(processes)] = 0
    return rows


def sent(g, cut, processes):
    """[P]: rows that each process sends in a layer; it receives as many."""
    need = halo(g, cut, processes)
    return need.sum(axis=1) + need.sum(axis=0) + 2 * cut.apart.sum() * (processes - 1) / processes


def peak_kb():
    status = pathlib.Path("/proc/self/status").read_text()
    return {
        line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if line.startswith(("VmHWM", "VmRSS"))
    }


def measured(work, limit):
    """(result, seconds of the processor, MB at the peak) of `work` in a process of its own; None past the limit."""
    incoming, outgoing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(incoming)
            signal.alarm(limit)
            pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak begins again
            before, start = peak_kb()["VmRSS"], time.process_time()
            try:
                answer = (work(), time.process_time() - start, (peak_kb()["VmHWM"] - before) / 1024)
            except Exception as error:
                answer = error
            with os.fdopen(outgoing, "wb") as file:
                pickle.dump(answer, file)
        finally:
            os._exit(0)
    os.close(outgoing)
    with os.fdopen(incoming, "rb") as file:
        text = file.read()
    os.waitpid(child, 0)
    answer = pickle.loads(text) if text else None
    if isinstance(answer, Exception):
        raise answer
    return answer


def layer_ms(edges, rows, gather, network):
    """The slowest process's gathers of both directions, then what it sends. Rows of WIDTH floats."""
    return (2 * edges.max() * gather + rows.max() * 32 * WIDTH / network) * 1e-6


def study(folder, processes, names, limit):
    g = read(folder)
    user_degree, item_degree = degrees(g)
    edges = len(g.user)
    hub = [item_degree[hubs(g, share)].sum() / edges for share in (0.01, 0.05)]
    print(f"\n{folder.name}: {g.users:,} users, {g.items:,} items, {edges:,} edges; the user with the most has")
    print(
        f"{user_degree.max():,}, the item {item_degree.max():,}; 1 % of the items have {hub[0]:.0%} of them, ", end=""
    )
    print(f"5 % {hub[1]:.0%}. A layer of one process:")
    print(", ".join(f"{2 * edges * gather * 1e-6:,.3f} ms at {gather} ns" for gather in GATHERS))
    settings = [(network, gather) for network in NETWORKS for gather in GATHERS]
    for p in processes:
        print(f"\n{p:>2} processes{'':14}     sent  share      most  edges   rows       s      MB", end="")
        print("".join(f"{f'{network}G,{gather}ns':>11}" for network, gather in settings), flush=True)
        for name in names:
            make, share = CUTS[name]
            answer = measured(lambda: make(g, p, hubs(g, share)), limit)
            if answer is None:
                print(f"{name:26} not within {limit} s", flush=True)
                continue
            cut, seconds, megabytes = answer
            rows, own = sent(g, cut, p), numpy.bincount(cut.user[g.user], minlength=p)
            held = numpy.bincount(cut.user, minlength=p) + numpy.bincount(cut.item[~cut.apart], minlength=p)
            held += cut.apart.sum()
            share = rows.sum() / (2 * g.items * (p - 1))
            line = f"{name:26}{rows.sum() / 1000:9,.1f} {share:6.1%} {rows.max() / 1000:9,.2f}"
            line += f" {own.max() / own.mean():6.2f} {held.max() / held.mean():6.2f} {seconds:7.2f} {megabytes:7,.0f}"
            line += "".join(f"{layer_ms(own, rows, gather, network):11,.3f}" for network, gather in settings)
            print(line, flush=True)


def played(g, cut, processes, values):
    """A layer of both directions, processes played with plain loops: (users' sums, items' sums, rows sent by each)."""
    rows = [0] * processes
    apart = [i for i in range(g.items) if cut.apart[i]]
    edges = [[(u, i) for u, i in zip(g.user, g.item) if cut.user[u] == p] for p in range(processes)]
    item_values = [
        {i: values[g.users + i] for i in range(g.items) if cut.apart[i] or cut.item[i] == p} for p in range(processes)
    ]
    sums_users, sums_items = [0] * g.users, [0] * g.items
    for p in range(processes):
        missing = {i for _, i in edges[p]} - item_values[p].keys()
        partial = dict.fromkeys(missing | item_values[p].keys(), 0)
        for i in missing:  # the owner sends the row
            item_values[p][i] = item_values[cut.item[i]][i]
            rows[cut.item[i]] += 1
        for u, i in edges[p]:
            sums_users[u] += item_values[p][i]
            partial[i] += values[u]
        for i, value in partial.items():  # the sum goes back
            sums_items[i] += value
            rows[p] += i in missing
    for p in range(processes):  # parts of items apart go to whoever sums them up, and the sums from there to all
        for place, _ in enumerate(apart):
            rows[p] += place % processes != p
            rows[p] += processes - 1 if place % processes == p else 0
    return sums_users, sums_items, rows


def check():
    """The fast computation against plain loops, METIS's own answer against ours, and what must be noticed."""
    draw, cuts = random.Random(5), 0
    for processes in (2, 3, 5):
        pairs = sorted({(draw.randrange(40), min(draw.randrange(31), draw.randrange(31))) for _ in range(150)})
        user, item = numpy.array(pairs).T
        g = Graph(user, item, 41, 32)  # the last of each side have no edge
        values = [draw.randrange(1000) for _ in range(g.users + g.items)]
        matrix = numpy.zeros((g.users, g.items), dtype=numpy.int64)
        matrix[user, item] = 1
        truth = (list(matrix @ values[g.users :]), list(matrix.T @ values[: g.users]))
        for name, (make, _) in CUTS.items():
            for apart in (0, 2 * processes):  # a multiple, so that each process sums up as many
                cut = make(g, processes, hubs(g, apart / g.items))
                sums_users, sums_items, rows = played(g, cut, processes, values)
                assert (sums_users, sums_items) == truth, name
                assert rows == list(sent(g, cut, processes)), (name, rows, sent(g, cut, processes))
                assert 0 <= min(cut.user.min(), cut.item.min()) and max(cut.user.max(), cut.item.max()) < processes
                cuts += 1
        cut = ranges(g, processes, hubs(g, 0))
        rows = played(g, cut, processes, values)[2]
        most = int(numpy.argmax(matrix.sum(axis=1)))
        cut.user[most] = (cut.user[most] + 1) % processes
        assert rows != list(sent(g, cut, processes)), "a user moved, and nothing noticed it"
    # By hand: weights are 5, 5, 5, 17; of 32 the half is 16, and the last row's middle lies beyond it.
    assert list(balanced(numpy.array([1, 1, 1, 13]), 2)) == [0, 0, 0, 1]
    # Three users on three processes touch item 0: with one of them it costs 2 x 2 rows, apart as many.
    g = Graph(numpy.array([0, 1, 2]), numpy.array([0, 0, 0]), 3, 1)
    for apart in (False, True):
        assert sent(g, Cut(numpy.arange(3), numpy.array([0]), numpy.array([apart])), 3).sum() == 4
    print(f"{cuts} cuts send what was counted by loops, and METIS's volumes and cuts are ours")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", type=pathlib.Path)
    parser.add_argument("--processes", default="2,4,8,16,64", type=lambda text: [int(p) for p in text.split(",")])
    names = lambda text: [name.strip() for name in text.split(";")]
    parser.add_argument("--cuts", default=list(CUTS), type=names, help="names set apart by ;")
    parser.add_argument("--limit", default=300, type=int, help="seconds for a cut")
    parser.add_argument("--check", action="store_true")
    a = parser.parse_args()
    unknown = [name for name in a.cuts if name not in CUTS]
    if unknown or not (a.data or a.check):
        parser.error(
            f"no such cut: {unknown[0]}; there are: {'; '.join(CUTS)}" if unknown else "DATA or --check, please"
        )
    if a.check:
        check()
    for folder in a.data:
        study(folder, a.processes, a.cuts, a.limit)


if __name__ == "__main__":
    main()
