import { AgopError } from '@agop/core';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '../storage/index.ts';
import { demand, demandError, listOf, type TestedEstimator, type Trial } from './subject.ts';

/** Nothing in a model file is believed. */
export const fileCases: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'a file whose tensors are missing, not finite, empty or of another shape is refused': async (trial) => {
    const bytes = await savedBytes(trial);
    const { tensors, metadata } = decodeSafetensors(bytes);
    for (const [name, tensor] of Object.entries(tensors)) {
      const { [name]: _, ...others } = tensors;
      const damages: readonly [string, Readonly<Record<string, HostTensor>>][] = [
        ['missing', others],
        ['not finite', { ...others, [name]: { ...tensor, data: tensor.data.slice().fill(Number.NaN) } }],
        ['empty', { ...others, [name]: resized(tensor, [0, ...tensor.shape.slice(1)]) }],
        ['flat', { ...others, [name]: resized(tensor, [tensor.data.length]) }],
      ];
      for (const [what, damaged] of damages) {
        const isSame = what === 'flat' && tensor.shape.length === 1;
        const isOfIntegers = what === 'not finite' && tensor.dtype === 'int32';
        if (isSame || isOfIntegers) continue;
        const file = encodeSafetensors(damaged, metadata);
        await demandError(() => trial.load(file), 'FORMAT', `the tensor '${name}', ${what}`);
      }
      const longer = resized(tensor, [(tensor.shape[0] ?? 0) + 1, ...tensor.shape.slice(1)]);
      const file = encodeSafetensors({ ...others, [name]: longer }, metadata);
      await demandRefusedOrUsed(trial, file, `the tensor '${name}', longer`);
    }
  },

  'a file whose description is changed anywhere is refused, or answers': async (trial) => {
    const { tensors, metadata } = decodeSafetensors(await savedBytes(trial));
    const description: unknown = JSON.parse(metadata['model'] ?? 'null');
    for (const path of pathsIn(description)) {
      for (const value of [null, 'constructor', '__proto__', -1, 0.5, 0, 2 ** 31, 1e300, {}, []]) {
        const model = JSON.stringify(replaced(description, path, value));
        const file = encodeSafetensors(tensors, { ...metadata, model });
        await demandRefusedOrUsed(trial, file, `${path.join('.')} = ${JSON.stringify(value)}`);
      }
    }
  },
};

async function savedBytes(trial: Trial): Promise<Uint8Array> {
  return (await trial.fitted()).toBytes();
}

/** Either the file is refused by a `FormatError`, or there are answers; no tensor stays in any case. */
async function demandRefusedOrUsed(trial: Trial, file: Uint8Array, what: string): Promise<void> {
  const { tensors } = trial.backend.memory();
  let loaded: TestedEstimator | undefined;
  try {
    loaded = await trial.load(file);
    const answers = listOf(await loaded.predict(trial.x));
    demand(
      answers.length === trial.y.length,
      `${what}: the model that was loaded must give an answer per sample`,
    );
  } catch (error) {
    const got = AgopError.isInstance(error) ? error.code : String(error);
    demand(!loaded && got === 'FORMAT', `${what}: loading must give an error FORMAT, but it is ${got}`);
  } finally {
    loaded?.dispose();
  }
  const left = trial.backend.memory().tensors - tensors;
  demand(left === 0, `${what}: ${left} tensors are left`);
}

/** The numbers of a tensor in another shape, cut off or followed by zeros. */
function resized({ dtype, data }: HostTensor, shape: readonly number[]): HostTensor {
  const length = shape.reduce((product, axis) => product * axis, 1);
  const Elements = { float64: Float64Array, float32: Float32Array, int32: Int32Array }[dtype];
  const elements = new Elements(length);
  elements.set(data.subarray(0, length));
  return { dtype, shape, data: elements };
}

type Path = readonly (string | number)[];

/** Ways to all values inside of one; of arrays, to the first elements. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Array.isArray(value) ? Object.entries(value).slice(0, 1) : Object.entries(value);
  const deeper = inside.flatMap(([key, each]) => pathsIn(each, [...path, key]));
  return path.length === 0 ? deeper : [path, ...deeper];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((each, at) => (String(at) === key ? replaced(each, rest, by) : each));
  const entries = Object.entries(value as object);
  return Object.fromEntries(
    entries.map(([name, each]) => [name, name === key ? replaced(each, rest, by) : each]),
  );
}
