// What an eigendecomposition needs beside cuSOLVER, which works in double on column-major matrices.

// The largest |a_ij| of each row's part of the lower triangle, NaN if one is NaN; one block of 256 threads per row.
extern "C" __global__ void largestOfLower(const T* a, Index order, double* out) {
  __shared__ double values[256];
  const Index row = blockIdx.x;
  double largest = 0.0;
  for (Index j = threadIdx.x; j <= row; j += 256) {
    const double size = fabs((double)a[row * order + j]);
    if (size != size || size > largest) largest = size;
    if (largest != largest) break;
  }
  values[threadIdx.x] = largest;
  for (int half = 128; half > 0; half /= 2) {
    __syncthreads();
    if ((int)threadIdx.x < half) {
      const double other = values[threadIdx.x + half];
      const double own = values[threadIdx.x];
      if (own == own && (other != other || other > own)) values[threadIdx.x] = other;
    }
  }
  if (threadIdx.x == 0) out[row] = values[0];
}

// The symmetric matrix of which `a` holds the lower triangle, times `factor`.
extern "C" __global__ void widenSymmetric(const T* a, Index order, double factor, double* out) {
  const Index rowStep = threadCount() / order, columnStep = threadCount() % order;
  Index i = threadPosition() / order, j = threadPosition() % order;
  for (Index at = threadPosition(); at < order * order; at += threadCount()) {
    out[at] = (double)(j <= i ? a[at] : a[j * order + i]) * factor;
    i += rowStep;
    j += columnStep;
    if (j >= order) {
      j -= order;
      i += 1;
    }
  }
}

// out = from * factor
extern "C" __global__ void narrow(const double* from, double factor, T* out, Index size) {
  for (Index i = threadPosition(); i < size; i += threadCount()) out[i] = (T)(from[i] * factor);
}

// Transposes a square matrix. Tiles and blocks as in transpose.cu.
extern "C" __global__ void narrowTransposed(const double* from, Index order, T* to) {
  __shared__ double tile[32][33];
  const Index across = (order + 31) / 32;
  const Index top = blockIdx.x / across * 32;
  const Index left = blockIdx.x % across * 32;
  for (int k = threadIdx.y; k < 32; k += blockDim.y) {
    const Index i = top + k, j = left + threadIdx.x;
    if (i < order && j < order) tile[k][threadIdx.x] = from[i * order + j];
  }
  __syncthreads();
  for (int k = threadIdx.y; k < 32; k += blockDim.y) {
    const Index i = left + k, j = top + threadIdx.x;
    if (i < order && j < order) to[i * order + j] = (T)tile[threadIdx.x][k];
  }
}
