import { FormatError } from '@agop/core';

/** A kernel or a feature map: its name and numbers. */
export interface Named {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** What the file of a Deep RFM says of the settings it was fitted with. */
export interface NetworkDescription {
  readonly kernel: Named;
  readonly featureMap: Named;
  readonly ridge: number;
  readonly iterations: number;
}

/**
 * Reads the settings from the description in a file of `@agop/deep-rfm`.
 *
 * @throws {FormatError} if they are not there
 */
export function networkDescription(text: string | undefined): NetworkDescription {
  let json: unknown;
  try {
    json = JSON.parse(text ?? '');
  } catch (cause) {
    throw new FormatError('The saved model is damaged: its description is no JSON.', { cause });
  }
  return {
    kernel: named(json, 'kernel'),
    featureMap: named(json, 'featureMap'),
    ridge: number(json, 'ridge'),
    iterations: number(json, 'iterations'),
  };
}

function named(json: unknown, key: string): Named {
  const found = property(json, key);
  const name = property(found, 'name');
  const parameters = property(found, 'parameters');
  if (typeof name !== 'string' || typeof parameters !== 'object' || parameters === null) incomplete(key);
  const entries = Object.entries(parameters).filter(
    (entry): entry is [string, number | string] =>
      typeof entry[1] === 'number' || typeof entry[1] === 'string',
  );
  return { name, parameters: Object.fromEntries(entries) };
}

function number(json: unknown, key: string): number {
  const found = property(json, key);
  return typeof found === 'number' ? found : incomplete(key);
}

function property(json: unknown, key: string): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  return Object.entries(json).find(([name]) => name === key)?.[1];
}

function incomplete(key: string): never {
  throw new FormatError(`The saved model is damaged: its description has no '${key}'.`);
}
