import type { Backend, PatchOptions, Tensor, WindowOptions } from '../../backend.ts';
import { ShapeError } from '../../errors/index.ts';
import { checkObject, checkPositive, checkWhole } from '../../options/checks.ts';
import { bindInputs } from '../bindings.ts';
import { rowsOf } from '../broadcast.ts';
import { checkFloat, checkSameDType, describe } from '../checks.ts';
import type { PatchGeometry, WindowGeometry } from '../engine.ts';
import type { Tensors } from '../tensors.ts';

export function geometry<B>(
  t: Tensors<B>,
): Pick<Backend, 'pairwise' | 'powerDistances' | 'powerDistanceGradients' | 'patches' | 'windowSums'> {
  const { engine } = t;
  return {
    pairwise(x, z, expression, options = {}) {
      const [left, right] = t.points('pairwise', x, z);
      const { inputs = {}, symmetric = false, out } = checkObject('pairwise', options);
      const shape = [left.rows, right.rows];
      if (symmetric && left.rows !== right.rows) {
        throw new ShapeError(`pairwise: [${shape.join(', ')}] cannot be symmetric.`);
      }
      const view = (tensor: Tensor) => t.view(t.own('pairwise', tensor));
      const given = { given: 'u', shape, dtype: x.dtype };
      const bound = bindInputs('pairwise', expression, inputs, view, given);
      return t.into('pairwise', out, shape, x.dtype, [x, z, ...bound.tensors], (result) =>
        engine.pairwise(left, right, expression, bound.inputs, symmetric, result),
      );
    },

    powerDistances(x, z, p) {
      const [left, right] = t.points('powerDistances', x, z);
      checkPositive('p', p);
      return t.make([left.rows, right.rows], x.dtype, (out) => engine.powerDistances(left, right, p, out));
    },

    powerDistanceGradients(weights, x, z, p) {
      const name = 'powerDistanceGradients';
      const [left, right] = t.points(name, x, z);
      const w = t.floats(name, weights);
      checkPositive('p', p);
      checkSameDType(name, [weights, x]);
      if (w.rows !== left.rows || w.columns !== right.rows) {
        throw new ShapeError(
          `${name}: weights must be [${left.rows}, ${right.rows}], but is ${describe(weights)}.`,
        );
      }
      return t.make(x.shape, x.dtype, (out) => engine.powerDistanceGradients(w, left, right, p, out));
    },

    patches(images, options) {
      const source = t.flat('patches', images);
      checkFloat('patches', images);
      const sizes = patchGeometry(images, options);
      const rows = sizes.images * sizes.outHeight * sizes.outWidth;
      const columns = sizes.size * sizes.size * sizes.channels;
      return t.make([rows, columns], images.dtype, (out) => engine.patches(source, sizes, out));
    },

    windowSums(a, options) {
      const source = t.floats('windowSums', a);
      const sizes = windowGeometry(a, options);
      const rows = sizes.outHeight * sizes.outWidth * sizes.rowsPerPoint;
      return t.into('windowSums', options.out, [rows, source.columns], a.dtype, [a], (out) =>
        engine.windowSums(source, sizes, out),
      );
    },
  };
}

function patchGeometry(images: Tensor, options: PatchOptions): PatchGeometry {
  const { size, stride = 1, padding = 0 } = checkObject('patches', options);
  const [n = 0, height = 0, width = 0, channels = 0] = images.shape;
  if (images.shape.length !== 4) {
    throw new ShapeError(
      `patches: expects images [n, height, width, channels], but is given ${describe(images)}.`,
    );
  }
  checkWhole('size', size, 1);
  checkWhole('stride', stride, 1);
  checkWhole('padding', padding, 0);
  if (height + 2 * padding < size || width + 2 * padding < size) {
    throw new ShapeError(`patches: patches of ${size} x ${size} do not fit into ${describe(images)}.`);
  }
  return {
    images: n,
    height,
    width,
    channels,
    size,
    stride,
    padding,
    outHeight: Math.floor((height + 2 * padding - size) / stride) + 1,
    outWidth: Math.floor((width + 2 * padding - size) / stride) + 1,
  };
}

function windowGeometry(a: Tensor, options: WindowOptions): WindowGeometry {
  const { height, width, size, padding = 0 } = checkObject('windowSums', options);
  for (const [option, value] of Object.entries({ height, width, size })) checkWhole(option, value, 1);
  checkWhole('padding', padding, 0);
  const rowsPerPoint = rowsOf(a.shape) / (height * width);
  if (!Number.isInteger(rowsPerPoint)) {
    throw new ShapeError(
      `windowSums: the rows of ${describe(a)} are no multiple of the ${height} x ${width} points of the grid.`,
    );
  }
  if (height + 2 * padding < size || width + 2 * padding < size) {
    throw new ShapeError(
      `windowSums: windows of ${size} x ${size} do not fit into a grid of ${height} x ${width}${padding ? ` with ${padding} around it` : ''}.`,
    );
  }
  const around = 2 * padding - size + 1;
  return {
    height,
    width,
    size,
    padding,
    rowsPerPoint,
    outHeight: height + around,
    outWidth: width + around,
  };
}
