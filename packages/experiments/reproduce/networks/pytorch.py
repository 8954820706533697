"""Trains the networks of papers/phenomena.md and papers/network-collapse.md in PyTorch, whose weights and order
of batches are other draws.

    python3 pytorch.py spurious DATA [SEEDS]
    python3 pytorch.py collapse [SEEDS]

DATA is the folder that holds images/cifar10. `spurious` prints, for two outputs and for ten, the shares of
diagonals on the marker and the Pearson correlations with M of the RFM, of DᵀD, WᵀW, the AGOP, and the AGOP of the
sum of the outputs. `collapse` prints NC1 after each layer and the share of S Vᵀ. A line for each seed, then the
means and the deviations.
"""

import gzip
import os
import sys

import numpy as np
import torch

torch.set_num_threads(1)


def trained(sizes, x, y, *, rate, epochs, seed, batch=128, momentum=0.0, start=lambda w: None, scale=1.0):
    """A ReLU network without biases by gradient descent on `scale` times the mean squared error.

    Returns its weights after training, and those of the first layer before.
    """
    torch.manual_seed(seed)
    layers = [torch.nn.Linear(a, b, bias=False) for a, b in zip(sizes, sizes[1:])]
    for layer in layers:
        start(layer.weight)
    weights = [layer.weight for layer in layers]
    initial = weights[0].detach().clone()
    optimizer = torch.optim.SGD(weights, lr=rate, momentum=momentum)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for begin in range(0, len(x), batch):
            rows = order[begin : begin + batch]
            h = x[rows]
            for w in weights[:-1]:
                h = torch.relu(h @ w.T)
            loss = scale * ((h @ weights[-1].T - y[rows]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return [w.detach() for w in weights], initial


def summary(rows):
    rows = np.array(rows)
    print("mean     ", " ".join(f"{v:.3f}" for v in rows.mean(0)))
    print("deviation", " ".join(f"{v:.3f}" for v in rows.std(0, ddof=min(1, len(rows) - 1))))


def photographs(path):
    """Planes and trucks of the first training images, 16 x 16, with their marker: rows of 768, and labels."""
    content = np.frombuffer(gzip.open(path).read(), np.uint8).reshape(-1, 3073)
    labels = content[:, 0].astype(int)
    images = content[:, 1:].reshape(-1, 3, 16, 2, 16, 2).astype(np.float32).mean((3, 5)) / 255
    images = images.transpose(0, 2, 3, 1)
    chosen = np.concatenate([np.flatnonzero(labels == label)[:300] for label in (0, 9)])
    images, labels = images[chosen].copy(), labels[chosen]
    images[:, 1:4, 3:6] = (labels == 0)[:, None, None, None]
    return images.reshape(len(images), -1), labels


def first_metric(x, y):
    """The AGOP of the first fit: Laplace kernel of bandwidth 10, ridge 0.001."""
    x = x.astype(np.float64)
    squares = (x**2).sum(1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * x @ x.T, 0))
    np.fill_diagonal(distances, 0)
    kernel = np.exp(-distances / 10)
    coefficients = np.linalg.solve(kernel + 1e-3 * np.eye(len(x)), y)
    slopes = np.divide(-kernel, 10 * distances, out=np.zeros_like(kernel), where=distances > 1e-9)
    metric = np.zeros((x.shape[1],) * 2)
    for output in range(y.shape[1]):
        weights = slopes * coefficients[:, output]
        gradients = weights.sum(1)[:, None] * x - weights @ x
        metric += gradients.T @ gradients / len(x)
    return metric


def input_gradients(weights, x):
    """Gradients of all outputs, [rows, outputs, inputs]."""
    h, slopes = x, []
    for w in weights[:-1]:
        z = h @ w.T
        slopes.append((z > 0).float())
        h = torch.relu(z)
    g = weights[-1].expand(len(x), -1, -1)
    for w, slope in zip(weights[-2::-1], slopes[::-1]):
        g = (g * slope[:, None]) @ w
    return g


def spurious(data, seeds):
    images, labels = photographs(os.path.join(data, "images/cifar10/train_rows_0-2999.bin.gz"))
    marker = np.zeros((16, 16, 3), bool)
    marker[1:4, 3:6] = True
    marker = marker.reshape(-1)
    two = np.eye(2)[(labels == 9).astype(int)]
    metric = first_metric(images, two)

    def measures(matrix):
        diagonal = np.diag(matrix)
        return diagonal[marker].sum() / diagonal.sum(), np.corrcoef(matrix.ravel(), metric.ravel())[0, 1]

    print(f"M: share {measures(metric)[0]:.3f}")
    x = torch.tensor(images)
    # Half the sum of squares is the mean of two, and five times the mean of ten.
    for outputs, targets, scale in [(2, two, 1.0), (10, np.eye(10)[labels], 1.0), (10, np.eye(10)[labels], 5.0)]:
        print(f"{outputs} outputs, {scale:g} times the mean: share and correlation of DᵀD, WᵀW, AGOP, AGOP of the sum")
        rows = []
        y = torch.tensor(targets, dtype=torch.float32)
        for seed in range(seeds):
            sizes = [768, 256, 256, outputs]
            weights, initial = trained(sizes, x, y, rate=0.1, epochs=200, seed=seed, scale=scale)
            change = (weights[0] - initial).numpy()
            w = weights[0].numpy()
            g = input_gradients(weights, x)
            by_output = g.reshape(-1, 768).numpy()
            of_sum = g.sum(1).numpy()
            matrices = [change.T @ change, w.T @ w, by_output.T @ by_output, of_sum.T @ of_sum]
            rows.append([value for matrix in matrices for value in measures(matrix)])
            print(seed, " ".join(f"{value:.3f}" for value in rows[-1]), flush=True)
        summary(rows)


def nc1(rows, labels):
    rows = rows.numpy().astype(np.float64)
    means = np.stack([rows[labels == label].mean(0) for label in range(10)])
    within = ((rows - means[labels]) ** 2).sum() / len(rows)
    return within / (((means - means.mean(0)) ** 2).sum() / 10)


def collapse(seeds):
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../..")
    with gzip.open(os.path.join(root, "examples/data/digits.csv.gz"), "rt") as file:
        table = np.array([line.split(",") for line in file.read().split("\n")[1:] if line], dtype=float)
    labels = table[:, -1].astype(int)
    pixels = table[:, :-1]
    deviations = pixels.std(0)
    # Three pixels are the same in all images: they stay, as 0.
    x = torch.tensor((pixels - pixels.mean(0)) / np.where(deviations > 0, deviations, 1), dtype=torch.float32)
    y = torch.tensor(2 * np.eye(10)[labels] - 1, dtype=torch.float32)
    for gain in (1.0, 0.3):

        def start(weight):
            torch.nn.init.xavier_uniform_(weight)
            weight.data *= gain

        print(f"gain {gain:g}: NC1 after layers 1 to 5, shares")
        rows = []
        for seed in range(seeds):
            sizes = [x.shape[1], *[128] * 5, 10]
            weights, _ = trained(sizes, x, y, rate=0.05, momentum=0.9, epochs=200, seed=seed, start=start)
            h, after, shares = x, [], []
            for w in weights[:-1]:
                z = h @ w.T
                none, right, left = (np.log(nc1(one, labels)) for one in (h, z, torch.relu(z)))
                after.append(np.exp(left))
                shares.append((none - right) / (none - left))
                h = torch.relu(z)
            rows.append([*after, *shares])
            print(seed, " ".join(f"{value:.3f}" for value in rows[-1]), flush=True)
        summary(rows)


task, *rest = sys.argv[1:]
if task == "spurious":
    spurious(rest[0], int(rest[1]) if len(rest) > 1 else 10)
else:
    collapse(int(rest[0]) if rest else 10)
