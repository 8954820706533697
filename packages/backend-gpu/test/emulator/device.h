// CUDA C++ on the CPU, for kernels that use shared memory and __syncthreads and no other means of working together. Included
// before each kernel source. Blocks run one after the other; the threads of a block are fibers if the source has barriers.
#pragma once
#include <setjmp.h>
#include <ucontext.h>

// Declared by hand: the headers would take most of the time to compile a kernel.
extern "C" {
void* malloc(size_t) noexcept;
void* realloc(void*, size_t) noexcept;
void* memcpy(void*, const void*, size_t) noexcept;
#define FUNCTION(name)          \
  double name(double) noexcept; \
  float name##f(float) noexcept;
FUNCTION(sqrt)
FUNCTION(exp)
FUNCTION(log)
FUNCTION(sin)
FUNCTION(cos)
FUNCTION(tanh)
FUNCTION(acos)
FUNCTION(fabs)
double pow(double, double) noexcept;
float powf(float, float) noexcept;
}

template <size_t... I>
struct Indices {};

#define __global__
#define __device__
#define __shared__ static
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(threads)

struct Position {
  unsigned x, y, z;
};
static Position threadIdx, blockIdx, blockDim, gridDim;

static inline double __longlong_as_double(long long bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline unsigned __float_as_uint(float value) {
  unsigned bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float __uint_as_float(unsigned bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

struct Fiber {
  ucontext_t start;
  jmp_buf point;
  Position position;
  bool hasStarted, isDone;
  char* stack;
};

static const size_t stackBytes = 1 << 16;
static Fiber* fibers;
static unsigned fiberCount;
static Fiber* running;
static jmp_buf scheduler;
static ucontext_t schedulerContext;
static void (*kernelOfLaunch)(void**);
static void** valuesOfLaunch;

/** Back to the scheduler, which goes on when all threads of the block are here or done. */
static inline void __syncthreads() {
  if (_setjmp(running->point) == 0) _longjmp(scheduler, 1);
  threadIdx = running->position;
}

static void runFiber() {
  threadIdx = running->position;
  kernelOfLaunch(valuesOfLaunch);
  running->isDone = true;
  _longjmp(scheduler, 1);
}

static void prepareFibers(unsigned count) {
  if (count > fiberCount) {
    fibers = (Fiber*)realloc(fibers, count * sizeof(Fiber));
    for (unsigned i = fiberCount; i < count; i++) fibers[i].stack = (char*)malloc(stackBytes);
    fiberCount = count;
  }
}

/** Runs each fiber up to its next barrier, forwards or backwards: what depends on the order is a race. */
static void runBlockWithBarriers(unsigned count, bool backwards) {
  for (volatile bool isActive = true; isActive;) {
    isActive = false;
    for (volatile unsigned step = 0; step < count; step = step + 1) {
      running = &fibers[backwards ? count - 1 - step : step];
      if (running->isDone) continue;
      if (_setjmp(scheduler) == 0) {
        if (running->hasStarted) _longjmp(running->point, 1);
        running->hasStarted = true;
        getcontext(&running->start);
        running->start.uc_stack.ss_sp = running->stack;
        running->start.uc_stack.ss_size = stackBytes;
        running->start.uc_link = nullptr;
        makecontext(&running->start, runFiber, 0);
        setcontext(&running->start);
      }
      if (!running->isDone) isActive = true;
    }
  }
}

template <class... A, size_t... I>
static void callWith(void (*kernel)(A...), void** values, Indices<I...>) {
  kernel(*(A*)values[I]...);
}

template <class... A>
static void call(void (*kernel)(A...), void** values) {
  callWith(kernel, values, Indices<__integer_pack(sizeof...(A))...>());
}

static void launchKernel(void (*kernel)(void**), void** values, const unsigned* sizes, bool hasBarriers, bool backwards) {
  gridDim = {sizes[0], sizes[1], sizes[2]};
  blockDim = {sizes[3], sizes[4], sizes[5]};
  kernelOfLaunch = kernel;
  valuesOfLaunch = values;
  const unsigned count = blockDim.x * blockDim.y * blockDim.z;
  if (hasBarriers) prepareFibers(count);
  for (unsigned y = 0; y < gridDim.y; y++) {
    for (unsigned x = 0; x < gridDim.x; x++) {
      blockIdx = {x, y, 0};
      for (unsigned i = 0; i < count; i++) {
        const unsigned t = backwards ? count - 1 - i : i;
        const Position position = {t % blockDim.x, t / blockDim.x, 0};
        if (hasBarriers) {
          fibers[t].position = position;
          fibers[t].hasStarted = fibers[t].isDone = false;
        } else {
          threadIdx = position;
          kernel(values);
        }
      }
      if (hasBarriers) runBlockWithBarriers(count, backwards);
    }
  }
}

/** The entry that the emulated driver looks for. */
#define EMULATED(name, hasBarriers)                                                                     \
  static void call_##name(void** values) { call(&name, values); }                                       \
  extern "C" void launch_##name(void** values, const unsigned* sizes, bool backwards) {                 \
    launchKernel(call_##name, values, sizes, hasBarriers, backwards);                                   \
  }
