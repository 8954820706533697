// Float32 products on tensor cores, which round factors to TF32, 10 bits after the leading one: x = hi + lo with both in TF32
// but for 2^-22 of x, so that hi hi' + hi lo' + lo hi' is as good as a product in float32.
// Source: Markidis et al. 2018, "NVIDIA tensor core programmability, performance and precision", section V.

// A panel of `rows` rows, `stride` apart, as four panels one below the other: hi, hi, lo, hi. The first three times the last
// three, transposed, are all three products in one. NaN goes to `lo`, infinity becomes NaN.
extern "C" __global__ void splitPanel(const T* panel, Index rows, Index columns, Index stride, T* out) {
  const Index size = rows * columns;
  const Index rowStep = threadCount() / columns, columnStep = threadCount() % columns;
  Index i = threadPosition() / columns, j = threadPosition() % columns;
  for (Index at = threadPosition(); at < size; at += threadCount()) {
    const T x = panel[i * stride + j];
    i += rowStep;
    j += columnStep;
    if (j >= columns) {
      j -= columns;
      i += 1;
    }
    const T high = __uint_as_float((__float_as_uint(x) + 0x1000u) & 0xffffe000u);
    out[at] = high;
    out[size + at] = high;
    out[2 * size + at] = x - high;
    out[3 * size + at] = high;
  }
}
