import { FormatError, OptionError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import type { FeatureMap } from './feature-map.ts';
import { identityMap } from './feature-map.ts';
import { randomCosine, type Spectrum } from './random-cosine.ts';
import { randomRelu } from './random-relu.ts';

/** Name and parameters of a feature map: what a saved model holds of it, apart from the drawn tensors. */
export interface FeatureMapDescription {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

type Parameters = FeatureMapDescription['parameters'];

/** Makes a feature map of known name again from its parameters. */
export type FeatureMapFactory = (parameters: Parameters) => FeatureMap;

const builtIn: Readonly<Record<string, FeatureMapFactory>> = {
  identity: () => identityMap(),
  randomRelu: (p) =>
    randomRelu({
      width: requiredNumber(p, 'width'),
      weights: requiredText(p, 'weights') as 'uniform' | 'normal',
    }),
  randomCosine: (p) =>
    randomCosine({
      spectrum: requiredText(p, 'spectrum') as Spectrum,
      bandwidth: requiredNumber(p, 'bandwidth'),
      ...('width' in p && { width: requiredNumber(p, 'width') }),
    }),
};

/** Names of the feature maps that come with this package. */
export const featureMapNames: readonly string[] = Object.keys(builtIn);

/**
 * The feature map of a description.
 *
 * @param factories the user's own maps, by name
 * @throws {FormatError} for an unknown name, and for parameters that are missing or out of range
 */
export function featureMapFromDescription(
  { name, parameters }: FeatureMapDescription,
  factories: Readonly<Record<string, FeatureMapFactory>> = {},
): FeatureMap {
  checkMembers('featureMapFromDescription()', { featureMaps: factories }, { featureMaps: 'object' });
  const own = Object.hasOwn(factories, name) ? factories[name] : undefined;
  const factory = own ?? (Object.hasOwn(builtIn, name) ? builtIn[name] : undefined);
  if (!factory) {
    throw new FormatError(
      `The feature map '${name}' is not among ${featureMapNames.join(', ')}. Pass its factory in \`featureMaps\`.`,
    );
  }
  try {
    return factory(parameters);
  } catch (cause) {
    if (!OptionError.isInstance(cause)) throw cause;
    throw new FormatError(`The saved feature map '${name}' is damaged: ${cause.message}`, { cause });
  }
}

function requiredNumber(parameters: Parameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number')
    throw new FormatError(`The saved feature map lacks its parameter '${name}'.`);
  return value;
}

function requiredText(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value !== 'string')
    throw new FormatError(`The saved feature map lacks its parameter '${name}'.`);
  return value;
}
