// S is the element type of the source. To an integer, C's conversion truncates towards zero.
extern "C" __global__ void cast(const S* from, T* to, Index size) {
  for (Index i = threadPosition(); i < size; i += threadCount()) to[i] = (T)from[i];
}
