"""Fits a made table with a peer and prints one line of JSON, as bench/src/contenders/tabular.ts does.

  python3 tabular.py histogram-boosting|xrfm FILE ROWS COLUMNS CLASSES THREADS

xRFM is taken from the folder that AGOP_PEER_XRFM names; it needs torch and tqdm.
"""

import json
import os
import resource
import sys
import time

peer, file = sys.argv[1:3]
rows, columns, classes, threads = map(int, sys.argv[3:])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(threads)

import numpy as np  # noqa: E402

values = np.fromfile(file, np.float32)
count = values.size // (columns + 1)
x = values[: count * columns].reshape(count, columns)
y = values[count * columns :]
if classes:
    y = y.astype(np.int64)
x_test, y_test = x[rows:], y[rows:]


def boosting():
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    model = (HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor)(random_state=0)
    return (lambda: model.fit(x[:rows], y[:rows])), model.predict


def xrfm():
    sys.path.insert(0, os.environ["AGOP_PEER_XRFM"])
    import torch
    from xrfm import xRFM

    torch.set_num_threads(threads)
    model = xRFM(max_leaf_size=4000, device="cpu", random_state=0, verbose=False)
    held = max(1, rows // 10)
    parts = [x[: rows - held], y[: rows - held], x[rows - held : rows], y[rows - held : rows]]
    return (lambda: model.fit(*map(torch.tensor, parts))), (lambda part: np.asarray(model.predict(torch.tensor(part))).reshape(-1))


fit, predict = {"histogram-boosting": boosting, "xrfm": xrfm}[peer]()
begin, busy = time.perf_counter(), time.process_time()
fit()
seconds, cpu = time.perf_counter() - begin, time.process_time() - busy
begin, busy = time.perf_counter(), time.process_time()
predicted = predict(x_test)
taken, taken_cpu = time.perf_counter() - begin, time.process_time() - busy
score = float(np.mean(predicted == y_test)) if classes else float(1 - np.mean((predicted - y_test) ** 2) / np.var(y_test))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
hard = {"score": score, "rowsPerSecond": len(y_test) / taken, "rowsPerCpuSecond": len(y_test) / taken_cpu}
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakMebibytes": peak, "hard": hard}))
