"""A contender that does the work of the benchmark in Python: NumPy, PyTorch, and the published programs where their folders are named.

  AGOP_PEER_RFM       folder of aradha/recursive_feature_machines
  AGOP_PEER_XRFM      folder of dmbeaglehole/xRFM
  AGOP_PEER_GROKKING  folder of nmallinar/rfm-grokking

One JSON object per line each way, as bench/src/contenders/protocol.ts says. The published programs are run as they are; what they import without using it here is replaced by
empty modules, so that it need not be installed.
"""

import contextlib
import io
import json
import os
import resource
import sys
import time
import types

threads = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)

import numpy as np  # noqa: E402

try:
    import torch

    torch.set_num_threads(threads)
except ImportError:
    torch = None


class Cannot(Exception):
    """Why some work cannot be done here."""


def need_torch():
    if torch is None:
        raise Cannot("PyTorch is not installed")


def peer_folder(variable):
    need_torch()
    folder = os.environ.get(variable)
    if not folder:
        raise Cannot(f"{variable} is not set")
    if not os.path.isdir(folder):
        raise Cannot(f"{variable} names no folder")
    return folder


def empty_module(name):
    module = types.ModuleType(name)
    module.__path__ = []
    module.__getattr__ = lambda attribute: (lambda *args, **kwargs: None)
    sys.modules[name] = module


def stand_in(*names):
    """Empty modules for what a published program imports but does not use here, where it is not installed."""
    for name in names:
        if name not in sys.modules:
            try:
                __import__(name)
            except ImportError:
                empty_module(name)


def stand_in_progress():
    """Without tqdm, loops that would draw a progress bar draw none."""
    try:
        __import__("tqdm.contrib")
    except ImportError:
        for name, members in (("tqdm", {"tqdm": lambda items, **kwargs: items}), ("tqdm.contrib", {"tenumerate": enumerate})):
            sys.modules[name] = types.ModuleType(name)
            vars(sys.modules[name]).update(members)


def normal(rows, columns, dtype):
    return np.random.default_rng(0).standard_normal((rows, columns)).astype(dtype)


def tensor(rows, columns, dtype):
    need_torch()
    return torch.from_numpy(normal(rows, columns, dtype))


def positive_definite(n, dtype):
    a = normal(n, n, dtype)
    return (a @ a.T / n + np.eye(n, dtype=dtype)).astype(dtype)


def eigh(dtype, n):
    a = positive_definite(n, dtype)
    return lambda: np.linalg.eigh(a)


def kernel(dtype, n, d):
    x = tensor(n, d, dtype)
    return lambda: torch.exp(torch.cdist(x, x) / -10)


def predict(dtype, n, d, c, rows):
    """Predictions for many rows, in blocks of 2048."""
    centers, coefficients, x = tensor(n, d, dtype), tensor(n, c, dtype), tensor(rows, d, dtype)
    return lambda: torch.cat([torch.exp(torch.cdist(block, centers) / -10) @ coefficients for block in x.split(2048)])


def requests(dtype, n, d, c, rows, calls):
    """Predictions for few rows each, one after the other."""
    centers, coefficients, x = tensor(n, d, dtype), tensor(n, c, dtype), normal(rows, d, dtype)

    def run():
        for _ in range(calls):
            (torch.exp(torch.cdist(torch.from_numpy(x), centers) / -10) @ coefficients).numpy()

    return run


def ridge_predictions(kernel, dtype, n, d, c, rows):
    """Predictions of scikit-learn's KernelRidge, as if it had been fitted, in blocks of 2048."""
    try:
        from sklearn.kernel_ridge import KernelRidge
    except ImportError:
        raise Cannot("scikit-learn is not installed") from None
    model = KernelRidge(kernel=kernel, gamma=0.1)
    model.fit(normal(2, d, dtype), normal(2, c, dtype))
    model.X_fit_, model.dual_coef_ = normal(n, d, dtype), normal(n, c, dtype)
    x = normal(rows, d, dtype)
    return lambda: np.concatenate([model.predict(x[at : at + 2048]) for at in range(0, rows, 2048)])


def predict_gaussian(dtype, **sizes):
    return ridge_predictions("rbf", dtype, **sizes)


def predict_manhattan(dtype, **sizes):
    """The kernel that scikit-learn calls Laplacian: of the 1-norm."""
    return ridge_predictions("laplacian", dtype, **sizes)


def fit(dtype, n, d, c):
    """The published program at its own settings: LaplaceRFM, 5 updates, direct solve; its score is taken on ten rows only."""
    folder = peer_folder("AGOP_PEER_RFM")
    stand_in("torchmetrics", "torchmetrics.functional", "torchmetrics.functional.classification", "hickle")
    stand_in_progress()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    if "rfm.eigenpro" not in sys.modules:
        empty_module("rfm.eigenpro")  # its syntax needs Python 3.12; the direct solver does not use it
    from rfm import LaplaceRFM

    torch.set_default_dtype(torch.float32 if dtype == "float32" else torch.float64)
    x, y = tensor(n, d, dtype), tensor(n, c, dtype)
    test = (x[:10], y[:10])

    def run():
        model = LaplaceRFM(bandwidth=10.0, reg=1e-3, mem_gb=8)
        model.fit((x, y), test, loader=False, iters=5, classif=False, verbose=False)

    return run


def leaf(dtype, n, d):
    """xRFM's leaf: 5 updates with validation, best kept, no early stop."""
    folder = peer_folder("AGOP_PEER_XRFM")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from xrfm.rfm_src import RFM

    x, y = tensor(n, d, dtype), tensor(n, 1, dtype)
    held = (tensor(round(n / 4), d, dtype), tensor(round(n / 4), 1, dtype))

    def run():
        model = RFM(kernel="l2", bandwidth=10.0, exponent=1.0, iters=5, device="cpu", verbose=False)
        model.fit((x, y), held, reg=1e-3, verbose=False, early_stop_rfm=False)

    return run


def grok(dtype, p, iterations):
    """The published modular-arithmetic program's functions, in the order of its main loop, without its logging."""
    folder = peer_folder("AGOP_PEER_GROKKING")
    stand_in("wandb", "matplotlib", "matplotlib.pyplot")
    if "models.jax_ntk_nngp" not in sys.modules:
        empty_module("models.jax_ntk_nngp")  # needs JAX; another kernel than ours
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import train_kernel as program

    real = torch.float64 if dtype == "float64" else torch.float32
    torch.manual_seed(0)
    inputs, labels = program.operation_mod_p_data("x+y", p)
    x, y, x_test, y_test = program.make_data_splits(inputs, labels, 0.5)
    one_hot = torch.nn.functional.one_hot
    x, x_test = (one_hot(rows, p).view(-1, 2 * p).to(real) for rows in (x, x_test))
    y, y_test = (one_hot(rows, p).to(real) for rows in (y, y_test))

    def run():
        m = torch.eye(2 * p).to(real)
        for _ in range(iterations):
            solution, k, dist = program.solve(x, y, m, 2.5, 2, "gaussian", ridge=0.0)
            program.eval(solution, k, y)
            k_test = program.get_test_kernel(x, x_test, m, 2.5, 2, "gaussian")
            program.eval(solution, k_test, y_test)
            m, _classes = program.update(
                x, x, 2.5, m, solution, k, dist, "gaussian", 2, centers_bsize=-1, centering=True, agop_power=0.5
            )

    return run


WORKS = {
    "eigh": eigh,
    "kernel": kernel,
    "predict": predict,
    "requests": requests,
    "fit": fit,
    "leaf": leaf,
    "grok": grok,
}
if "scikit-learn" in sys.argv:
    WORKS = {"predict": predict_gaussian, "predict1": predict_manhattan}


def main():
    out = sys.stdout
    versions = f"Python {sys.version.split()[0]}, NumPy {np.__version__}"
    if "scikit-learn" in sys.argv:
        import sklearn

        versions += f", scikit-learn {sklearn.__version__}"
    elif torch is not None:
        versions += f", PyTorch {torch.__version__}"
    print(json.dumps({"ready": f"{versions}, {threads} threads"}), file=out, flush=True)
    prepared_key, prepared = None, None
    for line in sys.stdin:
        request = json.loads(line)
        key = json.dumps(request, sort_keys=True)
        try:
            if request["work"] not in WORKS:
                raise Cannot(f"no {request['work']}")
            # What the programs print must not get between the answers.
            with contextlib.redirect_stdout(io.StringIO()):
                if key != prepared_key:
                    prepared_key, prepared = key, None
                    sizes = {name: value for name, value in request["size"].items()}
                    prepared = WORKS[request["work"]](request["dtype"], **sizes)
                begin, before = time.perf_counter(), time.process_time()
                prepared()
                seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - before
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            answer = {"seconds": seconds, "cpuSeconds": cpu_seconds, "peakBytes": peak}
        except Exception as error:  # noqa: BLE001 - whatever a published program raises is an answer
            prepared_key = None
            answer = {"cannot": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)


main()
