export { toHostMatrix, toHostVector } from './host-matrix.ts';
export type {
  ArrowLikeTable,
  ArrowLikeVector,
  HostMatrix,
  MatrixInput,
  NumericArray,
  OutputLike,
  SameTensor,
  ShapedArray,
  TfTensorLike,
} from './matrix-input.ts';
export { outputLike } from './output-like.ts';
export { isTfTensor } from './recognize.ts';
export { toTfTensor } from './tf-tensor.ts';
