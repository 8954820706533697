export { type DecodedSafetensors, decodeSafetensors } from './storage/decode.ts';
export { encodeSafetensors } from './storage/encode.ts';
export { readFile, writeFileAtomically } from './storage/file.ts';
export type { HostTensor } from './storage/host-tensor.ts';
