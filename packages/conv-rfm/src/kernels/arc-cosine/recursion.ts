import { type ExtensionKey, OptionError, ShapeError, type Tensor } from '@agop/core';
import { checkPositive, checkWhole } from '@agop/core/options';
import { type PositionGrid, positionsOf } from '../../images/geometry.ts';

/** Options of {@link arcCosineRecursion}. */
export interface ArcCosineRecursionOptions {
  /** Positions of each layer. That of a further layer follows from size and padding. */
  readonly grids: readonly PositionGrid[];
  /** Height and width of the windows between layers. */
  readonly size: number;
  /** Rows and columns of zeros around a grid before its windows are summed. Default 0. */
  readonly padding?: number;
  /** Factor of the inner products, positive: one over the number of channels. Default 1. */
  readonly scale?: number;
  /** Whether tangents are added (neural tangent kernel) or not (Gaussian process kernel). Default true. */
  readonly tangent?: boolean;
  /** X and Z are the same images: half of the result may be computed and mirrored. Default false. */
  readonly symmetric?: boolean;
}

/**
 * Kernels of infinitely wide convolutional networks with rectifiers, of all pairs of images, in one
 * operation, for backends that have it: [n, m] for patches X [n · P, d] and Z [m · P, d] as `Backend.patches`
 * orders them, P being the positions of the first layer. At each position of a pair with patches u and v
 *
 *   S = T = scale · u·v, variances scale · u·u and scale · v·v; per layer, with N the root of the product of
 *   the variances and c = S / N (set to ±1 within 16 ε of it): T ← T k0(c), S ← N k1(c), both 0 where N = 0;
 *   between layers S, T and the variances are summed over windows, and T ← T + S;
 *
 * the result is the mean over the positions of the last layer of S + T, or of S alone. k0 and k1 are those of
 * `Expression.arcCosine0` and `arcCosine1`. Elsewhere the same is composed of products, `map` and
 * `windowSums`.
 *
 * Source: Arora et al. 2019 (arXiv 1904.11955), section 4; Cho & Saul 2009 for k0 and k1.
 *
 * @throws {OptionError}
 * @throws {ShapeError}
 */
export const arcCosineRecursion: ExtensionKey<
  readonly [Tensor, Tensor],
  ArcCosineRecursionOptions,
  Required<ArcCosineRecursionOptions>
> = {
  name: 'arcCosineRecursion',
  prepare([x, z], options) {
    const { grids, size, padding = 0, scale = 1, tangent = true, symmetric = false } = options;
    checkWhole('size', size, 1);
    checkWhole('padding', padding, 0);
    checkPositive('scale', scale);
    checkGrids(grids, size, padding);
    const shape = [x, z].map((patches) => (patches.shape[0] ?? 1) / positionsOf({ grids }));
    const [n, m] = shape;
    if (!shape.every(Number.isInteger)) {
      throw new ShapeError(
        `arcCosineRecursion: the rows of ${described(x)} and ${described(z)} are no multiples of the positions.`,
      );
    }
    if (x.shape[1] !== z.shape[1] || !x.shape[1]) {
      throw new ShapeError(
        `arcCosineRecursion: patches of equal length are expected, but come from ${described(x)} and ${described(z)}.`,
      );
    }
    if (symmetric && n !== m) throw new ShapeError(`arcCosineRecursion: [${n}, ${m}] cannot be symmetric.`);
    return { shape, parameters: { grids, size, padding, scale, tangent, symmetric } };
  },
};

function checkGrids(grids: readonly PositionGrid[], size: number, padding: number): void {
  if (grids.length === 0) {
    throw new OptionError('grids', 'arcCosineRecursion: give the grid of at least one layer.');
  }
  grids.forEach(({ height, width }, layer) => {
    const before = grids[layer - 1];
    const follows = (length: number, former: number): boolean => length === former + 2 * padding - size + 1;
    const fits = !before || (follows(height, before.height) && follows(width, before.width));
    if (Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0 && fits) return;
    throw new OptionError(
      'grids',
      `arcCosineRecursion: the grid of layer ${layer}, ${height} x ${width}, does not follow from windows of ${size} x ${size} with padding ${padding}.`,
    );
  });
}

function described({ dtype, shape }: Tensor): string {
  return `${dtype} [${shape.join(', ')}]`;
}
