import type { Backend } from '../backend.ts';
import { completeEngine } from './complete.ts';
import type { Engine } from './engine.ts';
import { algebra } from './operations/algebra.ts';
import { elementwise } from './operations/elementwise.ts';
import { extensions } from './operations/extensions.ts';
import { geometry } from './operations/geometry.ts';
import { make } from './operations/make.ts';
import { rearrangement } from './operations/rearrangement.ts';
import { reductions } from './operations/reductions.ts';
import { Tensors } from './tensors.ts';

/**
 * A {@link Backend} made of an {@link Engine}: checks operands, owns tensors, counts memory, and frees the
 * result when a kernel throws. All engines share it, so that all fail alike.
 */
export function createBackend<B>(engine: Engine<B>): Backend {
  const { name, device, dtypes, preferredDType } = engine;
  const tensors = new Tensors(completeEngine(engine), () => backend);
  const backend: Backend = {
    name,
    device,
    dtypes,
    preferredDType,
    ...make(tensors),
    ...rearrangement(tensors),
    ...algebra(tensors),
    ...elementwise(tensors),
    ...reductions(tensors),
    ...geometry(tensors),
    ...extensions(tensors),
    memory: () => tensors.memory(),
    resetPeak: () => tensors.resetPeak(),
    dispose: () => tensors.dispose(),
    [Symbol.dispose]: () => tensors.dispose(),
  };
  return backend;
}
