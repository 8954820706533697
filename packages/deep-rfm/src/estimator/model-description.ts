import type { ModelFormat } from '@agop/estimators';
import * as z from 'zod/mini';

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
  nc4: number,
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
  normalization: z.enum(['max', 'frobenius', 'none']),
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
export type ModelDescription = z.infer<typeof schema>;

/** The model files of Deep RFM. */
export const modelFormat: ModelFormat<ModelDescription> = {
  name: 'agop-deep-rfm',
  version: formatVersion,
  title: 'Deep RFM',
  packageName: '@agop/deep-rfm',
  parse: (description) => schema.parse(description),
};
