// Tiles of 32 x 32 through shared memory, so that both sides are read and written along rows. Blocks of 32 x 8 threads, one
// per tile; the padding column keeps a tile's columns in different banks.
#define TILE 32

extern "C" __global__ void transpose(const T* from, Index rows, Index columns, T* to) {
  __shared__ T tile[TILE][TILE + 1];
  const Index across = (columns + TILE - 1) / TILE;
  const Index top = blockIdx.x / across * TILE;
  const Index left = blockIdx.x % across * TILE;
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    const Index i = top + k;
    const Index j = left + threadIdx.x;
    if (i < rows && j < columns) tile[k][threadIdx.x] = from[i * columns + j];
  }
  __syncthreads();
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    const Index i = left + k;
    const Index j = top + threadIdx.x;
    if (i < columns && j < rows) to[i * rows + j] = tile[threadIdx.x][k];
  }
}

// One triangle of a square matrix, without the diagonal, mirrored to the other: the lower one (upwards 1) or the upper one.
extern "C" __global__ void mirror(T* a, Index order, Index upwards) {
  __shared__ T tile[TILE][TILE + 1];
  const Index across = (order + TILE - 1) / TILE;
  const Index first = blockIdx.x / across * TILE;
  const Index second = blockIdx.x % across * TILE;
  if (second > first) return;
  // The tile that is read: in the lower triangle at (first, second), in the upper one at (second, first).
  const Index top = upwards ? first : second;
  const Index left = upwards ? second : first;
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    const Index i = top + k;
    const Index j = left + threadIdx.x;
    if (i < order && j < order) tile[k][threadIdx.x] = a[i * order + j];
  }
  __syncthreads();
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    const Index i = left + k;
    const Index j = top + threadIdx.x;
    const bool isTarget = upwards ? i < j : i > j;
    if (i < order && j < order && isTarget) a[i * order + j] = tile[threadIdx.x][k];
  }
}

// The upper triangle moved to the lower one, with zeros where it was. The diagonal stays.
extern "C" __global__ void moveDown(T* a, Index order) {
  __shared__ T tile[TILE][TILE + 1];
  const Index across = (order + TILE - 1) / TILE;
  const Index top = blockIdx.x / across * TILE;
  const Index left = blockIdx.x % across * TILE;
  if (top > left) return;
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    const Index i = top + k;
    const Index j = left + threadIdx.x;
    if (i < order && j < order) {
      tile[k][threadIdx.x] = a[i * order + j];
      if (i < j) a[i * order + j] = T(0);
    }
  }
  __syncthreads();
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    const Index i = left + k;
    const Index j = top + threadIdx.x;
    if (i < order && j < order && i > j) a[i * order + j] = tile[threadIdx.x][k];
  }
}
