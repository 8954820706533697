import { FormatError } from '@agop/core';
import * as z from 'zod/mini';

/** Marks our files among safetensors files. */
export const formatName = 'agop-deep-rfm';
/** Raised when old programs could not read new files. */
const formatVersion = 1;

const number = z.number();

const collapse = z.object({
  nc1: z.object({ ratio: number, scattering: number }),
  nc2: z.object({ distance: number, equinorm: number, equiangle: number, maximalAngle: number }),
});

const measures = z.object({
  input: collapse,
  projected: collapse,
  features: collapse,
  drop: z.nullable(
    z.object({ projection: number, map: number, total: number, projectionShare: z.nullable(number) }),
  ),
  accuracy: number,
});

const schema = z.object({
  version: z.literal(formatVersion),
  classes: z.array(z.union([z.string(), number, z.boolean()])),
  kernel: z.object({ name: z.string(), parameters: z.record(z.string(), number) }),
  featureMap: z.object({
    name: z.string(),
    parameters: z.record(z.string(), z.union([number, z.string()])),
  }),
  depth: z.int(),
  ridge: number,
  iterations: z.int(),
  power: number,
  centring: z.enum(['none', 'output', 'pooled']),
  normalization: z.enum(['max', 'none']),
  rowNormalization: z.enum(['unit', 'none']),
  labelCoding: z.enum(['signed', 'oneHot']),
  standardization: z.boolean(),
  seed: z.int(),
  input: z.object({ train: number, heldOut: z.nullable(number) }),
  layers: z.array(
    z.object({
      layer: z.int(),
      width: z.int(),
      train: measures,
      heldOut: z.nullable(measures),
      seconds: number,
      /** Names of the tensors that the layer's feature map drew. */
      drawn: z.array(z.string()),
    }),
  ),
});

/** What a saved Deep RFM says about itself, apart from its tensors. */
export type ModelDescription = Omit<z.infer<typeof schema>, 'version'>;

/** The description as JSON. */
export function formatDescription(description: ModelDescription): string {
  return JSON.stringify({ version: formatVersion, ...description });
}

/** Reads {@link formatDescription}. @throws {FormatError} */
export function parseDescription(text: string): ModelDescription {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new FormatError('The saved model is damaged: its description is no JSON.', { cause });
  }
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof version === 'number' && version > formatVersion) {
    throw new FormatError(
      `The model was saved in format version ${version}, but this program reads up to ${formatVersion}. Update @agop/deep-rfm.`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new FormatError('The saved model is damaged: its description is incomplete.', {
      cause: parsed.error,
    });
  }
  return parsed.data;
}
