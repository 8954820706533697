// out[i] = value
extern "C" __global__ void fill(T* out, T value, Index size) {
  for (Index i = threadPosition(); i < size; i += threadCount()) out[i] = value;
}

// out[i * step] = value
extern "C" __global__ void fillStrided(T* out, Index step, T value, Index count) {
  for (Index i = threadPosition(); i < count; i += threadCount()) out[i * step] = value;
}

// out[i] *= factor
extern "C" __global__ void scale(T* out, T factor, Index size) {
  for (Index i = threadPosition(); i < size; i += threadCount()) out[i] *= factor;
}
