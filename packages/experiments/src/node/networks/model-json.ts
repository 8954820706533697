import { dirname, join } from 'node:path';
import { FormatError } from '@agop/core';
import { readFileBytes } from '@agop/data/node';
import type * as tfjs from '@tensorflow/tfjs';
import * as z from 'zod/mini';

const dtypes = ['float32', 'int32', 'bool', 'string', 'complex64'] as const;

const description = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(z.looseObject({ name: z.string(), shape: z.array(z.int()), dtype: z.enum(dtypes) })),
    }),
  ),
});

/**
 * A layers model of TensorFlow.js from its `model.json`, with the files of weights beside it.
 *
 * @throws {StorageError} if a file cannot be read
 * @throws {FormatError} for files that are damaged, or of another kind: graph models have no layers any more
 */
export async function readModelJson(tf: typeof tfjs, path: string): Promise<tfjs.LayersModel> {
  const text = new TextDecoder().decode(await readFileBytes(path));
  const json = parsed(text, path);
  return buildModel(tf, path, json, (file) => readFileBytes(join(dirname(path), file)));
}

/**
 * @param json what a `model.json` holds
 * @param read the bytes of a file of weights that it names
 * @throws {FormatError} as {@link readModelJson}
 */
export async function buildModel(
  tf: typeof tfjs,
  name: string,
  json: unknown,
  read: (file: string) => Promise<Uint8Array>,
): Promise<tfjs.LayersModel> {
  const checked = description.safeParse(json);
  if (!checked.success) {
    throw new FormatError(
      `${name} is no layers model of TensorFlow.js: it has no topology with its weights.`,
    );
  }
  const { modelTopology, weightsManifest } = checked.data;
  if ('node' in modelTopology) {
    throw new FormatError(
      `${name} is a graph model of TensorFlow.js, which has operations in place of layers. Convert the network to a layers model.`,
    );
  }
  const parts: Uint8Array[] = [];
  for (const { paths } of weightsManifest) for (const file of paths) parts.push(await read(file));
  const specs = weightsManifest.flatMap(({ weights }): tfjs.io.WeightsManifestEntry[] => weights);
  try {
    return await tf.loadLayersModel({
      load: async () => ({ modelTopology, weightSpecs: specs, weightData: joined(parts) }),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`TensorFlow.js cannot build the model of ${name}: ${reason}`, { cause });
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${path} is no model of TensorFlow.js: it is not JSON.`, { cause });
  }
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}
