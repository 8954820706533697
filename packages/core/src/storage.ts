export { type DecodedSafetensors, decodeSafetensors } from './storage/decode.ts';
export { encodeSafetensors } from './storage/encode.ts';
export { readBytes, readFile, writeFileAtomically } from './storage/file.ts';
export { downloadTensor, type HostTensor, requireTensor } from './storage/host-tensor.ts';
export {
  decodeModelFile,
  encodeModelFile,
  type ModelContent,
  type ModelFormat,
} from './storage/model-file.ts';
