// libcublas on the CPU: column-major, sums in the type of the matrices, one loop after the other.
#include <stddef.h>
#include <string.h>

#include <vector>

namespace {

enum { lower, upper };
enum { left, right };
enum { none, transposed };

/** cublasMath_t: with 3 the factors of float products are rounded to TF32, half away from zero. */
int mathMode;

double rounded(double x) { return x; }
float rounded(float x) {
  if (mathMode != 3) return x;
  unsigned bits;
  memcpy(&bits, &x, sizeof bits);
  bits = (bits + 0x1000) & 0xffffe000;
  memcpy(&x, &bits, sizeof bits);
  return x;
}

template <class T>
T at(const T* a, int stride, int operation, ptrdiff_t i, ptrdiff_t j) {
  return operation == none ? a[j * stride + i] : a[i * stride + j];
}

template <class T>
void store(T* c, T product, T alpha, T beta) {
  *c = beta == 0 ? alpha * product : alpha * product + beta * *c;
}

/** op(A) [m, k], column by column. */
template <class T>
std::vector<T> packed(const T* a, int stride, int operation, int m, int k) {
  std::vector<T> out((size_t)m * k);
  for (int l = 0; l < k; l++) {
    for (int i = 0; i < m; i++) out[(size_t)l * m + i] = rounded(at(a, stride, operation, i, l));
  }
  return out;
}

template <class T>
int gemm(int opA, int opB, int m, int n, int k, const T* alpha, const T* a, int lda, const T* b, int ldb, const T* beta, T* c,
         int ldc) {
  if (lda < (opA == none ? m : k) || ldb < (opB == none ? k : n) || ldc < m || lda < 1 || ldb < 1) return 7;
  const std::vector<T> left = packed(a, lda, opA, m, k);
  std::vector<T> sums(m);
  for (int j = 0; j < n; j++) {
    for (T& sum : sums) sum = 0;
    for (int l = 0; l < k; l++) {
      const T factor = rounded(at(b, ldb, opB, l, j));
      const T* column = &left[(size_t)l * m];
      for (int i = 0; i < m; i++) sums[i] += column[i] * factor;
    }
    for (int i = 0; i < m; i++) store(&c[(ptrdiff_t)j * ldc + i], sums[i], *alpha, *beta);
  }
  return 0;
}

template <class T>
int syrk(int fill, int op, int n, int k, const T* alpha, const T* a, int lda, const T* beta, T* c, int ldc) {
  if (lda < (op == none ? n : k) || ldc < n) return 7;
  const std::vector<T> left = packed(a, lda, op, n, k);
  std::vector<T> sums(n);
  for (int j = 0; j < n; j++) {
    const int begin = fill == upper ? 0 : j, end = fill == upper ? j + 1 : n;
    for (T& sum : sums) sum = 0;
    for (int l = 0; l < k; l++) {
      const T* column = &left[(size_t)l * n];
      for (int i = begin; i < end; i++) sums[i] += column[i] * column[j];
    }
    for (int i = begin; i < end; i++) store(&c[(ptrdiff_t)j * ldc + i], sums[i], *alpha, *beta);
  }
  return 0;
}

/** op(A) X = alpha B or X op(A) = alpha B, by substitution: from the right it is op(A)ᵀ Xᵀ = alpha Bᵀ. */
template <class T>
int trsm(int side, int fill, int op, int, int m, int n, const T* alpha, const T* a, int lda, T* b, int ldb) {
  const int order = side == left ? m : n, others = side == left ? n : m;
  if (lda < order || ldb < m) return 7;
  const int operation = side == left ? op : 1 - op;
  const bool isForward = (fill == lower) == (operation == none);
  for (int column = 0; column < others; column++) {
    auto x = [&](int i) -> T& { return side == left ? b[(ptrdiff_t)column * ldb + i] : b[(ptrdiff_t)i * ldb + column]; };
    for (int step = 0; step < order; step++) {
      const int i = isForward ? step : order - 1 - step;
      T rest = *alpha * x(i);
      for (int before = 0; before < step; before++) {
        const int l = isForward ? before : order - 1 - before;
        rest -= at(a, lda, operation, i, l) * x(l);
      }
      x(i) = rest / at(a, lda, operation, i, i);
    }
  }
  return 0;
}

int handle;

}  // namespace

extern "C" {

int cublasCreate_v2(void** out) { return *out = &handle, 0; }
int cublasDestroy_v2(void*) { return 0; }
int cublasGetVersion_v2(void*, int* version) { return *version = 130100, 0; }
int cublasSetStream_v2(void*, void*) { return 0; }
int cublasSetWorkspace_v2(void*, void*, size_t) { return 0; }
int cublasSetMathMode(void*, int mode) { return mathMode = mode, 0; }

#define GEMM(letter, T)                                                                                                        \
  int cublas##letter##gemm_v2(void*, int opA, int opB, int m, int n, int k, const T* alpha, const T* a, int lda, const T* b,   \
                              int ldb, const T* beta, T* c, int ldc) {                                                         \
    return gemm(opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                                                       \
  }                                                                                                                            \
  int cublas##letter##gemmStridedBatched(void*, int opA, int opB, int m, int n, int k, const T* alpha, const T* a, int lda,    \
                                         long long strideA, const T* b, int ldb, long long strideB, const T* beta, T* c,       \
                                         int ldc, long long strideC, int count) {                                              \
    for (int t = 0; t < count; t++) {                                                                                          \
      const int status = gemm(opA, opB, m, n, k, alpha, a + t * strideA, lda, b + t * strideB, ldb, beta, c + t * strideC, ldc); \
      if (status) return status;                                                                                               \
    }                                                                                                                          \
    return 0;                                                                                                                  \
  }                                                                                                                            \
  int cublas##letter##syrk_v2(void*, int fill, int op, int n, int k, const T* alpha, const T* a, int lda, const T* beta, T* c, \
                              int ldc) {                                                                                       \
    return syrk(fill, op, n, k, alpha, a, lda, beta, c, ldc);                                                                  \
  }                                                                                                                            \
  int cublas##letter##trsm_v2(void*, int side, int fill, int op, int diagonal, int m, int n, const T* alpha, const T* a,       \
                              int lda, T* b, int ldb) {                                                                        \
    return trsm(side, fill, op, diagonal, m, n, alpha, a, lda, b, ldb);                                                        \
  }

GEMM(S, float)
GEMM(D, double)

}  // extern "C"
