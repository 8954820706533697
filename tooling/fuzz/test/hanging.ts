// Tries an input that never ends, and prints which process does: a test ends this one.
import { planted } from '../src/targets/planted.ts';
import { Trial } from '../src/trial.ts';

const trial = new Trial();
await trial.start();
console.log(trial.pid);
const kind = 'an endless loop';
await trial.run({ ...planted(kind), seconds: 600 }, { kind, number: 10 });
