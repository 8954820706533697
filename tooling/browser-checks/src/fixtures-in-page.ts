// Stands in for @agop/fixtures in a page, which has no file system: all fixtures are fetched at first.
import { type Fixture, parseFixture } from '@agop/fixtures/fixture';
import { inject } from 'vitest';

export { compareOutput } from '@agop/fixtures/compare';
export type { Fixture };

const { names, urls, missing } = inject('fixtures');

/** Where the fixtures are, or why there are none. */
export const fixtureFolder = () => ({ missing });

const fixtures = await Promise.all(
  names.map(async (name): Promise<Fixture> => {
    const [json, bytes] = await Promise.all([fetched(`${name}.json`), fetched(`${name}.safetensors`)]);
    return parseFixture(name, await json.text(), new Uint8Array(await bytes.arrayBuffer()));
  }),
);

async function fetched(file: string): Promise<Response> {
  const response = await fetch(`${urls}/${file}`);
  if (!response.ok) throw new Error(`${file} could not be fetched: ${response.status}`);
  return response;
}

/** A fixture by name. Throws for an unknown one. */
export function loadFixture(name: string): Fixture {
  const found = fixtures.find((fixture) => fixture.name === name);
  if (!found) throw new Error(`There is no fixture '${name}'.`);
  return found;
}

/** The fixtures of some kinds. */
export function fixturesOfKind(...kinds: readonly string[]): Fixture[] {
  return fixtures.filter((fixture) => kinds.includes(fixture.kind));
}
