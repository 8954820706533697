export { kernels } from './kernels/built-in.ts';
export type { KernelParameter } from './kernels/define.ts';
export type { Kernel } from './kernels/kernel.ts';
export { type Preset, presets } from './loop/presets.ts';
