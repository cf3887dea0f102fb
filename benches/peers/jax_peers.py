"""The same work in JAX and in contrastlab, pair by pair.

Each pair runs JAX first and `contrastlab bench` right after it, on the same cores, and prints the
ratio of their speeds; the last column is the median ratio. What is compared is described in
README.md next to this file.
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


def serve():
    """The JAX side: reads a name, measures once, answers with one line of JSON."""
    import jax
    import jax.numpy as jnp
    from jax import lax

    def energy(p, x):
        h = jax.nn.silu(x @ p["w1"] + p["b1"])
        h = jax.nn.silu(h @ p["w2"] + p["b2"])
        return (h @ p["w3"])[:, 0]

    slope = jax.grad(lambda x, p: energy(p, x).sum())

    def perceptron(key):
        """The weights, and draws of the eight Gaussians that it learns."""
        k = jax.random.split(key, 5)
        normal = jax.random.normal
        p = dict(
            w1=normal(k[0], (2, HIDDEN)),
            b1=jnp.zeros(HIDDEN),
            w2=normal(k[1], (HIDDEN, HIDDEN)) * math.sqrt(2 / HIDDEN),
            b2=jnp.zeros(HIDDEN),
            w3=normal(k[2], (HIDDEN, 1)) * 0.1 * math.sqrt(2 / HIDDEN),
        )
        # Eight Gaussians round a circle.
        turn = 2 * math.pi * jax.random.randint(k[3], (BUFFER,), 0, 8) / 8
        data = math.sqrt(2) * jnp.stack([jnp.cos(turn), jnp.sin(turn)], 1)
        data = data + 0.1 * normal(k[4], (BUFFER, 2))
        return p, data

    def adam(p, m, v, t, g):
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        a, b = 1 - 0.9 ** t.astype(jnp.float32), 1 - 0.999 ** t.astype(jnp.float32)
        update = lambda p, m, v: p - 1e-3 * (m / a) / (jnp.sqrt(v / b) + 1e-8)
        return jax.tree.map(update, p, m, v), m, v, t

    def begun(p):
        zeros = lambda: jax.tree.map(jnp.zeros_like, p)
        return p, zeros(), zeros(), jnp.zeros((), jnp.int32)

    def cd_init(key):
        p, data = perceptron(key)
        buffer = jax.random.uniform(jax.random.key(9), (BUFFER, 2), minval=-3.0, maxval=3.0)
        return (*begun(p), buffer, key), data

    def nce_init(key):
        p, data = perceptron(key)
        return (*begun(dict(p, c=jnp.zeros(()))), key), data

    def nce_step(state, data):
        p, m, v, t, key = state
        key, k_data, k_noise = jax.random.split(key, 3)
        real = data[jax.random.randint(k_data, (BATCH,), 0, BUFFER)]
        noise = DEVIATION * jax.random.normal(k_noise, (RATIO * BATCH, 2))
        x = jnp.concatenate([real, noise])
        log_noise = -(x * x).sum(1) / (2 * DEVIATION**2) - math.log(2 * math.pi * DEVIATION**2)
        # +1 for a datum, -1 for a noise point: the loss is softplus(-sign logit).
        sign = jnp.concatenate([jnp.ones(BATCH), -jnp.ones(RATIO * BATCH)])

        def loss(p):
            logit = p["c"] - energy(p, x) - 0.05 * (x * x).sum(1) - math.log(RATIO) - log_noise
            return jax.nn.softplus(-sign * logit).sum() / BATCH

        value, g = jax.value_and_grad(loss)(p)
        return (*adam(p, m, v, t, g), key), value

    def cd_step(state, data):
        p, m, v, t, buffer, key = state
        key, k_data, k_pick, k_restart, k_new, k_noise = jax.random.split(key, 6)
        real = data[jax.random.randint(k_data, (CHAINS,), 0, BUFFER)]
        pick = jax.random.randint(k_pick, (CHAINS,), 0, BUFFER)
        fresh = jax.random.uniform(k_new, (CHAINS, 2), minval=-3.0, maxval=3.0)
        restart = jax.random.uniform(k_restart, (CHAINS, 1)) < RESTARTS
        x = jnp.where(restart, fresh, buffer[pick])
        noise = math.sqrt(2 * ETA) * jax.random.normal(k_noise, (ULA_STEPS, CHAINS, 2))
        x = lax.fori_loop(0, ULA_STEPS, lambda i, x: x - ETA * slope(x, p) + noise[i], x)
        buffer = buffer.at[pick].set(x)
        loss, g = jax.value_and_grad(lambda p: energy(p, real).mean() - energy(p, x).mean())(p)
        return (*adam(p, m, v, t, g), buffer, key), loss

    def simclr_init(key):
        keys = jax.random.split(key, len(SIZES))
        p = [
            (jax.random.normal(k, (n, m)) * math.sqrt(2 / n), jnp.zeros(m))
            for k, n, m in zip(keys, SIZES, SIZES[1:])
        ]
        return begun(p), jax.random.normal(keys[-1], (VIEWS, SIZES[0]))

    def nt_xent(p, h):
        for i, (w, b) in enumerate(p):
            h = h @ w + b
            h = jax.nn.relu(h) if i + 1 < len(p) else h
        u = h / jnp.maximum(jnp.linalg.norm(h, axis=1, keepdims=True), 1e-12)
        logits = jnp.where(jnp.eye(VIEWS, dtype=bool), -jnp.inf, u @ u.T / TEMPERATURE)
        pairs = (u * jnp.roll(u, VIEWS // 2, axis=0)).sum(1) / TEMPERATURE
        return (jax.nn.logsumexp(logits, 1) - pairs).mean()

    def simclr_step(state, views):
        p, m, v, t = state
        value, g = jax.value_and_grad(nt_xent)(p, views)
        return adam(p, m, v, t, g), value

    def well(x):
        return 5.0 * (x * x - 1.0) ** 2

    def metropolis(key, x, steps):
        def step(carry, xs):
            x, e, accepted = carry
            move, log_u = xs
            y = x + move
            there = well(y)
            yes = log_u < e - there
            x, e = jnp.where(yes, y, x), jnp.where(yes, there, e)
            return (x, e, accepted + yes), x if x.ndim == 0 else None

        k_move, k_u = jax.random.split(key)
        shape = (steps, *x.shape)
        moves = jax.random.uniform(k_move, shape, minval=-WIDTH, maxval=WIDTH)
        log_u = jnp.log(jax.random.uniform(k_u, shape, minval=1e-12))
        start = (x, well(x), jnp.zeros(x.shape, jnp.int32))
        (x, _, accepted), path = lax.scan(step, start, (moves, log_u))
        return x, accepted.mean() / steps, path

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

    def with_key(function):
        """A call with a fresh key each time; the last array it returns is waited for."""
        keys = iter(range(1, 1 << 30))
        return lambda: float(function(jax.random.key(next(keys))))

    lanes = jax.jit(lambda k: metropolis(k, jnp.full((LANES,), -1.0), STEPS)[1])
    chain = jax.jit(lambda k: metropolis(k, jnp.float32(-1.0), PATH)[1:])
    grid = jnp.linspace(-2.0, 2.0, POINTS)

    @jax.jit
    def density(x):
        p = jnp.exp(-well(x))
        return p / (p.sum() * (4.0 / (POINTS - 1)))

    def unit_rows(seed, pairs):
        rows = jax.random.normal(jax.random.key(seed), (pairs, 64))
        return rows / jnp.linalg.norm(rows, axis=1, keepdims=True)

    def clip_loss(a, b, scale):
        logits = scale * a @ b.T
        own = jnp.diagonal(logits)
        sums = jax.nn.logsumexp(logits, 0) + jax.nn.logsumexp(logits, 1)
        return 0.5 * (sums - 2 * own).mean()

    def siglip_loss(a, b, scale, bias):
        logits = scale * a @ b.T + bias
        z = 2 * jnp.eye(len(a)) - 1
        return -jax.nn.log_sigmoid(z * logits).sum() / len(a)

    clip = jax.jit(jax.value_and_grad(clip_loss, (0, 1, 2)))
    siglip = jax.jit(jax.value_and_grad(siglip_loss, (0, 1, 2, 3)))

    def loss_of(function, pairs, *numbers):
        """A call that waits for the loss and for its gradients."""
        rows = unit_rows(1, pairs), unit_rows(2, pairs)
        numbers = [jnp.float32(n) for n in numbers]
        return lambda: float(jax.block_until_ready(function(*rows, *numbers))[0])

    first_losses = {}

    def training(name, step, state, data):
        """Ten steps a call; the losses of the first call are kept."""
        steps = jax.jit(
            lambda state, data: lax.scan(lambda s, _: step(s, data), state, None, length=10)
        )
        now = [state]

        def call():
            now[0], losses = steps(now[0], data)
            if name not in first_losses:
                first_losses[name] = [float(loss) for loss in losses]
            return float(losses.mean())

        return call, 10

    calls = {
        "cd-step": training("cd-step", cd_step, *cd_init(jax.random.key(0))),
        "nce-step": training("nce-step", nce_step, *nce_init(jax.random.key(0))),
        "simclr-step": training("simclr-step", simclr_step, *simclr_init(jax.random.key(0))),
        **{f"clip-loss{end}": (loss_of(clip, n, 1 / 0.07), 1) for end, n in PAIRS.items()},
        **{f"siglip-loss{end}": (loss_of(siglip, n, 10.0, -10.0), 1) for end, n in PAIRS.items()},
        "metropolis-lanes": (with_key(lanes), LANES * STEPS),
        "metropolis-chain": (with_key(lambda k: chain(k)[0]), PATH),
        "density": (lambda: density(grid).block_until_ready(), 1),
    }
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


def check(name, jax_answer, ours):
    """Whether both sides have done the work they are timed for; a sentence if not."""
    for side, answer in (("JAX", jax_answer), ("contrastlab", ours)):
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
    if name.startswith("clip-loss") and abs(jax_answer["last"] - ours["last"]) > 0.5:
        return f"losses of random directions: {jax_answer['last']} and {ours['last']}"
    if flop := step_flop().get(name):
        if abs(ours["work"]["flop"] / flop - 1) > 0.01:
            return f"operations: {ours['work']['flop']} here, {flop} in JAX"
    if name in ("simclr-step", "cd-step", "nce-step") and not jax_answer["fell"]:
        return "JAX: the loss does not fall in the first ten steps"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
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
    environment = dict(os.environ, JAX_PLATFORMS="cpu")
    if arguments.threads == 1:
        environment["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )
    names = arguments.names or [
        "cd-step",
        "nce-step",
        "simclr-step",
        *(f"{loss}{end}" for loss in ("clip-loss", "siglip-loss") for end in PAIRS),
        "density",
        "metropolis-chain",
        "metropolis-lanes",
    ]
    jax_side = subprocess.Popen(
        [sys.executable, __file__, "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )

    def of_jax(name):
        jax_side.stdin.write(name + "\n")
        jax_side.stdin.flush()
        line = jax_side.stdout.readline()
        if not line:
            sys.exit("the JAX side has ended: see above")
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
    print(f"{arguments.threads} thread(s); ratio = contrastlab / JAX\n")
    for name in names:
        if of_ours(name) is None:
            print(f"{name:18} not measured by {arguments.binary}\n")
            failed = True
            continue
        of_jax(name)  # compiles
        ratios = []
        for pair in range(arguments.pairs):
            jax_answer, ours = of_jax(name), of_ours(name)
            trouble = check(name, jax_answer, ours)
            if trouble:
                print(f"{name:18} {trouble}")
                failed = True
            ratios.append(ours["per_second"] / jax_answer["per_second"])
            print(
                f"{name:18} {pair + 1}:  JAX {jax_answer['per_second']:14,.1f}/s"
                f"   contrastlab {ours['per_second']:16,.1f}/s   ratio {ratios[-1]:6.2f}"
            )
        print(f"{name:18} median ratio {statistics.median(ratios):.2f}\n")
    jax_side.stdin.close()
    jax_side.wait()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else main()
