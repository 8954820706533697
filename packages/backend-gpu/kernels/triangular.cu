// Triangular systems with few right-hand sides at the speed of memory. L is row-major, of which what is above the diagonal is
// not read. Its diagonal blocks of 128 rows are inverted first; then one launch a block: it subtracts what the unknowns just
// found contribute to all others, and its first thread block finds the next ones by a product with the inverse.
// Source: Du Croz, Higham 1992, "Stability of methods for matrix inversion": solutions by inverted diagonal blocks.
// COLUMNS right-hand sides are solved for at a time; the host defines it.
#define BLOCK 128
#define SMALL 32

// Inverses of the 32 x 32 diagonal blocks, one block of 32 threads each, to their places in blocks of 128 x 128 one after the
// other. Rows beyond the last are those of the identity. A thread substitutes for one column.
extern "C" __global__ void invertSmall(const T* l, Index order, T* inverse) {
  __shared__ T lower[SMALL][SMALL + 1];
  __shared__ T result[SMALL][SMALL + 1];
  const Index base = (Index)blockIdx.x * SMALL;
  const int j = threadIdx.x;
  for (int i = 0; i < SMALL; i++) {
    const bool isInside = base + i < order && j <= i;
    lower[i][j] = isInside ? l[(base + i) * order + base + j] : T(i == j ? 1 : 0);
  }
  __syncthreads();
  for (int i = 0; i < SMALL; i++) {
    T sum = T(i == j ? 1 : 0);
    for (int k = j; k < i; k++) sum -= lower[i][k] * result[k][j];
    result[i][j] = i < j ? T(0) : sum / lower[i][i];
  }
  T* out = inverse + base / BLOCK * (BLOCK * BLOCK) + base % BLOCK * (BLOCK + 1);
  for (int i = 0; i < SMALL; i++) out[i * BLOCK + j] = result[i][j];
}

// From the inverses A and C of two diagonal blocks of `half` <= 64 rows, that of both together: its lower left part is
// -C L21 A. One block of 256 threads for each pair. Zeros above.
extern "C" __global__ void joinInverses(const T* l, Index order, Index half, T* inverse) {
  __shared__ T product[64][65];
  const Index base = (Index)blockIdx.x * 2 * half;
  T* corner = inverse + base / BLOCK * (BLOCK * BLOCK) + base % BLOCK * (BLOCK + 1);
  const T* upper = corner;
  const T* lower = corner + half * (BLOCK + 1);
  const int size = (int)half;
  for (int at = threadIdx.x; at < size * size; at += 256) {
    const int i = at / size, j = at % size;
    T sum = T(0);
    if (base + half + i < order) {
      const T* row = l + (base + half + i) * order + base;
      for (int k = j; k < size; k++) sum += row[k] * upper[k * BLOCK + j];
    }
    product[i][j] = sum;
  }
  __syncthreads();
  for (int at = threadIdx.x; at < size * size; at += 256) {
    const int i = at / size, j = at % size;
    T sum = T(0);
    for (int k = 0; k <= i; k++) sum += lower[i * BLOCK + k] * product[k][j];
    corner[(half + i) * BLOCK + j] = -sum;
    corner[i * BLOCK + half + j] = T(0);
  }
}

// B <- L^-1 B, one step: 256 threads, two for each of 128 rows. The unknowns in the 128 rows at `solved` (none if negative) are
// known; blockIdx.x = 0 finds those at `next`, the others subtract from the rows below. blockIdx.y counts groups of COLUMNS from
// `firstColumn` on.
extern "C" __global__ void forwardStep(const T* l, Index order, const T* inverse, Index solved, Index next, T* b, Index width,
                                      Index firstColumn) {
  __shared__ T tile[BLOCK][33];
  __shared__ T known[BLOCK][COLUMNS];
  __shared__ T halves[BLOCK][COLUMNS];
  const int line = threadIdx.x % BLOCK, part = threadIdx.x / BLOCK;
  const Index top = next + (Index)blockIdx.x * BLOCK;
  const Index row = top + line;
  const Index left = firstColumn + (Index)blockIdx.y * COLUMNS;
  T rest[COLUMNS];
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) rest[c] = part == 0 && row < order && left + c < width ? b[row * width + left + c] : T(0);
  for (int round = solved < 0 ? 1 : 0; round < 2; round++) {
    if (round == 1 && blockIdx.x != 0) break;
    // First minus L times what is known, then the inverse times what remains.
    if (round == 0 && part == 0) {
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) known[line][c] = left + c < width ? b[(solved + line) * width + left + c] : T(0);
    } else if (part == 0) {
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) known[line][c] = rest[c];
    }
    const T* from = round == 0 ? l + top * order + solved : inverse + next * BLOCK;
    const Index stride = round == 0 ? order : (Index)BLOCK;
    T sums[COLUMNS] = {};
    for (int k0 = 0; k0 < BLOCK; k0 += 32) {
      for (int at = threadIdx.x; at < BLOCK * 32; at += 256) {
        const int i = at / 32, k = at % 32;
        tile[i][k] = top + i < order ? from[i * stride + k0 + k] : T(0);
      }
      __syncthreads();
#pragma unroll
      for (int k = 0; k < 16; k++) {
        // The inverse has nothing above its diagonal, which 0 times NaN would be.
        if (round == 1 && k0 + 16 * part + k > line) continue;
        const T factor = tile[line][16 * part + k];
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) sums[c] += factor * known[k0 + 16 * part + k][c];
      }
      __syncthreads();
    }
    if (part == 1) {
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) halves[line][c] = sums[c];
    }
    __syncthreads();
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      const T total = sums[c] + halves[line][c];
      rest[c] = round == 0 ? rest[c] - total : total;
    }
    __syncthreads();
  }
  if (part != 0 || row >= order) return;
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) {
    if (left + c < width) b[row * width + left + c] = rest[c];
  }
}

// B <- L^-T B, one step upwards: blockIdx.x = 0 has the 128 rows at `next`, the others those above. Threads that follow each
// other read what follows each other in rows of L and of the inverse.
extern "C" __global__ void backwardStep(const T* l, Index order, const T* inverse, Index solved, Index next, T* b, Index width,
                                      Index firstColumn) {
  __shared__ T known[BLOCK][COLUMNS];
  __shared__ T halves[BLOCK][COLUMNS];
  const int line = threadIdx.x % BLOCK, part = threadIdx.x / BLOCK;
  const Index top = next - (Index)blockIdx.x * BLOCK;
  const Index row = top + line;
  const Index left = firstColumn + (Index)blockIdx.y * COLUMNS;
  T rest[COLUMNS];
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) rest[c] = part == 0 && row < order && left + c < width ? b[row * width + left + c] : T(0);
  for (int round = solved < 0 ? 1 : 0; round < 2; round++) {
    if (round == 1 && blockIdx.x != 0) break;
    if (part == 0) {
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) {
        const bool isThere = solved + line < order && left + c < width;
        known[line][c] = round == 1 ? rest[c] : isThere ? b[(solved + line) * width + left + c] : T(0);
      }
    }
    __syncthreads();
    const T* from = round == 0 ? l + solved * order + row : inverse + next * BLOCK + line;
    const Index stride = round == 0 ? order : (Index)BLOCK;
    // Rows of L that are there; the columns of the others would be beyond its end.
    const Index there = round == 0 ? order - solved : (Index)BLOCK;
    const int end = 64 * part + 64 < there ? 64 * part + 64 : (int)there;
    T sums[COLUMNS] = {};
    // Of the inverse, what is on and below its diagonal: 0 times NaN is none.
    const int begin = round == 1 && line > 64 * part ? line : 64 * part;
    if (row < order) {
#pragma unroll 8
      for (int k = begin; k < end; k++) {
        const T factor = from[k * stride];
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) sums[c] += factor * known[k][c];
      }
    }
    if (part == 1) {
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) halves[line][c] = sums[c];
    }
    __syncthreads();
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      const T total = sums[c] + halves[line][c];
      rest[c] = round == 0 ? rest[c] - total : total;
    }
    __syncthreads();
  }
  if (part != 0 || row >= order) return;
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) {
    if (left + c < width) b[row * width + left + c] = rest[c];
  }
}
