// Position of the first largest entry. Of two candidates the larger wins, of equal ones the one further ahead.
#define THREADS 256
#define NOWHERE 0x7fffffff

__device__ inline bool isBetter(T value, int at, T present, int presentAt) {
  return value > present || (value == present && at < presentAt);
}

// Per row; blockDim.x threads, a power of two, share a row.
extern "C" __global__ void argmaxRows(const T* a, Index rows, Index columns, int* out) {
  __shared__ T values[THREADS];
  __shared__ int places[THREADS];
  const Index row = (Index)blockIdx.x * blockDim.y + threadIdx.y;
  const int self = threadIdx.y * blockDim.x + threadIdx.x;
  T best = (T)__longlong_as_double(0xfff0000000000000ll);
  int place = NOWHERE;
  if (row < rows && threadIdx.x < columns) {
    best = a[row * columns + threadIdx.x];
    place = threadIdx.x;
    for (Index j = (Index)threadIdx.x + blockDim.x; j < columns; j += blockDim.x) {
      const T value = a[row * columns + j];
      if (value > best) {
        best = value;
        place = (int)j;
      }
    }
  }
  values[self] = best;
  places[self] = place;
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half && isBetter(values[self + half], places[self + half], values[self], places[self])) {
      values[self] = values[self + half];
      places[self] = places[self + half];
    }
  }
  if (threadIdx.x == 0 && row < rows) out[row] = places[self];
}

// Per column, one thread each.
extern "C" __global__ void argmaxColumns(const T* a, Index rows, Index columns, int* out) {
  for (Index column = threadPosition(); column < columns; column += threadCount()) {
    T best = a[column];
    int place = 0;
    for (Index i = 1; i < rows; i++) {
      const T value = a[i * columns + column];
      if (value > best) {
        best = value;
        place = (int)i;
      }
    }
    out[column] = place;
  }
}
