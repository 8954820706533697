// Philox 4x32-10. Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
// Block b has the counter [b, stream] and gives elements 2 b and 2 b + 1, as `randomArray` of @agop/core defines it.

struct Words {
  unsigned w[4];
};

__device__ inline Words philox(Index block, Index stream, Index seed) {
  unsigned c0 = (unsigned)block, c1 = (unsigned)(block >> 32);
  unsigned c2 = (unsigned)stream, c3 = (unsigned)(stream >> 32);
  unsigned k0 = (unsigned)seed, k1 = (unsigned)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    const unsigned long long first = 0xd2511f53ull * c0;
    const unsigned long long second = 0xcd9e8d57ull * c2;
    c0 = (unsigned)(second >> 32) ^ c1 ^ k0;
    c1 = (unsigned)second;
    c2 = (unsigned)(first >> 32) ^ c3 ^ k1;
    c3 = (unsigned)first;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  return {{c0, c1, c2, c3}};
}

// 53 bits of two words as a number on [0, 1); in float32 what would round up to 1 becomes the largest number below it.
__device__ inline T uniform53(unsigned high, unsigned low, T largest) {
  const T u = (T)(((double)(high >> 5) * 67108864.0 + (double)(low >> 6)) * (1.0 / 9007199254740992.0));
  return u < largest ? u : largest;
}

extern "C" __global__ void uniform(T* out, Index size, Index seed, Index stream, T largest) {
  const Index blocks = (size + 1) / 2;
  for (Index block = threadPosition(); block < blocks; block += threadCount()) {
    const Words words = philox(block, stream, seed);
    out[2 * block] = uniform53(words.w[0], words.w[1], largest);
    if (2 * block + 1 < size) out[2 * block + 1] = uniform53(words.w[2], words.w[3], largest);
  }
}
