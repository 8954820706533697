// Several divisions for each element: `Count` is 32 bits wide where all sizes are small enough, which the host says. Divisions of
// 64 bits take some 10 times as long as the memory.

// Rows of `out` are patches of [images, height, width, channels]: row (image, y, x), entry (dy, dx, channel); 0 outside.
extern "C" __global__ void patches(const T* images, Count height, Count width, Count channels, Count size, Count stride,
                                   Count padding, Count outHeight, Count outWidth, Count rows, T* out) {
  const Count columns = size * size * channels;
  const Count all = rows * columns;
  for (Count at = (Count)threadPosition(); at < all; at += (Count)threadCount()) {
    const Count row = at / columns;
    const Count entry = at % columns;
    const Count y = row / outWidth % outHeight * stride - padding + entry / (size * channels);
    const Count x = row % outWidth * stride - padding + entry / channels % size;
    const Count image = row / (outHeight * outWidth);
    const bool inside = y >= 0 && y < height && x >= 0 && x < width;
    out[at] = inside ? images[((image * height + y) * width + x) * channels + entry % channels] : T(0);
  }
}

// out[y][x][inner] = sum of a[y'][x'][inner] over the window whose upper left corner is at (y - padding, x - padding).
extern "C" __global__ void windowSums(const T* a, Count height, Count width, Count inner, Count size, Count padding,
                                      Count outHeight, Count outWidth, T* out) {
  const Count all = outHeight * outWidth * inner;
  for (Count at = (Count)threadPosition(); at < all; at += (Count)threadCount()) {
    const Count point = at / inner;
    const Count top = point / outWidth - padding;
    const Count left = point % outWidth - padding;
    const T* first = a + at % inner;
    T sum = T(0);
    for (Count y = top < 0 ? 0 : top; y < top + size && y < height; y++) {
      for (Count x = left < 0 ? 0 : left; x < left + size && x < width; x++) sum += first[(y * width + x) * inner];
    }
    out[at] = sum;
  }
}
