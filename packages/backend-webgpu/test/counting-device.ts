/**
 * A device that computes nothing: whatever is read is 0. What is asked of it is counted by the backend as on
 * any other, so that work can be counted that no software adapter would end.
 */
export function countingDevice(bindingBytes = 2 ** 31): object {
  const limits = {
    maxBufferSize: 2 ** 32,
    maxStorageBufferBindingSize: bindingBytes,
    maxStorageBuffersPerShaderStage: 8,
    minStorageBufferOffsetAlignment: 256,
    minUniformBufferOffsetAlignment: 256,
  };
  const nothing = (): object => ({});
  const none = async (): Promise<null> => null;
  return {
    limits,
    features: new Set<string>(),
    lost: new Promise(() => {}),
    queue: { writeBuffer() {}, submit() {} },
    createBuffer: () => ({
      destroy() {},
      unmap() {},
      mapAsync: none,
      getMappedRange: (_: number, bytes: number) => new ArrayBuffer(bytes),
    }),
    createBindGroupLayout: nothing,
    createPipelineLayout: nothing,
    createShaderModule: nothing,
    createComputePipelineAsync: async () => ({}),
    createBindGroup: nothing,
    createCommandEncoder: () => ({
      beginComputePass: () => ({ setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} }),
      copyBufferToBuffer() {},
      finish: nothing,
    }),
    pushErrorScope() {},
    popErrorScope: none,
    destroy() {},
  };
}
