"""RFM fits in PyTorch, as a peer for the CUDA backend: our own program for the published algorithm.

Two forms of it: `torch, published` solves by LU and forms the gradients in batches of samples, as the published program does;
`torch, Cholesky` is the best effort: Cholesky in place, larger batches, fewer copies. Prints one JSON object per line.

Source of the algorithm: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), algorithm 1, Laplace kernel.
"""

import argparse
import json
import statistics
import time

import torch

BANDWIDTH = 10.0
RIDGE = 1e-3


def squared_distances(x, z, metric):
    """(x - z)' M (x - z) by expanded squares, [n, m], with rounding below zero removed."""
    xm = x @ metric
    p = (xm * x).sum(1, keepdim=True)
    q = p.T if z is x else ((z @ metric) * z).sum(1, keepdim=True).T
    return (p + q).addmm_(xm, z.T, alpha=-2).clamp_(min=0)


def laplace(x, z, metric):
    """The kernel matrix and the distances."""
    distances = squared_distances(x, z, metric).sqrt_()
    return torch.exp(-distances / BANDWIDTH), distances


def agop(x, alpha, metric, batch):
    """(1/n) sum of gradient outer products over the training points, gradients in batches of samples."""
    n, d = x.shape
    c = alpha.shape[1]
    xm = x @ metric
    scaled = (alpha[:, :, None] * xm[:, None, :]).reshape(n, c * d)
    total = torch.zeros(d, d, dtype=x.dtype, device=x.device)
    for begin in range(0, n, batch):
        kernel, distances = laplace(x[begin : begin + batch], x, metric)
        weights = torch.where(distances > 1e-10, kernel / distances, torch.zeros((), dtype=x.dtype, device=x.device))
        sums = (weights @ scaled).reshape(-1, c, d)
        own = (weights @ alpha)[:, :, None] * xm[begin : begin + batch, None, :]
        gradients = ((sums - own) / BANDWIDTH).reshape(-1, d)
        total.addmm_(gradients.T, gradients)
    return total / n


def solve_published(kernel, y):
    kernel.diagonal().add_(RIDGE)
    return torch.linalg.solve(kernel, y)


def solve_cholesky(kernel, y):
    kernel.diagonal().add_(RIDGE)
    factor = torch.linalg.cholesky(kernel, out=kernel)
    return torch.cholesky_solve(y, factor)


FORMS = {
    "torch, published": (solve_published, 1000),
    "torch, Cholesky": (solve_cholesky, 4000),
}


def fit(form, x, y, updates):
    """Fits with metric updates: M <- AGOP / largest entry."""
    solve, batch = FORMS[form]
    metric = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    for update in range(updates + 1):
        kernel, _ = laplace(x, x, metric)
        alpha = solve(kernel, y)
        del kernel
        if update < updates:
            metric = agop(x, alpha, metric, batch)
            metric = metric / (metric.max() + 1e-30)
    return alpha


def timed(work, device):
    """Milliseconds on the device, by its events."""
    if device == "cpu":
        start = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - start)
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    result = work()
    end.record()
    end.synchronize()
    del result
    return begin.elapsed_time(end)


def step_times(form, x, y, repeats):
    device = x.device.type
    solve, batch = FORMS[form]
    metric = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    times = {"kernel matrix": [], "solve": [], "AGOP": []}
    alpha = torch.zeros_like(y)
    for _ in range(repeats + 1):
        times["kernel matrix"].append(timed(lambda: laplace(x, x, metric), device))
        kernel, _ = laplace(x, x, metric)
        del _
        times["solve"].append(timed(lambda: solve(kernel, y), device))
        del kernel
        times["AGOP"].append(timed(lambda: agop(x, alpha, metric, batch), device))
    return {name: statistics.median(list[1:]) for name, list in times.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="4000,16000")
    parser.add_argument("--dtypes", default="float32,float64")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--features", type=int, default=100)
    parser.add_argument("--updates", type=int, default=3)
    parser.add_argument("--device", default="cuda")
    arguments = parser.parse_args()
    device = arguments.device
    # Float32 products in float32, as the other program has them.
    torch.backends.cuda.matmul.allow_tf32 = False
    for dtype in arguments.dtypes.split(","):
        for n in map(int, arguments.sizes.split(",")):
            generator = torch.Generator(device=device).manual_seed(1)
            x = torch.randn(
                n, arguments.features, dtype=getattr(torch, dtype), device=device, generator=generator
            )
            y = x[:, :1] * x[:, 1:2]
            for form in FORMS:
                try:
                    fit(form, x, y, arguments.updates)
                    fits = [
                        timed(lambda: fit(form, x, y, arguments.updates), device) for _ in range(arguments.repeats)
                    ]
                    steps = step_times(form, x, y, arguments.repeats)
                except torch.cuda.OutOfMemoryError:
                    torch.cuda.empty_cache()
                    continue
                row = {"program": form, "n": n, "dtype": dtype, "fit": statistics.median(fits), "steps": steps}
                print(json.dumps(row), flush=True)


main()
