"""A peer and contrastlab at the same work, pair by pair: what the scripts beside this file share.

A peer is a script that answers `--serve`: it reads the name of a workload, measures it once and
answers with a line of JSON.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

# What `contrastlab bench` calls it, and what the JAX side must have counted for a fair pair.
HIDDEN, CHAINS, BUFFER, ULA_STEPS, ETA, RESTARTS = 128, 512, 10_000, 20, 0.01, 0.05
BATCH, RATIO, DEVIATION = 512, 10, 2.0
POINTS, LANES, STEPS, PATH, WIDTH = 4_096, 1_024, 1_000, 100_000, 0.8
# How many pairs of rows a loss has, by the end of its name.
PAIRS = {"-256": 256, "": 1_024, "-4096": 4_096}
VIEWS, SIZES, TEMPERATURE = 512, (64, 128, 128, 64), 0.5
LOSSES = [f"{loss}{end}" for loss in ("clip-loss", "siglip-loss") for end in PAIRS]
SIGLIP = (10.0000983, 9.825596e-5)  # of random directions, a pair and a negative, by quadrature
ACCEPTANCE = 0.344547  # of U(-.8, .8) in 5 (x^2 - 1)^2, by quadrature
PEAK = 0.834059  # the integral of exp(-5 (x^2 - 1)^2)


def step_flop():
    """Operations of a step of W2, W4 and W5: what both sides are counted with."""
    layers = [n * m for n, m in zip(SIZES, SIZES[1:])]
    encoder = 2 * VIEWS * (3 * sum(layers) - layers[0])
    forward = 2 * (2 * HIDDEN + HIDDEN * HIDDEN + HIDDEN)
    slope = 2 * HIDDEN * HIDDEN + 2 * 2 * HIDDEN
    weights = forward + 2 * HIDDEN * HIDDEN
    return {
        "simclr-step": encoder + 2 * 2 * VIEWS * VIEWS * SIZES[-1],
        "cd-step": ULA_STEPS * CHAINS * (forward + slope) + 2 * CHAINS * (forward + weights),
        "nce-step": (1 + RATIO) * BATCH * (forward + weights),
    }


def rate(call, units, seconds=0.3):
    """Median over samples, as `contrastlab bench` takes it."""
    begin = time.perf_counter()
    first = call()
    calls = 0
    begin = time.perf_counter()
    while calls == 0 or time.perf_counter() - begin < seconds / 5:
        last = call()
        calls += 1
    repeats = max(1, int(seconds * 0.8 / 15 * calls / (time.perf_counter() - begin)))
    samples = []
    for _ in range(15):
        begin = time.perf_counter()
        for _ in range(repeats):
            last = call()
        samples.append((time.perf_counter() - begin) / repeats)
    return dict(per_second=units / statistics.median(samples), first=first, last=last)


def serve(calls, first_losses):
    """Measures what is asked for: `calls` gives for each name a call and its units."""
    for line in sys.stdin:
        name = line.strip()
        call, units = calls[name]
        answer = rate(call, units)
        for end in ("first", "last"):
            value = answer[end]
            answer[end] = float(value[POINTS // 4]) if getattr(value, "ndim", 0) else value
        if losses := first_losses.get(name):
            # That of CD falls at once and comes back as the chains catch up.
            answer["fell"] = statistics.mean(losses[5:]) < losses[0]
        print(json.dumps(answer), flush=True)


def pairs_of(name):
    return next(n for end, n in PAIRS.items() if name.endswith(f"-loss{end}"))


def check(name, peer, theirs, ours):
    """Whether both sides have done the work they are timed for; a sentence if not."""
    for side, answer in ((peer, theirs), ("contrastlab", ours)):
        first, last = answer["first"], answer["last"]
        if not (math.isfinite(first) and math.isfinite(last)):
            return f"{side}: {name} is not finite"
        if name.startswith("metropolis") and abs(last - ACCEPTANCE) > 0.02:
            return f"{side}: acceptance {last}, exact {ACCEPTANCE}"
        if name == "density" and abs(last * PEAK - 1.0) > 1e-4:
            return f"{side}: density {last}, exact {1 / PEAK}"
        # The mean of N terms that scatter by 1.25: four errors.
        if name.startswith("siglip-loss"):
            pairs = pairs_of(name)
            expected = SIGLIP[0] + (pairs - 1) * SIGLIP[1]
            if abs(last - expected) > 5 / math.sqrt(pairs):
                return f"{side}: loss {last}, expected {expected}"
    if name.startswith("clip-loss") and abs(theirs["last"] - ours["last"]) > 0.5:
        return f"losses of random directions: {theirs['last']} and {ours['last']}"
    if flop := step_flop().get(name):
        if abs(ours["work"]["flop"] / flop - 1) > 0.01:
            return f"operations: {ours['work']['flop']} here, {flop} in {peer}"
    if name in ("simclr-step", "cd-step", "nce-step") and not theirs["fell"]:
        return f"{peer}: the loss does not fall in the first ten steps"
    return None


def main(peer, script, names, on_one_core):
    """Pairs of the peer, which `script` serves, and contrastlab; `on_one_core` are variables."""
    parser = argparse.ArgumentParser(description=f"The same work in {peer} and in contrastlab.")
    parser.add_argument("--binary", default="target/release/contrastlab")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1, help="1: one core; N: so many cores")
    parser.add_argument("names", nargs="*", help="what to compare; all by default")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[: arguments.threads]
    if len(cores) < arguments.threads:
        sys.exit(f"{arguments.threads} threads on {len(cores)} cores: too few")
    # Both sides inherit it.
    os.sched_setaffinity(0, cores)
    environment = dict(os.environ, **(on_one_core if arguments.threads == 1 else {}))
    their_side = subprocess.Popen(
        [sys.executable, script, "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )

    def of_theirs(name):
        their_side.stdin.write(name + "\n")
        their_side.stdin.flush()
        line = their_side.stdout.readline()
        if not line:
            sys.exit(f"the side of {peer} has ended: see above")
        return json.loads(line)

    def of_ours(name):
        command = [arguments.binary, "bench", name, "--json", "--threads", str(arguments.threads)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            return None
        rows = json.loads(done.stdout)["benchmarks"]
        # The most threads it can use.
        return max(rows, key=lambda row: row["threads"])

    failed = False
    print(f"{arguments.threads} thread(s); ratio = contrastlab / {peer}\n")
    for name in arguments.names or names:
        if of_ours(name) is None:
            print(f"{name:18} not measured by {arguments.binary}\n")
            failed = True
            continue
        of_theirs(name)  # compiles
        ratios = []
        for pair in range(arguments.pairs):
            theirs, ours = of_theirs(name), of_ours(name)
            trouble = check(name, peer, theirs, ours)
            if trouble:
                print(f"{name:18} {trouble}")
                failed = True
            ratios.append(ours["per_second"] / theirs["per_second"])
            print(
                f"{name:18} {pair + 1}:  {peer} {theirs['per_second']:14,.1f}/s"
                f"   contrastlab {ours['per_second']:16,.1f}/s   ratio {ratios[-1]:6.2f}"
            )
        print(f"{name:18} median ratio {statistics.median(ratios):.2f}\n")
    their_side.stdin.close()
    their_side.wait()
    sys.exit(1 if failed else 0)
