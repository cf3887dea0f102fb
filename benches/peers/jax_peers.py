"""The same work in JAX and in contrastlab, pair by pair.

Each pair runs JAX first and `contrastlab bench` right after it, on the same cores, and prints the
ratio of their speeds; the last column is the median ratio. What is compared is described in
README.md next to this file.
"""

import math
import os
import sys

import side_by_side
from side_by_side import (
    HIDDEN,
    CHAINS,
    BUFFER,
    ULA_STEPS,
    ETA,
    RESTARTS,
    BATCH,
    RATIO,
    DEVIATION,
    POINTS,
    LANES,
    STEPS,
    PATH,
    WIDTH,
    LOSSES,
    PAIRS,
    VIEWS,
    SIZES,
    TEMPERATURE,
)


def workloads():
    """For each name a call and how many units it does, and the losses of first calls."""
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
    return calls, first_losses


NAMES = [
    "cd-step",
    "nce-step",
    "simclr-step",
    *LOSSES,
    "density",
    "metropolis-chain",
    "metropolis-lanes",
]

if __name__ == "__main__":
    os.environ["JAX_PLATFORMS"] = "cpu"
    if sys.argv[1:] == ["--serve"]:
        side_by_side.serve(*workloads())
    else:
        one = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        side_by_side.main("JAX", __file__, NAMES, {"XLA_FLAGS": one})
