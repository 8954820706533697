export { type DecodedSafetensors, decodeSafetensors } from './decode.ts';
export { encodeSafetensors } from './encode.ts';
export { readBytes, readFile, writeFileAtomically } from './file.ts';
export { downloadTensor, type HostTensor, requireTensor } from './host-tensor.ts';
export { decodeModelFile, encodeModelFile, type ModelContent, type ModelFormat } from './model-file.ts';
