// Numbers that the specification of WebGPU fixes. Browsers have them as globals, Node has not.

/** GPUBufferUsage */
export const usage = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  uniform: 0x40,
  storage: 0x80,
  queryResolve: 0x200,
} as const;

/** GPUMapMode.READ */
export const mapRead = 0x1;

/** GPUShaderStage.COMPUTE */
export const computeStage = 0x4;

/** Bytes of an element of float32 and of int32, the only ones. */
export const elementBytes = 4;
