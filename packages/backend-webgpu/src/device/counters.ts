/** What a backend has asked of its device since it was made, or since the counters were last reset. */
export interface Counters {
  /** Kernels that were started. */
  dispatches: number;
  /** Passes in which they were. */
  passes: number;
  /** Command buffers that were submitted. */
  submissions: number;
  /** Bytes that kernels read or write: those that their operands occupy, once each, twice where updated. */
  kernelBytes: number;
  /** Bytes copied within the device. */
  copiedBytes: number;
  /** Bytes from the host. */
  uploadedBytes: number;
  /** Bytes to the host. */
  downloadedBytes: number;
  /** Pipelines that were compiled. */
  pipelines: number;
}

export function newCounters(): Counters {
  return {
    dispatches: 0,
    passes: 0,
    submissions: 0,
    kernelBytes: 0,
    copiedBytes: 0,
    uploadedBytes: 0,
    downloadedBytes: 0,
    pipelines: 0,
  };
}
