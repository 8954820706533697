// Sums are in double whatever T is, in an order that depends on the sizes alone. A NaN anywhere makes a maximum NaN.
#define SUM 0
#define MEAN 1
#define MAXIMUM 2
#define NORM 3
#define THREADS 256

__device__ inline double neutral(Index kind) { return kind == MAXIMUM ? __longlong_as_double(0xfff0000000000000ll) : 0.0; }

__device__ inline double join(Index kind, double a, double b) {
  if (kind != MAXIMUM) return a + b;
  if (a != a) return a;
  return b != b || b > a ? b : a;
}

__device__ inline double term(Index kind, double x) { return kind == NORM ? x * x : x; }

__device__ inline T finish(Index kind, double value, Index count) {
  if (kind == MEAN) return (T)(value / (double)count);
  return (T)(kind == NORM ? sqrt(value) : value);
}

// Halves the rows of partial results, one per threadIdx.y, down to their first element. blockDim.x is a power of two.
__device__ inline void joinRow(Index kind, double* partial) {
  double* row = partial + threadIdx.y * blockDim.x;
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) row[threadIdx.x] = join(kind, row[threadIdx.x], row[threadIdx.x + half]);
  }
}

// One value per row; blockDim.x threads share a row, a block has THREADS threads.
extern "C" __global__ void reduceRows(const T* a, Index rows, Index columns, Index kind, T* out) {
  __shared__ double partial[THREADS];
  const Index row = (Index)blockIdx.x * blockDim.y + threadIdx.y;
  double value = neutral(kind);
  if (row < rows) {
    for (Index j = threadIdx.x; j < columns; j += blockDim.x) value = join(kind, value, term(kind, a[row * columns + j]));
  }
  partial[threadIdx.y * blockDim.x + threadIdx.x] = value;
  joinRow(kind, partial);
  if (threadIdx.x == 0 && row < rows) out[row] = finish(kind, partial[threadIdx.y * blockDim.x], columns);
}

// Partial results of `rowsEach` rows for 32 columns per block of 32 x 8 threads: partial[blockIdx.y][column].
extern "C" __global__ void reduceColumns(const T* a, Index rows, Index columns, Index kind, Index rowsEach, double* partial) {
  __shared__ double lanes[8][33];
  const Index column = (Index)blockIdx.x * 32 + threadIdx.x;
  const Index begin = (Index)blockIdx.y * rowsEach;
  const Index end = begin + rowsEach < rows ? begin + rowsEach : rows;
  double value = neutral(kind);
  if (column < columns) {
    for (Index i = begin + threadIdx.y; i < end; i += 8) value = join(kind, value, term(kind, a[i * columns + column]));
  }
  lanes[threadIdx.y][threadIdx.x] = value;
  __syncthreads();
  if (threadIdx.y != 0 || column >= columns) return;
  for (int lane = 1; lane < 8; lane++) value = join(kind, value, lanes[lane][threadIdx.x]);
  partial[(Index)blockIdx.y * columns + column] = value;
}

// Joins the partial results of each column.
extern "C" __global__ void finishColumns(const double* partial, Index parts, Index columns, Index kind, Index count, T* out) {
  for (Index column = threadPosition(); column < columns; column += threadCount()) {
    double value = neutral(kind);
    for (Index part = 0; part < parts; part++) value = join(kind, value, partial[part * columns + column]);
    out[column] = finish(kind, value, count);
  }
}

// Partial results of `each` elements per block of THREADS x 1 threads.
extern "C" __global__ void reduceParts(const T* a, Index size, Index kind, Index each, double* partial) {
  __shared__ double values[THREADS];
  const Index begin = (Index)blockIdx.x * each;
  const Index end = begin + each < size ? begin + each : size;
  double value = neutral(kind);
  for (Index i = begin + threadIdx.x; i < end; i += THREADS) value = join(kind, value, term(kind, a[i]));
  values[threadIdx.x] = value;
  joinRow(kind, values);
  if (threadIdx.x == 0) partial[blockIdx.x] = values[0];
}

// Joins partial results in one block of THREADS x 1 threads.
extern "C" __global__ void finishParts(const double* partial, Index parts, Index kind, Index count, T* out) {
  __shared__ double values[THREADS];
  double value = neutral(kind);
  for (Index part = threadIdx.x; part < parts; part += THREADS) value = join(kind, value, partial[part]);
  values[threadIdx.x] = value;
  joinRow(kind, values);
  if (threadIdx.x == 0) out[0] = finish(kind, values[0], count);
}
