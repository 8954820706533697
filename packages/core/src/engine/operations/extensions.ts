import type { Backend, Extension, ExtensionKey, Tensor } from '../../backend.ts';
import { ShapeError } from '../../errors/index.ts';
import type { Matrix } from '../../matrix.ts';
import { checkObject } from '../../options/checks.ts';
import { checkSameDType } from '../checks.ts';
import type { ExtensionKernel } from '../engine.ts';
import type { Tensors } from '../tensors.ts';

export function extensions<B>(t: Tensors<B>): Pick<Backend, 'extension'> {
  return {
    extension<Operands extends readonly Tensor[], Options, Parameters>(
      key: ExtensionKey<Operands, Options, Parameters>,
    ): Extension<Operands, Options> | undefined {
      const { name } = checkObject('extension', key);
      type Kernel = ExtensionKernel<readonly Matrix<B>[], Parameters, B>;
      // Key and kernel come from packages that do not know each other: their common name stands for their
      // types.
      const kernel = t.engine.extensions?.[name] as Kernel | undefined;
      if (!kernel) return undefined;
      return (operands, options) => {
        const matrices = operands.map((operand) => t.floats(name, operand));
        const [first] = operands;
        if (!first) throw new ShapeError(`${name}: give at least one matrix.`);
        checkSameDType(name, operands);
        const { shape, parameters } = key.prepare(operands, options);
        return t.make(shape, first.dtype, (out) => kernel(matrices, parameters, out));
      };
    },
  };
}
