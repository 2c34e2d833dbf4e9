#!/usr/bin/env python3
"""What a training step over processes costs, and what it would on a cluster.

    bench/cluster_model.py measure --build build/release [--data DIR] [--threads N] [--processes 1,2]
    bench/cluster_model.py predict --rates FILE

`measure` runs cluster_bench in one process with and without layers, and under mpirun in several, takes apart where the
time of one goes, predicts from this, the partition, latency and bandwidth the time of several, and says how far it is
off; it fails where that is more than a quarter. `--json FILE` keeps the rates. `predict` takes them to sets of 10^8 and
10^9 interactions on 4 to 64 hosts with networks of 10 and 100 Gbit/s.

The model, for one step of process p (largest over processes):
    draw the batch                          the same in every process
  + features, loss and attention            its share of items and of users
  + sums over edges                         its share of edges
  + Adam                                    its share of rows
  + rounds of messages x latency + bytes it sends / bandwidth
Overlap of sending and summing is not counted, so it is an upper bound where the network is slow.
"""

import argparse
import json
import math
import os
import subprocess
import sys

DIM_BYTES = 4
ALLOWED = 0.25


def bench(build, processes, extra):
    program = "cluster_bench" if processes == 1 else "cluster_mpi_bench"
    command = [os.path.join(build, "bench", program)]
    if processes > 1:
        command = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(processes)] + command
        if os.geteuid() == 0:
            command.insert(1, "--allow-run-as-root")
    try:
        done = subprocess.run(command + extra, capture_output=True, text=True)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}; build it first (scripts/bench --short cluster), or give --build")
    if done.returncode != 0:
        sys.exit(f"{' '.join(command + extra)}: exit code {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def rates_of(whole, flat):
    """Milliseconds of the parts of one process's step: with layers, and without."""
    sums = max(whole["step_ms"] - flat["step_ms"], 0.0)
    rest = max(flat["step_ms"] - flat["sample_ms"] - flat["adam_ms"], 0.0)
    return {
        "sample_ms": whole["sample_ms"],
        "adam_ms": whole["adam_ms"],
        "sums_ms": sums,
        "rest_ms": rest,
        "width": whole["width"],
        "batch": whole["batch"],
        "users": whole["users"],
        "items": whole["items"],
        "interactions": whole["interactions"],
        "rows": whole["users"] + whole["items"],
    }


def predicted(rates, several):
    rows = (several["most_users"] + several["most_items"]) / rates["rows"]
    edges = several["most_edges"] / rates["interactions"]
    items = several["most_items"] / rates["items"]
    compute = rates["sample_ms"] + rates["adam_ms"] * rows + rates["sums_ms"] * edges + rates["rest_ms"] * items
    latency = several["rounds"] * several["latency_us"] * 1e-3
    sending = several["bytes"] / several["bytes_per_second"] * 1e3
    return compute, latency, sending


def measure(arguments):
    common = ["--threads", str(arguments.threads), "--steps", str(arguments.steps), "--model", arguments.model]
    common += ["--batch", str(arguments.batch)]
    if arguments.data:
        common += ["--data", arguments.data]
    else:
        common += ["--users", str(arguments.users), "--items", str(arguments.items)]
        common += ["--interactions", str(arguments.interactions)]
    whole = bench(arguments.build, 1, common)
    flat = bench(arguments.build, 1, common + ["--layers", "0"])
    rates = rates_of(whole, flat)
    print(
        f"one process: {whole['step_ms']:.2f} ms ({whole['fastest_ms']:.2f} to {whole['slowest_ms']:.2f}): "
        f"batch {rates['sample_ms']:.2f}, features and loss {rates['rest_ms']:.2f}, sums {rates['sums_ms']:.2f}, "
        f"Adam {rates['adam_ms']:.2f}; {whole['peak_mb']:.0f} MB"
    )
    worst = 0.0
    for processes in [int(p) for p in arguments.processes.split(",") if int(p) > 1]:
        several = bench(arguments.build, processes, common)
        compute, latency, sending = predicted(rates, several)
        total = compute + latency + sending
        off = total / several["step_ms"] - 1.0
        worst = max(worst, abs(off))
        beside = several["bytes"] / several["bytes_by_rows"] - 1.0 if several["bytes_by_rows"] > 0 else 0.0
        print(
            f"{processes} processes: {several['step_ms']:.2f} ms ({several['fastest_ms']:.2f} to "
            f"{several['slowest_ms']:.2f}), {whole['step_ms'] / several['step_ms']:.2f} times as fast; predicted "
            f"{total:.2f} ({compute:.2f} computing, {latency:.2f} latency of {several['rounds']:.0f} rounds of "
            f"{several['latency_us']:.0f} us, {sending:.2f} sending {several['bytes'] / 1e6:.2f} MB at "
            f"{several['bytes_per_second'] / 1e9:.2f} GB/s), {off:+.0%}; bytes are {beside:+.1%} of what the rows "
            f"come to; {several['peak_mb']:.0f} MB"
        )
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rates, file, indent=1)
    if worst > ALLOWED:
        sys.exit(f"wrong: a prediction is {worst:.0%} off, {ALLOWED:.0%} are allowed")


def ghosts_of(interactions, items, processes):
    """Items that a process's users touch and others own, if items were touched alike: popular ones are shared by more
    processes, so real data has fewer."""
    touched = items * (1.0 - math.exp(-interactions / processes / items))
    return touched * (processes - 1) / processes


def predict(arguments):
    try:
        with open(arguments.rates, encoding="utf-8") as file:
            rates = json.load(file)
    except (OSError, ValueError) as error:
        sys.exit(f"{arguments.rates}: {error}; `measure --json FILE` writes one")
    width = rates["width"]
    layers = 2
    print(
        f"rates of one core and one thread, width {width}; {arguments.cores} cores a host are {arguments.cores} times "
        f"as fast ({arguments.efficiency:.0%} of that)"
    )
    print(
        "| interactions | users, items | hosts | network | computing | network's part | step | epoch | memory a host |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for interactions, users, items in ((1e8, 1e7, 1e6), (1e9, 5e7, 5e6)):
        for hosts in (4, 16, 64):
            speed = arguments.cores * arguments.efficiency * hosts
            compute = rates["adam_ms"] * (users + items) / rates["rows"] / speed
            compute += rates["sums_ms"] * interactions / rates["interactions"] / speed
            compute += rates["rest_ms"] * items / rates["items"] / speed
            compute += rates["sample_ms"]  # the same batch in every process
            ghosts = ghosts_of(interactions, items, hosts)
            sent = 2 * 2 * layers * ghosts * width * DIM_BYTES  # both directions, forward and back
            for gbit in (10, 100):
                bandwidth = gbit / 8 * 1e9
                network = sent / bandwidth * 1e3 + arguments.rounds * arguments.latency_us * 1e-3
                step = compute + network
                batch = rates["batch"]
                epoch = interactions / batch * step / 3.6e6
                tables = 8 * (users + items) / hosts * width * DIM_BYTES + 4 * ghosts * width * DIM_BYTES
                memory = tables + items * width * DIM_BYTES + 24 * interactions / hosts + 4 * (users + items)
                print(
                    f"| {interactions:.0e} | {users:.0e}, {items:.0e} | {hosts} | {gbit} Gbit/s | {compute:,.0f} ms | "
                    f"{network:,.0f} ms | {step:,.0f} ms | {epoch:,.1f} h | {memory / 1e9:,.0f} GB |"
                )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("measure")
    one.add_argument("--build", default="build/release")
    one.add_argument("--data", default="")
    one.add_argument("--model", default="monet")
    one.add_argument("--users", type=int, default=60000)
    one.add_argument("--items", type=int, default=40000)
    one.add_argument("--interactions", type=int, default=600000)
    one.add_argument("--batch", type=int, default=1024)
    one.add_argument("--threads", type=int, default=1)
    one.add_argument("--steps", type=int, default=30)
    one.add_argument("--processes", default="1,2")
    one.add_argument("--json", default="")
    one.set_defaults(run=measure)
    two = commands.add_parser("predict")
    two.add_argument("--rates", required=True)
    two.add_argument("--cores", type=int, default=16)
    two.add_argument("--efficiency", type=float, default=0.7)
    two.add_argument("--latency-us", type=float, default=30.0)
    two.add_argument("--rounds", type=int, default=23)
    two.set_defaults(run=predict)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
