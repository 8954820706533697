// Saves a model of about 300 kB to a path, and says which error there was: save-once PATH
import { AgopError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { writeFileAtomically } from '@agop/estimators';
import { modelBytes } from '../data.ts';

const [path = ''] = process.argv.slice(2);
try {
  await writeFileAtomically(path, await modelBytes(createNaiveBackend(), 1, 300_000));
  console.log('saved');
} catch (error) {
  const cause = AgopError.isInstance(error) && error.cause instanceof Error ? error.cause : undefined;
  const reason = cause && 'code' in cause ? cause.code : '';
  console.log(AgopError.isInstance(error) ? error.code : `untyped ${String(error)}`, reason);
}
