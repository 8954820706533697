import { bind } from './bind.ts';
import * as decompositions from './derived/decompositions.ts';
import * as geometry from './derived/geometry.ts';
import * as make from './derived/make.ts';
import * as products from './derived/products.ts';
import * as rearrangement from './derived/rearrangement.ts';
import * as reductions from './derived/reductions.ts';
import type { CompleteEngine, Engine } from './engine.ts';

/** The engine with every kernel: where it has none of its own, the one that is composed of others. */
export function completeEngine<B>(engine: Engine<B>): CompleteEngine<B> {
  const complete = {} as CompleteEngine<B>;
  // The composed kernels call each other through `complete`, and so the engine's own where there are some.
  const derived = bind(complete, {
    ...make,
    ...rearrangement,
    ...products,
    ...decompositions,
    ...reductions,
    ...geometry,
  });
  return Object.assign(complete, derived, engine);
}
