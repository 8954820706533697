import type { Backend } from '../../backend.ts';
import { OptionError } from '../../errors/index.ts';
import { checkObject } from '../../options/checks.ts';
import { bindInputs } from '../bindings.ts';
import type { Tensors } from '../tensors.ts';

export function elementwise<B>(t: Tensors<B>): Pick<Backend, 'map'> {
  return {
    map(expression, inputs, options = {}) {
      const { out } = checkObject('map', options);
      const bound = bindInputs('map', expression, inputs, (tensor) => t.view(t.own('map', tensor)));
      const { shape, rows, columns, kinds } = bound.plan;
      if (out && bound.tensors.some((tensor, index) => tensor === out && kinds[index] !== 'full')) {
        throw new OptionError('out', 'map: `out` may only be an input that has the full shape.');
      }
      return t.into('map', out, shape, bound.dtype, [], (result) =>
        t.engine.map(expression, bound.inputs, { ...result, rows, columns }),
      );
    },
  };
}
