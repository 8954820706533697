// Rows of `columns` elements, one after the other at `fromStride`, to rows at `toStride`.
extern "C" __global__ void copyBlock(const T* from, Index fromStride, T* to, Index toStride, Index rows, Index columns) {
  const Index size = rows * columns;
  const Index rowStep = threadCount() / columns;
  const Index columnStep = threadCount() % columns;
  Index i = threadPosition() / columns;
  Index j = threadPosition() % columns;
  for (Index at = threadPosition(); at < size; at += threadCount()) {
    to[i * toStride + j] = from[i * fromStride + j];
    i += rowStep;
    j += columnStep;
    if (j >= columns) {
      j -= columns;
      i += 1;
    }
  }
}

// to[i] = from[i * step]
extern "C" __global__ void copyStrided(const T* from, Index step, T* to, Index count) {
  for (Index i = threadPosition(); i < count; i += threadCount()) to[i] = from[i * step];
}

// What stands where there is nothing: NaN, which int has not.
__device__ inline T missing() { return (T)0.5 == (T)0 ? (T)0 : (T)__longlong_as_double(0x7ff8000000000000ll); }

// Row i of `to` is row indices[i] of `from`, which has `rows` rows. An index that is none gives a row of NaN.
extern "C" __global__ void gather(const T* from, Index rows, Index columns, const int* indices, Index count, T* to) {
  const Index size = count * columns;
  const Index rowStep = threadCount() / columns;
  const Index columnStep = threadCount() % columns;
  Index i = threadPosition() / columns;
  Index j = threadPosition() % columns;
  for (Index at = threadPosition(); at < size; at += threadCount()) {
    const Index row = indices[i];
    to[at] = row >= 0 && row < rows ? from[row * columns + j] : missing();
    i += rowStep;
    j += columnStep;
    if (j >= columns) {
      j -= columns;
      i += 1;
    }
  }
}
