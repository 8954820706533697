// Rows of `out` are patches of [images, height, width, channels]: row (image, y, x), entry (dy, dx, channel); 0 outside.
extern "C" __global__ void patches(const T* images, Index height, Index width, Index channels, Index size, Index stride,
                                   Index padding, Index outHeight, Index outWidth, Index rows, T* out) {
  const Index columns = size * size * channels;
  for (Index at = threadPosition(); at < rows * columns; at += threadCount()) {
    const Index row = at / columns;
    const Index entry = at % columns;
    const Index y = row / outWidth % outHeight * stride - padding + entry / (size * channels);
    const Index x = row % outWidth * stride - padding + entry / channels % size;
    const Index image = row / (outHeight * outWidth);
    const bool inside = y >= 0 && y < height && x >= 0 && x < width;
    out[at] = inside ? images[((image * height + y) * width + x) * channels + entry % channels] : T(0);
  }
}

// out[y][x][inner] = sum of a[y'][x'][inner] over the window whose upper left corner is at (y - padding, x - padding).
extern "C" __global__ void windowSums(const T* a, Index height, Index width, Index inner, Index size, Index padding,
                                      Index outHeight, Index outWidth, T* out) {
  for (Index at = threadPosition(); at < outHeight * outWidth * inner; at += threadCount()) {
    const Index point = at / inner;
    const Index top = point / outWidth - padding;
    const Index left = point % outWidth - padding;
    const T* first = a + at % inner;
    T sum = T(0);
    for (Index y = top < 0 ? 0 : top; y < top + size && y < height; y++) {
      for (Index x = left < 0 ? 0 : left; x < left + size && x < width; x++) sum += first[(y * width + x) * inner];
    }
    out[at] = sum;
  }
}
