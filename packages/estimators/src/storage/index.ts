export { type DecodedSafetensors, decodeSafetensors } from './decode.ts';
export { encodeSafetensors } from './encode.ts';
export { type ModelSource, readBytes, readFile, writeFileAtomically } from './file.ts';
export {
  downloadTensor,
  downloadTensors,
  type HostTensor,
  requireTensor,
  restoreTensors,
} from './host-tensor.ts';
export { namesTwice } from './json.ts';
