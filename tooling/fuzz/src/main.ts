// Fuzzing: odd inputs for everything that takes inputs, see `usage`.
import { fileURLToPath } from 'node:url';
import { commandLine, endWithUsage } from '@agop/test-support/command-line';
import { keep } from './corpus.ts';
import { tryEvery } from './every.ts';
import { replay } from './replay.ts';
import { fuzz } from './rounds.ts';
import type { Find } from './search.ts';
import { findTarget, targets } from './targets/index.ts';

const usage = `Odd inputs for everything that takes inputs. Usage:

  pnpm fuzz [--minutes N] [--seed S] [--only TARGET]… [--json]   searches; each find is made small and kept
  pnpm fuzz --every [--only TARGET]…                             tries each odd value in each place
  pnpm fuzz --replay TARGET:SEED:PATH | FILE                     tries one input again
  pnpm fuzz --list                                               the targets

  --minutes N     how long to search (default 1)
  --seed S        what inputs follow from, a whole number (default: one by chance, which is printed)
  --only TARGET   one of the targets; may be given several times (default all)
  --json          the result as JSON on standard output, words on standard error

The exit code is 1 where something was found. Finds are written to tooling/fuzz/finds, with the command that
tries them again; once the cause is put right, such a file moves to tooling/fuzz/corpus.`;

const options = commandLine(usage, {
  minutes: { type: 'string', default: '1' },
  seed: { type: 'string' },
  only: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  every: { type: 'boolean', default: false },
  replay: { type: 'string' },
  list: { type: 'boolean', default: false },
});
const say = (text: string): void => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);

const unknown = options.only?.find((name) => targets.every((one) => one.name !== name));
if (unknown !== undefined) {
  const names = targets.map(({ name }) => name).join(', ');
  endWithUsage(usage, `There is no target '${unknown}'. There are ${names}.`);
}

const folder = fileURLToPath(new URL('../finds', import.meta.url));
function keepFind({ target, signature, input, replay: place, verdict }: Find): void {
  const path = keep(folder, verdict.fault, { target, found: signature, input });
  say(`\nFOUND in ${target}: ${verdict.fault}: ${verdict.message.split('\n', 1)[0]}`);
  say(verdict.stack);
  if (place !== 'FILE') say(`  pnpm fuzz --replay ${place}`);
  say(`  pnpm fuzz --replay ${path}\n`);
}

if (options.list) {
  for (const { name, about } of targets) say(`${name.padEnd(16)} ${about}`);
} else if (options.replay !== undefined) {
  const verdict = await replay(options.replay);
  if (options.json) console.log(JSON.stringify(verdict, null, 2));
  else
    say(
      verdict.passed
        ? `It passes: ${verdict.outcome}.`
        : `${verdict.fault}: ${verdict.message}\n${verdict.stack}`,
    );
  process.exitCode = verdict.passed ? 0 : 1;
} else if (options.every) {
  const chosen = (options.only?.map(findTarget) ?? targets).filter(({ every }) => every !== undefined);
  let count = 0;
  for (const target of chosen) {
    const { finds, tally } = await tryEvery(target, {
      onFind: keepFind,
      onProgress: (done, all, seconds) => {
        const left = Math.ceil((seconds * (all - done)) / done / 60);
        say(`${target.name}: ${done} of ${all} inputs, ${left} min left`);
      },
    });
    const parts = [...tally.outcomes].map(([outcome, times]) => `${outcome} ${times}`);
    say(`${target.name.padEnd(16)} ${String(tally.inputs).padStart(8)} inputs: ${parts.join(', ')}`);
    count += finds.length;
  }
  say(`${count} finds.`);
  process.exitCode = count > 0 ? 1 : 0;
} else {
  const minutes = Number(options.minutes);
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
    endWithUsage(usage, '--minutes must be a positive number, --seed a whole one.');
  }
  const chosen = options.only?.map(findTarget) ?? targets;
  say(`Seed ${seed}: pnpm fuzz --minutes ${minutes} --seed ${seed}`);
  const result = await fuzz(chosen, seed, 60_000 * minutes, {
    onFind: keepFind,
    onRound: (round, seconds) => say(`Round ${round}: ${Math.round(seconds)} s`),
  });
  for (const { target, inputs, outcomes } of result.targets) {
    const parts = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
    say(`${target.padEnd(16)} ${String(inputs).padStart(8)} inputs: ${parts.join(', ')}`);
  }
  for (const { verdict, replay: place } of result.once) {
    say(`Once, and not again: ${verdict.fault}: ${verdict.message.split('\n', 1)[0]}`);
    say(`  pnpm fuzz --replay ${place}`);
  }
  say(`${result.inputs} inputs, ${result.finds.length} finds, ${Math.round(result.seconds)} s.`);
  if (options.json) console.log(JSON.stringify(result, null, 2));
  process.exitCode = result.finds.length > 0 ? 1 : 0;
}
