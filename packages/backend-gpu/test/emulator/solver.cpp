// libcusolver on the CPU: Cholesky by columns, eigenvalues by Jacobi rotations. Column-major.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace {

/**
 * A = L Lᵀ in the lower triangle. A failure is reported as the library is allowed to: with the order of the minor, nothing said of
 * the matrix, which is spoilt. NaN is not noticed.
 */
template <class T>
void potrf(int64_t n, T* a, int64_t lda, int* info) {
  *info = 0;
  for (int64_t j = 0; j < n; j++) {
    // Row j of L, from the left.
    for (int64_t i = 0; i <= j; i++) {
      T rest = a[i * lda + j];
      for (int64_t k = 0; k < i; k++) rest -= a[k * lda + i] * a[k * lda + j];
      if (i < j) a[i * lda + j] = rest / a[i * lda + i];
      else if (rest <= 0) {
        *info = (int)j + 1;
        for (int64_t c = 0; c < n; c++) {
          for (int64_t r = c; r < n; r++) a[c * lda + r] = (T)-7;
        }
        return;
      } else a[j * lda + j] = sqrt(rest);
    }
  }
}

/** Cyclic Jacobi. Source: Golub & Van Loan, Matrix Computations, 4th ed., section 8.5. */
void syevd(int64_t n, double* a, double* values) {
  for (int64_t j = 0; j < n; j++) {
    for (int64_t i = j + 1; i < n; i++) a[j * n + i] = a[i * n + j];
  }
  std::vector<double> v(n * n, 0.0);
  for (int64_t i = 0; i < n; i++) v[i * n + i] = 1;
  for (int sweep = 0; sweep < 40; sweep++) {
    bool isDone = true;
    for (int64_t p = 0; p < n; p++) {
      for (int64_t q = p + 1; q < n; q++) {
        const double apq = a[p * n + q], app = a[p * n + p], aqq = a[q * n + q];
        if (fabs(apq) <= 1e-17) continue; // The largest entry is near 1.
        isDone = false;
        const double tau = (aqq - app) / (2 * apq);
        const double t = (tau >= 0 ? 1 : -1) / (fabs(tau) + sqrt(1 + tau * tau));
        const double c = 1 / sqrt(1 + t * t), s = t * c;
        for (int64_t k = 0; k < n; k++) {
          const double x = a[p * n + k], y = a[q * n + k];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const double vx = v[p * n + k], vy = v[q * n + k];
          v[p * n + k] = c * vx - s * vy;
          v[q * n + k] = s * vx + c * vy;
        }
        for (int64_t k = 0; k < n; k++) {
          const double x = a[k * n + p], y = a[k * n + q];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
      }
    }
    if (isDone) break;
  }
  std::vector<int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t i, int64_t j) { return a[i * n + i] < a[j * n + j]; });
  for (int64_t k = 0; k < n; k++) values[k] = a[order[k] * n + order[k]];
  for (int64_t k = 0; k < n; k++) memcpy(a + k * n, &v[order[k] * n], n * sizeof(double));
}

int handle;

}  // namespace

extern "C" {

int cusolverGetVersion(int* version) { return *version = 12004, 0; }
int cusolverDnCreate(void** out) { return *out = &handle, 0; }
int cusolverDnDestroy(void*) { return 0; }
int cusolverDnSetStream(void*, void*) { return 0; }
int cusolverDnCreateParams(void** out) { return *out = &handle, 0; }
int cusolverDnDestroyParams(void*) { return 0; }
int cusolverDnXpotrf_bufferSize(void*, void*, int, int64_t, int, const void*, int64_t, int, size_t* device, size_t* host) {
  return *device = 1000, *host = 16, 0;
}
int cusolverDnXpotrf(void*, void*, int fill, int64_t n, int type, void* a, int64_t lda, int, void* work, size_t bytes, void*,
                     size_t, int* info) {
  if (fill != 0 || lda < n || bytes < 1000) return 3;
  memset(work, 0, bytes);
  if (type == 0) potrf(n, (float*)a, lda, info);
  else potrf(n, (double*)a, lda, info);
  return 0;
}
int cusolverDnXsyevd_bufferSize(void*, void*, int, int, int64_t, int, const void*, int64_t, int, const void*, int,
                                size_t* device, size_t* host) {
  return *device = 0, *host = 0, 0;
}
int cusolverDnXsyevd(void*, void*, int vectors, int fill, int64_t n, int type, void* a, int64_t lda, int, void* values, int,
                     void*, size_t, void*, size_t, int* info) {
  if (vectors != 1 || fill != 1 || type != 1 || lda != n) return 3;
  syevd(n, (double*)a, (double*)values);
  *info = 0;
  return 0;
}

}  // extern "C"
