/** A fit on WebGPU in a Web Worker, beside one on the CPU; what failed as its message. */
import { createCpuBackend } from '@agop/backend-cpu';
import { createWebGpuBackend } from '@agop/backend-webgpu';
import { smallFit } from './small-fit.ts';

try {
  using gpu = await createWebGpuBackend();
  using cpu = await createCpuBackend({ threads: 1 });
  const [device, processor] = [await smallFit({ backend: gpu }), await smallFit({ backend: cpu })];
  const tensors = gpu.memory().tensors;
  postMessage({ device, processor, tensors });
} catch (error) {
  postMessage({ failure: String(error) });
}
