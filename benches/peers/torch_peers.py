"""The same work in PyTorch and in contrastlab, pair by pair: eager or compiled, whichever is faster.

Each pair runs PyTorch first and `contrastlab bench` right after it, on the same cores, and prints the
ratio of their speeds; the last column is the median ratio. What is compared is described in
README.md next to this file. Compiling wants a C++ compiler; without one, eager mode is measured.
"""

import math
import os
import statistics
import sys
import time

import side_by_side
from side_by_side import (
    BATCH,
    BUFFER,
    CHAINS,
    DEVIATION,
    ETA,
    HIDDEN,
    LOSSES,
    PAIRS,
    RATIO,
    RESTARTS,
    SIZES,
    TEMPERATURE,
    ULA_STEPS,
    VIEWS,
)


def workloads():
    """For each name a call and how many units it does, and the losses of first calls."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(0)

    def perceptron():
        """The weights, and draws of the eight Gaussians that it learns."""
        net = nn.Sequential(
            nn.Linear(2, HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, 1, bias=False),
        )
        turn = 2 * math.pi * torch.randint(0, 8, (BUFFER,)) / 8
        data = math.sqrt(2) * torch.stack([turn.cos(), turn.sin()], 1)
        return net, data + 0.1 * torch.randn(BUFFER, 2)

    def descend(optimiser, loss):
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss

    def cd_step():
        net, data = perceptron()
        buffer = 6 * torch.rand(BUFFER, 2) - 3
        optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
        weights = list(net.parameters())

        def step():
            real = data[torch.randint(0, BUFFER, (CHAINS,))]
            pick = torch.randint(0, BUFFER, (CHAINS,))
            restart = torch.rand(CHAINS, 1) < RESTARTS
            x = torch.where(restart, 6 * torch.rand(CHAINS, 2) - 3, buffer[pick])
            for weight in weights:
                weight.requires_grad_(False)
            for _ in range(ULA_STEPS):
                x.requires_grad_(True)
                (slope,) = torch.autograd.grad(net(x).sum(), x)
                x = (x - ETA * slope + math.sqrt(2 * ETA) * torch.randn(CHAINS, 2)).detach()
            for weight in weights:
                weight.requires_grad_(True)
            buffer[pick] = x
            loss = net(real).mean() - net(x).mean()
            return descend(optimiser, loss)

        return step

    def nce_step():
        net, data = perceptron()
        c = nn.Parameter(torch.zeros(()))
        optimiser = torch.optim.Adam([*net.parameters(), c], lr=1e-3)
        sign = torch.cat([torch.ones(BATCH), -torch.ones(RATIO * BATCH)])

        def step():
            real = data[torch.randint(0, BUFFER, (BATCH,))]
            x = torch.cat([real, DEVIATION * torch.randn(RATIO * BATCH, 2)])
            square = (x * x).sum(1)
            log_noise = -square / (2 * DEVIATION**2) - math.log(2 * math.pi * DEVIATION**2)
            logit = c - net(x)[:, 0] - 0.05 * square - math.log(RATIO) - log_noise
            loss = functional.softplus(-sign * logit).sum() / BATCH
            return descend(optimiser, loss)

        return step

    def simclr_step():
        layers = [nn.Linear(n, m) for n, m in zip(SIZES, SIZES[1:])]
        net = nn.Sequential(*[part for layer in layers for part in (layer, nn.ReLU())][:-1])
        optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
        views = torch.randn(VIEWS, SIZES[0])
        own = torch.arange(VIEWS).roll(VIEWS // 2)

        def step():
            z = functional.normalize(net(views))
            scores = (z @ z.T / TEMPERATURE).fill_diagonal_(-math.inf)
            loss = functional.cross_entropy(scores, own)
            return descend(optimiser, loss)

        return step

    def clip(a, b, scale):
        logits, own = scale * a @ b.T, torch.arange(len(a))
        both = functional.cross_entropy(logits, own) + functional.cross_entropy(logits.T, own)
        return 0.5 * both

    def siglip(a, b, scale, bias):
        z = 2 * torch.eye(len(a)) - 1
        return -functional.logsigmoid(z * (scale * a @ b.T + bias)).sum() / len(a)

    def with_gradients(loss, pairs, *numbers):
        """A call that makes the loss and its gradients."""
        rows = [functional.normalize(torch.randn(pairs, 64)) for _ in range(2)]
        inputs = [x.requires_grad_() for x in [*rows, *map(torch.tensor, numbers)]]

        def call():
            value = loss(*inputs)
            torch.autograd.grad(value, inputs)
            return value

        return call

    first_losses = {}

    def faster(name, build, training=False):
        """Eager or compiled, whichever is faster on this machine."""

        def ways():
            yield build(lambda f: f)
            yield build(torch.compile)

        def time_of(call):
            losses = [float(call().detach()) for _ in range(10)]
            if training:
                first_losses.setdefault(name, losses)
            laps = []
            for _ in range(5):
                begin = time.perf_counter()
                for _ in range(5):
                    call()
                laps.append(time.perf_counter() - begin)
            return statistics.median(laps)

        chosen = []

        def call():
            if not chosen:
                timed = []
                for way in ways():
                    try:
                        timed.append((time_of(way), len(timed), way))
                    except Exception as error:  # no compiler, for one
                        print(f"{name}: {type(error).__name__}: not compiled", file=sys.stderr)
                chosen.append(min(timed)[2])
            return float(chosen[0]().detach())

        return call, 1

    calls = {
        "cd-step": faster("cd-step", lambda way: way(cd_step()), True),
        "nce-step": faster("nce-step", lambda way: way(nce_step()), True),
        "simclr-step": faster("simclr-step", lambda way: way(simclr_step()), True),
    }
    for end, n in PAIRS.items():
        of_clip = lambda way, n=n: with_gradients(way(clip), n, 1 / 0.07)
        of_siglip = lambda way, n=n: with_gradients(way(siglip), n, 10.0, -10.0)
        calls[f"clip-loss{end}"] = faster(f"clip-loss{end}", of_clip)
        calls[f"siglip-loss{end}"] = faster(f"siglip-loss{end}", of_siglip)
    return calls, first_losses


NAMES = [
    "cd-step",
    "nce-step",
    "simclr-step",
    *LOSSES,
]

if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        side_by_side.serve(*workloads())
    else:
        side_by_side.main("PyTorch", __file__, NAMES, {"OMP_NUM_THREADS": "1"})
