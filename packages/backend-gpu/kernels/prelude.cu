// Before every source: `Index` for sizes and positions, and the position of a thread among all of a launch. The element type
// `T` is a typedef that the host puts before this. Everything is compiled without contraction to fused multiply-add; where
// one is wanted it is written out.

typedef long long Index;

__device__ inline Index threadPosition() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ inline Index threadCount() { return (Index)gridDim.x * blockDim.x; }
