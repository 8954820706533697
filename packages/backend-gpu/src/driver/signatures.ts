/** What a caller passes for each kind of parameter of the C functions that are called. */
interface ParameterTypes {
  /** int, or an enumeration. */
  i32: number;
  /** unsigned int */
  u32: number;
  /** int64_t, long long */
  i64: number;
  /** size_t */
  size: number;
  /** An address on the device or a handle, as the integer that the library gave; 0 is null. */
  address: number;
  /**
   * Memory of the host: an array, an address that the driver gave, or null. An array may only be used until
   * the call returns.
   */
  host: ArrayBufferView | number | null;
  /** const char *, UTF-8 */
  text: string;
  /** const char * const * */
  texts: readonly string[];
}

export type ParameterKind = keyof ParameterTypes;
export type Signature = readonly ParameterKind[];
type Signatures = Readonly<Record<string, Signature>>;
type Arguments<S extends Signature> = { -readonly [I in keyof S]: ParameterTypes[S[I]] };

/** The functions that a table describes. Each returns its library's status: 0 for success. */
export type Functions<S extends Signatures> = {
  readonly [Name in keyof S]: (...args: Arguments<S[Name]>) => number;
};

/** Names that a function with the same parameters has in other versions of its library. */
export const alternativeSymbols: Readonly<Record<string, readonly string[]>> = {
  cuEventElapsedTime: ['cuEventElapsedTime_v2'],
  cuDevicePrimaryCtxRelease_v2: ['cuDevicePrimaryCtxRelease'],
};

/** The CUDA driver, `libcuda`, by symbol. Source: cuda.h of CUDA 12 and 13. */
export const driverSignatures = {
  cuInit: ['u32'],
  cuDriverGetVersion: ['host'],
  cuDeviceGetCount: ['host'],
  cuDeviceGet: ['host', 'i32'],
  cuDeviceGetName: ['host', 'i32', 'i32'],
  cuDeviceTotalMem_v2: ['host', 'i32'],
  cuDeviceGetAttribute: ['host', 'i32', 'i32'],
  cuDevicePrimaryCtxRetain: ['host', 'i32'],
  cuDevicePrimaryCtxRelease_v2: ['i32'],
  cuCtxSetCurrent: ['address'],
  cuDeviceGetDefaultMemPool: ['host', 'i32'],
  cuMemPoolTrimTo: ['address', 'size'],
  cuMemGetInfo_v2: ['host', 'host'],
  cuMemAlloc_v2: ['host', 'size'],
  cuMemFree_v2: ['address'],
  cuMemAllocAsync: ['host', 'size', 'address'],
  cuMemFreeAsync: ['address', 'address'],
  cuMemHostAlloc: ['host', 'size', 'u32'],
  cuMemFreeHost: ['host'],
  cuMemcpyHtoDAsync_v2: ['address', 'host', 'size', 'address'],
  cuMemcpyDtoHAsync_v2: ['host', 'address', 'size', 'address'],
  cuMemcpyDtoDAsync_v2: ['address', 'address', 'size', 'address'],
  cuStreamCreate: ['host', 'u32'],
  cuStreamSynchronize: ['address'],
  cuStreamDestroy_v2: ['address'],
  cuEventCreate: ['host', 'u32'],
  cuEventRecord: ['address', 'address'],
  cuEventQuery: ['address'],
  cuEventSynchronize: ['address'],
  cuEventElapsedTime: ['host', 'address', 'address'],
  cuEventDestroy_v2: ['address'],
  cuModuleLoadData: ['host', 'host'],
  cuModuleUnload: ['address'],
  cuModuleGetFunction: ['host', 'address', 'text'],
  cuLaunchKernel: ['address', 'u32', 'u32', 'u32', 'u32', 'u32', 'u32', 'u32', 'address', 'host', 'host'],
} as const satisfies Signatures;

const gemm = ['i32', 'i32', 'i32', 'i32', 'i32', 'host', 'address', 'i32', 'address', 'i32', 'host'] as const;
const strided = [
  ...(['i32', 'i32', 'i32', 'i32', 'i32', 'host'] as const),
  ...(['address', 'i32', 'i64', 'address', 'i32', 'i64', 'host', 'address', 'i32', 'i64', 'i32'] as const),
] as const;
const syrk = ['i32', 'i32', 'i32', 'i32', 'host', 'address', 'i32', 'host', 'address', 'i32'] as const;
const trsm = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'host', 'address', 'i32', 'address', 'i32'] as const;

/** cuBLAS, by symbol. Matrices are column-major. Source: cublas_api.h of CUDA 12 and 13. */
export const blasSignatures = {
  cublasCreate_v2: ['host'],
  cublasDestroy_v2: ['address'],
  cublasGetVersion_v2: ['address', 'host'],
  cublasSetStream_v2: ['address', 'address'],
  cublasSetWorkspace_v2: ['address', 'address', 'size'],
  cublasSetMathMode: ['address', 'i32'],
  cublasSgemm_v2: ['address', ...gemm, 'address', 'i32'],
  cublasDgemm_v2: ['address', ...gemm, 'address', 'i32'],
  cublasSgemmStridedBatched: ['address', ...strided],
  cublasDgemmStridedBatched: ['address', ...strided],
  cublasSsyrk_v2: ['address', ...syrk],
  cublasDsyrk_v2: ['address', ...syrk],
  cublasStrsm_v2: ['address', ...trsm],
  cublasDtrsm_v2: ['address', ...trsm],
} as const satisfies Signatures;

/** cuSOLVER, by symbol. Source: cusolverDn.h of CUDA 12 and 13. */
export const solverSignatures = {
  cusolverGetVersion: ['host'],
  cusolverDnCreate: ['host'],
  cusolverDnDestroy: ['address'],
  cusolverDnSetStream: ['address', 'address'],
  cusolverDnCreateParams: ['host'],
  cusolverDnDestroyParams: ['address'],
  cusolverDnXpotrf_bufferSize: [
    ...(['address', 'address', 'i32', 'i64', 'i32', 'address', 'i64', 'i32', 'host', 'host'] as const),
  ],
  cusolverDnXpotrf: [
    ...(['address', 'address', 'i32', 'i64', 'i32', 'address', 'i64', 'i32'] as const),
    ...(['address', 'size', 'host', 'size', 'address'] as const),
  ],
  cusolverDnXsyevd_bufferSize: [
    ...([
      'address',
      'address',
      'i32',
      'i32',
      'i64',
      'i32',
      'address',
      'i64',
      'i32',
      'address',
      'i32',
    ] as const),
    ...(['host', 'host'] as const),
  ],
  cusolverDnXsyevd: [
    ...([
      'address',
      'address',
      'i32',
      'i32',
      'i64',
      'i32',
      'address',
      'i64',
      'i32',
      'address',
      'i32',
    ] as const),
    ...(['address', 'size', 'host', 'size', 'address'] as const),
  ],
} as const satisfies Signatures;

/** NVRTC, by symbol. Source: nvrtc.h of CUDA 12 and 13. */
export const compilerSignatures = {
  nvrtcVersion: ['host', 'host'],
  nvrtcGetNumSupportedArchs: ['host'],
  nvrtcGetSupportedArchs: ['host'],
  nvrtcCreateProgram: ['host', 'text', 'text', 'i32', 'host', 'host'],
  nvrtcDestroyProgram: ['host'],
  nvrtcCompileProgram: ['address', 'i32', 'texts'],
  nvrtcGetCUBINSize: ['address', 'host'],
  nvrtcGetCUBIN: ['address', 'host'],
  nvrtcGetPTXSize: ['address', 'host'],
  nvrtcGetPTX: ['address', 'host'],
  nvrtcGetProgramLogSize: ['address', 'host'],
  nvrtcGetProgramLog: ['address', 'host'],
} as const satisfies Signatures;
