import type { LibraryName } from './libraries.ts';

/** CUresult values with a meaning of their own here. */
export const CUDA = { success: 0, outOfMemory: 2, noDevice: 100, notReady: 600 } as const;

/** Statuses as the headers of the libraries name them. */
export const statusNames: Readonly<Record<LibraryName, Readonly<Record<number, string>>>> = {
  driver: {
    1: 'CUDA_ERROR_INVALID_VALUE',
    2: 'CUDA_ERROR_OUT_OF_MEMORY',
    3: 'CUDA_ERROR_NOT_INITIALIZED',
    4: 'CUDA_ERROR_DEINITIALIZED',
    34: 'CUDA_ERROR_STUB_LIBRARY',
    36: 'CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER',
    46: 'CUDA_ERROR_DEVICE_UNAVAILABLE',
    100: 'CUDA_ERROR_NO_DEVICE',
    101: 'CUDA_ERROR_INVALID_DEVICE',
    200: 'CUDA_ERROR_INVALID_IMAGE',
    201: 'CUDA_ERROR_INVALID_CONTEXT',
    209: 'CUDA_ERROR_NO_BINARY_FOR_GPU',
    214: 'CUDA_ERROR_ECC_UNCORRECTABLE',
    218: 'CUDA_ERROR_INVALID_PTX',
    220: 'CUDA_ERROR_NVLINK_UNCORRECTABLE',
    221: 'CUDA_ERROR_JIT_COMPILER_NOT_FOUND',
    222: 'CUDA_ERROR_UNSUPPORTED_PTX_VERSION',
    226: 'CUDA_ERROR_CONTAINED',
    304: 'CUDA_ERROR_OPERATING_SYSTEM',
    400: 'CUDA_ERROR_INVALID_HANDLE',
    401: 'CUDA_ERROR_ILLEGAL_STATE',
    500: 'CUDA_ERROR_NOT_FOUND',
    600: 'CUDA_ERROR_NOT_READY',
    700: 'CUDA_ERROR_ILLEGAL_ADDRESS',
    701: 'CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES',
    702: 'CUDA_ERROR_LAUNCH_TIMEOUT',
    709: 'CUDA_ERROR_CONTEXT_IS_DESTROYED',
    710: 'CUDA_ERROR_ASSERT',
    714: 'CUDA_ERROR_HARDWARE_STACK_ERROR',
    715: 'CUDA_ERROR_ILLEGAL_INSTRUCTION',
    716: 'CUDA_ERROR_MISALIGNED_ADDRESS',
    717: 'CUDA_ERROR_INVALID_ADDRESS_SPACE',
    718: 'CUDA_ERROR_INVALID_PC',
    719: 'CUDA_ERROR_LAUNCH_FAILED',
    800: 'CUDA_ERROR_NOT_PERMITTED',
    801: 'CUDA_ERROR_NOT_SUPPORTED',
    802: 'CUDA_ERROR_SYSTEM_NOT_READY',
    803: 'CUDA_ERROR_SYSTEM_DRIVER_MISMATCH',
    804: 'CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE',
    999: 'CUDA_ERROR_UNKNOWN',
  },
  blas: {
    1: 'CUBLAS_STATUS_NOT_INITIALIZED',
    3: 'CUBLAS_STATUS_ALLOC_FAILED',
    7: 'CUBLAS_STATUS_INVALID_VALUE',
    8: 'CUBLAS_STATUS_ARCH_MISMATCH',
    11: 'CUBLAS_STATUS_MAPPING_ERROR',
    13: 'CUBLAS_STATUS_EXECUTION_FAILED',
    14: 'CUBLAS_STATUS_INTERNAL_ERROR',
    15: 'CUBLAS_STATUS_NOT_SUPPORTED',
    16: 'CUBLAS_STATUS_LICENSE_ERROR',
  },
  solver: {
    1: 'CUSOLVER_STATUS_NOT_INITIALIZED',
    2: 'CUSOLVER_STATUS_ALLOC_FAILED',
    3: 'CUSOLVER_STATUS_INVALID_VALUE',
    4: 'CUSOLVER_STATUS_ARCH_MISMATCH',
    5: 'CUSOLVER_STATUS_MAPPING_ERROR',
    6: 'CUSOLVER_STATUS_EXECUTION_FAILED',
    7: 'CUSOLVER_STATUS_INTERNAL_ERROR',
    8: 'CUSOLVER_STATUS_MATRIX_TYPE_NOT_SUPPORTED',
    9: 'CUSOLVER_STATUS_NOT_SUPPORTED',
    31: 'CUSOLVER_STATUS_INVALID_WORKSPACE',
  },
  compiler: {
    1: 'NVRTC_ERROR_OUT_OF_MEMORY',
    2: 'NVRTC_ERROR_PROGRAM_CREATION_FAILURE',
    3: 'NVRTC_ERROR_INVALID_INPUT',
    4: 'NVRTC_ERROR_INVALID_PROGRAM',
    5: 'NVRTC_ERROR_INVALID_OPTION',
    6: 'NVRTC_ERROR_COMPILATION',
    7: 'NVRTC_ERROR_BUILTIN_OPERATION_FAILURE',
    11: 'NVRTC_ERROR_INTERNAL_ERROR',
  },
};

const titles: Readonly<Record<LibraryName, string>> = {
  driver: 'CUDA driver',
  blas: 'cuBLAS',
  solver: 'cuSOLVER',
  compiler: 'NVRTC',
};

/** A status as its library's header names it. */
export function statusName(library: LibraryName, status: number): string {
  return statusNames[library][status] ?? `status ${status} of ${titles[library]}`;
}

/** Whether a status says that a library found no device memory. */
export function saysOutOfMemory(library: LibraryName, status: number): boolean {
  return status === { driver: 2, blas: 3, solver: 2, compiler: -1 }[library];
}

/**
 * What libraries say where the driver found no memory for the module of a kernel that they need for the first
 * time: that, or something else.
 */
const perhapsOutOfMemory: Readonly<Record<LibraryName, readonly number[]>> = {
  driver: [],
  blas: [1, 13, 14],
  solver: [1, 6, 7],
  compiler: [],
};

/** Whether a status may mean that there is no device memory, where there is little. */
export function mayMeanOutOfMemory(library: LibraryName, status: number): boolean {
  return perhapsOutOfMemory[library].includes(status);
}

const fatal = new Set([4, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719]);

/**
 * Whether the device's context is lost with this status: every later call on this device in this process
 * would fail too.
 */
export function losesContext(library: LibraryName, status: number): boolean {
  return library === 'driver' && fatal.has(status);
}
