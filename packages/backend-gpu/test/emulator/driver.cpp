// libcuda on the CPU: what @agop/backend-gpu calls of it. Work is done when it is queued, but events take a few questions to
// arrive. Memory is filled with NaN, has margins that are checked, and is limited.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <map>
#include <string>

typedef unsigned long long Address;

namespace {

const int deviceCount = 2;
const size_t margin = 256;

struct Allocation {
  size_t bytes;
  int device;
};
struct Context {
  int device, references;
};
struct Stream {
  Context* context;
};
struct Event {
  int questions;
};
struct Module {
  void* library;
};

Context contexts[deviceCount];
thread_local Context* current;
std::map<Address, Allocation> allocations;
size_t usedBytes[deviceCount];
int brokenMargins;
unsigned launches;
size_t totalBytes = (size_t)1 << 29;

bool isValid(Address begin, size_t bytes) {
  auto next = allocations.upper_bound(begin);
  if (next == allocations.begin()) return false;
  const auto& [address, allocation] = *--next;
  return current && allocation.device == current->device && begin + bytes <= address + allocation.bytes;
}

int allocate(Address* out, size_t bytes) {
  if (!current) return 201;
  if (bytes == 0) return 1;
  size_t& used = usedBytes[current->device];
  if (used + bytes > totalBytes) return 2;
  char* memory = (char*)aligned_alloc(256, margin + (bytes + 255) / 256 * 256 + margin);
  memset(memory, 0xff, margin + bytes + margin);
  used += bytes;
  *out = (Address)(memory + margin);
  allocations[*out] = {bytes, current->device};
  return 0;
}

int release(Address address) {
  const auto found = allocations.find(address);
  if (!current || found == allocations.end() || found->second.device != current->device) return 1;
  const unsigned char* memory = (const unsigned char*)address;
  for (size_t i = 0; i < margin; i++) {
    if (memory[-1 - (long)i] != 0xff || memory[found->second.bytes + i] != 0xff) {
      brokenMargins++;
      break;
    }
  }
  usedBytes[found->second.device] -= found->second.bytes;
  memset((void*)address, 0xff, found->second.bytes);
  free((char*)address - margin);
  allocations.erase(found);
  return 0;
}

bool isCurrent(Stream* stream) { return current && stream && stream->context == current; }

}  // namespace

extern "C" {

/** For tests: the memory of each device, allocations that are alive, and margins that were written to. */
void emulatorSetMemory(size_t bytes) { totalBytes = bytes; }
int emulatorAllocations() { return (int)allocations.size(); }
int emulatorBrokenMargins() { return brokenMargins; }

int cuInit(unsigned) { return 0; }
int cuDriverGetVersion(int* version) { return *version = 13000, 0; }
int cuDeviceGetCount(int* count) { return *count = deviceCount, 0; }
int cuDeviceGet(int* device, int ordinal) { return *device = ordinal, ordinal >= 0 && ordinal < deviceCount ? 0 : 101; }
int cuDeviceGetName(char* name, int length, int device) {
  snprintf(name, length, "Emulated device %d", device);
  return 0;
}
int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = totalBytes, 0; }
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  switch (attribute) {
    case 16: *value = 3; break;               // multiprocessors
    case 38: *value = 200000; break;          // second-level cache: small, so that matrices need several blocks
    case 75: *value = device == 0 ? 9 : 8; break; // compute capabilities 9.0 and 8.9
    case 76: *value = device == 0 ? 0 : 9; break;
    case 87: *value = device == 0 ? 2 : 64; break;
    case 115: *value = device == 0; break;    // the second device has no memory pools
    default: return 1;
  }
  return 0;
}
int cuDevicePrimaryCtxRetain(void** context, int device) {
  contexts[device].device = device;
  contexts[device].references++;
  *context = &contexts[device];
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int device) { return --contexts[device].references >= 0 ? 0 : 201; }
int cuCtxSetCurrent(Context* context) {
  current = context;
  return 0;
}
int cuDeviceGetDefaultMemPool(void** pool, int device) { return *pool = &usedBytes[device], 0; }
int cuMemPoolTrimTo(void*, size_t) { return 0; }
int cuMemGetInfo_v2(size_t* freeBytes, size_t* total) {
  if (!current) return 201;
  *total = totalBytes;
  *freeBytes = *total - usedBytes[current->device];
  return 0;
}
int cuMemAlloc_v2(Address* out, size_t bytes) { return allocate(out, bytes); }
int cuMemFree_v2(Address address) { return release(address); }
int cuMemAllocAsync(Address* out, size_t bytes, Stream* stream) { return isCurrent(stream) ? allocate(out, bytes) : 400; }
int cuMemFreeAsync(Address address, Stream* stream) { return isCurrent(stream) ? release(address) : 400; }
int cuMemHostAlloc(void** out, size_t bytes, unsigned) { return *out = malloc(bytes), 0; }
int cuMemFreeHost(void* memory) { return free(memory), 0; }
int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, Stream* stream) {
  if (!isCurrent(stream)) return 400;
  if (!isValid(to, bytes)) return 1;
  memcpy((void*)to, from, bytes);
  return 0;
}
int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, Stream* stream) {
  if (!isCurrent(stream)) return 400;
  if (!isValid(from, bytes)) return 1;
  memcpy(to, (const void*)from, bytes);
  return 0;
}
int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream* stream) {
  if (!isCurrent(stream)) return 400;
  if (!isValid(from, bytes) || !isValid(to, bytes)) return 1;
  memmove((void*)to, (const void*)from, bytes);
  return 0;
}
int cuStreamCreate(Stream** stream, unsigned) { return *stream = new Stream{current}, current ? 0 : 201; }
int cuStreamSynchronize(Stream* stream) { return isCurrent(stream) ? 0 : 400; }
int cuStreamDestroy_v2(Stream* stream) { return delete stream, 0; }
int cuEventCreate(Event** event, unsigned) { return *event = new Event{0}, 0; }
int cuEventRecord(Event* event, Stream* stream) { return event->questions = 3, isCurrent(stream) ? 0 : 400; }
int cuEventQuery(Event* event) { return event->questions-- > 0 ? 600 : 0; }
int cuEventSynchronize(Event* event) { return event->questions = 0; }
int cuEventElapsedTime(float* milliseconds, Event*, Event*) { return *milliseconds = 1.5f, 0; }
int cuEventDestroy_v2(Event* event) { return delete event, 0; }

/** An image is "AGOPEMUL", its length, and a shared library. */
int cuModuleLoadData(Module** module, const char* image) {
  if (memcmp(image, "AGOPEMUL", 8) != 0) return 200;
  size_t length;
  memcpy(&length, image + 8, 8);
  char path[] = "/tmp/agop-emulated-XXXXXX";
  const int file = mkstemp(path);
  const bool isWritten = file >= 0 && write(file, image + 16, length) == (ssize_t)length;
  close(file);
  void* library = isWritten ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (!library) fprintf(stderr, "%s\n", dlerror());
  unlink(path);
  if (!library) return 200;
  *module = new Module{library};
  return 0;
}
int cuModuleUnload(Module* module) { return dlclose(module->library), delete module, 0; }
int cuModuleGetFunction(void** function, Module* module, const char* name) {
  *function = dlsym(module->library, (std::string("launch_") + name).c_str());
  return *function ? 0 : 500;
}
int cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned, Stream* stream, void** values, void**) {
  if (!isCurrent(stream)) return 400;
  const unsigned sizes[] = {gridX, gridY, gridZ, blockX, blockY, blockZ};
  for (unsigned size : sizes) {
    if (size == 0) return 1;
  }
  if (gridX > 0x7fffffff || gridY > 65535 || gridZ > 65535 || blockX * blockY * blockZ > 1024) return 1;
  ((void (*)(void**, const unsigned*, bool))function)(values, sizes, ++launches % 2 == 0);
  return 0;
}

}  // extern "C"
