// What a factorisation needs beside cuSOLVER. Matrices are row-major; `outcome` holds the failing pivot's row, or -1, and its value.

// Puts the diagonal aside and adds the ridge to it.
extern "C" __global__ void beginFactor(T* a, Index order, T ridge, T* diagonal) {
  for (Index i = threadPosition(); i < order; i += threadCount()) {
    const T value = a[i * order + i];
    diagonal[i] = value;
    a[i * order + i] = value + ridge;
  }
}

// The same diagonal again.
extern "C" __global__ void restoreDiagonal(T* a, Index order, T ridge, const T* diagonal) {
  for (Index i = threadPosition(); i < order; i += threadCount()) a[i * order + i] = diagonal[i] + ridge;
}

// No failure so far.
extern "C" __global__ void beginOutcome(double* outcome) {
  outcome[0] = -1.0;
  outcome[1] = 0.0;
}

// One block of 256 threads: of the diagonal block of `size` rows at row `base`, the first diagonal entry that is not positive, or
// the one that `info` names (cuSOLVER's: the order of the leading minor that is not positive definite, 0 for none). After a
// failure of an earlier block nothing is changed.
extern "C" __global__ void inspectFactor(const T* a, Index order, Index base, Index size, const int* info, double* outcome) {
  __shared__ Index first[256];
  if (outcome[0] >= 0.0) return;
  Index mine = size;
  for (Index i = threadIdx.x; i < size && mine == size; i += 256) {
    if (!(a[(base + i) * (order + 1)] > T(0))) mine = i;
  }
  first[threadIdx.x] = mine;
  for (int half = 128; half > 0; half /= 2) {
    __syncthreads();
    if ((int)threadIdx.x < half && first[threadIdx.x + half] < first[threadIdx.x]) first[threadIdx.x] = first[threadIdx.x + half];
  }
  if (threadIdx.x != 0) return;
  const Index named = *info > 0 ? (Index)(*info - 1) : size;
  const Index failing = named < first[0] ? named : first[0];
  if (failing < size) outcome[0] = (double)(base + failing);
}

// One block of 256 threads factorises the diagonal block of `size` <= 64 rows at row `base`, in place. After a failure, of this
// block or an earlier one, nothing more is written.
// Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2 (outer product form).
extern "C" __global__ void factorBlock(T* a, Index order, Index base, Index size, double* outcome) {
  __shared__ T block[64][65];
  if (outcome[0] >= 0.0) return;
  T* corner = a + base * order + base;
  for (int at = threadIdx.x; at < 64 * 64; at += 256) {
    const int i = at / 64, j = at % 64;
    if (i < size && j <= i) block[i][j] = corner[i * order + j];
  }
  for (int k = 0; k < size; k++) {
    __syncthreads();
    const T pivot = block[k][k];
    if (!(pivot > T(0))) {
      if (threadIdx.x == 0) {
        outcome[0] = (double)(base + k);
        outcome[1] = (double)pivot;
      }
      return;
    }
    __syncthreads();
    const T root = SQRT(pivot);
    for (int i = k + threadIdx.x; i < size; i += 256) block[i][k] = i == k ? root : block[i][k] / root;
    __syncthreads();
    for (int at = threadIdx.x; at < 64 * 64; at += 256) {
      const int i = at / 64, j = at % 64;
      if (i < size && j > k && j <= i) block[i][j] -= block[i][k] * block[j][k];
    }
  }
  __syncthreads();
  for (int at = threadIdx.x; at < 64 * 64; at += 256) {
    const int i = at / 64, j = at % 64;
    if (i < size && j <= i) corner[i * order + j] = block[i][j];
  }
}

// Zeros above the diagonal.
extern "C" __global__ void clearUpper(T* a, Index order) {
  for (Index row = blockIdx.x; row < order; row += gridDim.x) {
    for (Index j = row + 1 + threadIdx.x; j < order; j += blockDim.x) a[row * order + j] = T(0);
  }
}
