// power(d, exponent) for d >= 0 is d^exponent, and `exponent` is p in powerDistances and p - 1 in powerGradients. The host defines
// it for the exponent at hand. SLICE coordinates of a tile of points at a time are in shared memory.
#define SIDE 64
#define SLICE 16

// Tiles of 64 x 64 results, 4 x 4 for each of 16 x 16 threads.
extern "C" __global__ void powerDistances(const T* x, Index n, const T* z, Index m, Index d, T exponent, T* out) {
  __shared__ T left[SLICE][SIDE + 1];
  __shared__ T right[SLICE][SIDE + 1];
  const Index across = (m + SIDE - 1) / SIDE;
  const Index top = blockIdx.x / across * SIDE;
  const Index start = blockIdx.x % across * SIDE;
  const int tx = threadIdx.x, ty = threadIdx.y;
  T sums[4][4] = {};
  for (Index k0 = 0; k0 < d; k0 += SLICE) {
    for (int at = ty * 16 + tx; at < SIDE * SLICE; at += 256) {
      const int point = at / SLICE, k = at % SLICE;
      const bool inside = k0 + k < d;
      left[k][point] = inside && top + point < n ? x[(top + point) * d + k0 + k] : T(0);
      right[k][point] = inside && start + point < m ? z[(start + point) * d + k0 + k] : T(0);
    }
    __syncthreads();
    const int depth = d - k0 < SLICE ? (int)(d - k0) : SLICE;
    for (int k = 0; k < depth; k++) {
#pragma unroll
      for (int r = 0; r < 4; r++) {
#pragma unroll
        for (int c = 0; c < 4; c++) {
          const T difference = left[k][ty + 16 * r] - right[k][tx + 16 * c];
          sums[r][c] += power(difference < T(0) ? -difference : difference, exponent);
        }
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int r = 0; r < 4; r++) {
#pragma unroll
    for (int c = 0; c < 4; c++) {
      const Index i = top + ty + 16 * r, j = start + tx + 16 * c;
      if (i < n && j < m) out[i * m + j] = sums[r][c];
    }
  }
}

// Tiles of 32 samples x 32 coordinates, 4 samples for each of 32 x 8 threads; blockIdx.y takes `each` of the m points, and its
// sums go to out[blockIdx.y][n][d].
extern "C" __global__ void powerGradients(const T* w, const T* x, Index n, const T* z, Index m, Index d, T exponent, Index each, T* out) {
  __shared__ T points[32][33];
  __shared__ T weights[32][33];
  const Index across = (d + 31) / 32;
  const Index top = blockIdx.x / across * 32;
  const Index k = blockIdx.x % across * 32 + threadIdx.x;
  const Index begin = (Index)blockIdx.y * each;
  const Index end = begin + each < m ? begin + each : m;
  const int tx = threadIdx.x, ty = threadIdx.y;
  T own[4], sums[4] = {};
#pragma unroll
  for (int r = 0; r < 4; r++) {
    const Index i = top + ty + 8 * r;
    own[r] = i < n && k < d ? x[i * d + k] : T(0);
  }
  for (Index j0 = begin; j0 < end; j0 += 32) {
#pragma unroll
    for (int r = 0; r < 4; r++) {
      const int line = ty + 8 * r;
      points[line][tx] = j0 + line < end && k < d ? z[(j0 + line) * d + k] : T(0);
      weights[line][tx] = top + line < n && j0 + tx < end ? w[(top + line) * m + j0 + tx] : T(0);
    }
    __syncthreads();
    const int depth = end - j0 < 32 ? (int)(end - j0) : 32;
    for (int j = 0; j < depth; j++) {
#pragma unroll
      for (int r = 0; r < 4; r++) {
        const T difference = own[r] - points[j][tx];
        const T size = difference < T(0) ? -difference : difference;
        const T signedPower = difference < T(0) ? -power(size, exponent) : power(size, exponent);
        // NaN is neither: it goes on. A difference of 0 contributes nothing, whatever the weight.
        if (difference != T(0)) sums[r] += weights[ty + 8 * r][j] * (difference == difference ? signedPower : difference);
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int r = 0; r < 4; r++) {
    const Index i = top + ty + 8 * r;
    if (i < n && k < d) out[((Index)blockIdx.y * n + i) * d + k] = sums[r];
  }
}

// out[i] = sum of parts[0..count][i], in that order.
extern "C" __global__ void addParts(const T* parts, Index count, Index size, T* out) {
  for (Index i = threadPosition(); i < size; i += threadCount()) {
    T sum = parts[i];
    for (Index part = 1; part < count; part++) sum += parts[part * size + i];
    out[i] = sum;
  }
}
