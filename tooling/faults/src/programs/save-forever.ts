// Saves two models in turn to one path, until it is killed: save-forever PATH
import { createNaiveBackend } from '@agop/core/naive';
import { writeFileAtomically } from '@agop/estimators';
import { modelBytes } from '../data.ts';

const [path = ''] = process.argv.slice(2);
const backend = createNaiveBackend();
const models = [await modelBytes(backend, 1, 300_000), await modelBytes(backend, 2, 300_000)];
console.log('ready');
for (let turn = 0; ; turn++) await writeFileAtomically(path, models[turn % 2] as Uint8Array);
