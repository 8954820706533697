import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FormatError } from '@agop/core';
import { readFileBytes } from '@agop/data/node';
import type * as tfjs from '@tensorflow/tfjs';
import { asTensorFlow, type NetworkModel, type TensorFlow } from '../../tensorflow.ts';
import { faceNetwork } from './face.ts';
import { buildModel, readModelJson } from './model-json.ts';
import { packageFolder } from './package-folder.ts';
import { decodeWeights } from './weights.ts';

/** A network that is there already. */
export interface ReadNetwork<Model extends NetworkModel = NetworkModel> {
  readonly name: string;
  readonly model: Model;
  /** What it takes for white. */
  readonly white: number;
}

/** Networks whose weights come inside npm packages. */
const packaged: Readonly<
  Record<
    string,
    (tf: typeof tfjs, folder: string | undefined) => Promise<Omit<ReadNetwork<tfjs.LayersModel>, 'name'>>
  >
> = {
  face: async (tf, folder) => {
    const file = join(packageFolder('@vladmandic/face-api', folder), 'model/face_recognition_model');
    const manifest: unknown = JSON.parse(
      new TextDecoder().decode(await readFileBytes(`${file}-weights_manifest.json`)),
    );
    const [first] = manifest as { weights: tfjs.io.WeightsManifestEntry[] }[];
    if (!first) throw new FormatError(`${file}-weights_manifest.json lists no weights.`);
    const weights = decodeWeights(tf, [{ specs: first.weights, bytes: await readFileBytes(`${file}.bin`) }]);
    const model = faceNetwork(tf, weights);
    tf.dispose(weights);
    return { model, white: 255 };
  },
  inception: async (tf, folder) => ({ model: await nsfwModel(tf, folder, 'inception_v3'), white: 1 }),
  mobilenet: async (tf, folder) => ({ model: await nsfwModel(tf, folder, 'mobilenet_v2'), white: 1 }),
  upscaler: async (tf, folder) => {
    const path = join(packageFolder('@upscalerjs/default-model', folder), 'models/model.json');
    return { model: await readModelJson(tf, path), white: 255 };
  },
};

/** Names of the networks that come inside npm packages. */
export const packagedNetworks: readonly string[] = Object.keys(packaged);

/**
 * A network whose weights are here already: of an npm package by its short name, else the `model.json` of a
 * layers model of TensorFlow.js.
 *
 * @param given TensorFlow.js with a backend
 * @param folder where npm packages are, such as a `node_modules`; by default where programs find them
 * @throws {OptionError} for anything but TensorFlow.js
 * @throws {UnavailableError} if the package is not installed
 * @throws {StorageError} if a file cannot be read
 * @throws {FormatError} if it is no such model
 */
export async function readNetwork<Model extends NetworkModel>(
  given: TensorFlow<Model>,
  network: string,
  folder: string | undefined,
): Promise<ReadNetwork<Model>>;
export async function readNetwork(
  given: TensorFlow,
  network: string,
  folder: string | undefined,
): Promise<ReadNetwork> {
  const tf = asTensorFlow(given);
  const known = Object.hasOwn(packaged, network) ? packaged[network] : undefined;
  if (known) return { name: network, ...(await known(tf, folder)) };
  return { name: network, model: await readModelJson(tf, network), white: 1 };
}

/** Models of the package `nsfwjs` are modules that hold a `model.json`, and weights in base 64. */
async function nsfwModel(
  tf: typeof tfjs,
  folder: string | undefined,
  name: string,
): Promise<tfjs.LayersModel> {
  const base = join(packageFolder('nsfwjs', folder), 'dist/models', name);
  const load = (file: string): unknown => createRequire(pathToFileURL(base))(join(base, file));
  return buildModel(tf, `nsfwjs ${name}`, load('model.min.js'), async (file) => {
    const text = load(`${file}.min.js`);
    if (typeof text === 'string') return Uint8Array.from(Buffer.from(text, 'base64'));
    throw new FormatError(`nsfwjs: ${file} holds no weights.`);
  });
}
