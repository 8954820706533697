import type { Backend } from '../../backend.ts';
import { checkObject } from '../../options/checks.ts';
import { checkLength, checkShape } from '../checks.ts';
import { indexRange } from '../index-range.ts';
import type { Tensors } from '../tensors.ts';

export function make<B>(t: Tensors<B>): Pick<Backend, 'tensor' | 'full' | 'identity' | 'random'> {
  const { engine } = t;
  return {
    tensor(data, shape, dtype) {
      checkShape('tensor', shape);
      checkLength('tensor', data.length, shape);
      const made = t.make(shape, dtype, (out) => engine.write(out.buffer, data, dtype));
      if (dtype === 'int32') made.indexRange = indexRange(data);
      return made;
    },

    full(shape, value, dtype) {
      checkShape('full', shape);
      return t.make(shape, dtype, (out) => engine.fill(out, value));
    },

    identity(n, dtype) {
      checkShape('identity', [n, n]);
      return t.make([n, n], dtype, (out) => engine.identity(out));
    },

    random(shape, distribution, key, dtype) {
      checkShape('random', shape);
      checkObject('random', key);
      return t.make(shape, dtype, (out) => engine.random(out, distribution, key));
    },
  };
}
