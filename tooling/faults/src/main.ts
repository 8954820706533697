// Fault injection: lets things go wrong around the programs and libraries, and says what held, see `usage`.
import { commandLine, endWithUsage } from '@agop/test-support/command-line';
import { faults } from './faults/index.ts';
import { type Outcome, tryFaults } from './try-faults.ts';

const usage = `Lets things go wrong around the programs and libraries, and says what held. Usage:

  pnpm faults [--only TEXT]… [--rounds N] [--seed S] [--json]

  --only TEXT   a group, or a part of a name; may be given several times (default all)
  --rounds N    kills of each kind, a whole number from 1 (default 24)
  --seed S      what moments and places follow from, a whole number (default 1)
  --json        the outcomes as JSON on standard output, words on standard error

The exit code is 1 where something did not hold.`;

const options = commandLine(usage, {
  only: { type: 'string', multiple: true },
  rounds: { type: 'string', default: '24' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
});
const [rounds, seed] = [Number(options.rounds), Number(options.seed)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  endWithUsage(usage, '--rounds must be a whole number from 1, --seed a whole one.');
}
const chosen = faults.filter(
  ({ group, name }) => options.only?.some((text) => group === text || name.includes(text)) ?? true,
);
const say = (text: string): void => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);
const marks = { held: 'held', 'did not hold': 'FAILED', 'not tried': '-' };
const row = ({ group, name, result, seen, seconds }: Outcome): string =>
  `${marks[result].padEnd(7)} ${group.padEnd(13)} ${name}\n${' '.repeat(22)}${seen.split('\n')[0]?.slice(0, 200)} (${seconds.toFixed(1)} s)`;

say(`Seed ${seed}: pnpm faults --rounds ${rounds} --seed ${seed}`);
const outcomes = await tryFaults(chosen, { seed, rounds, onOutcome: (outcome) => say(row(outcome)) });
const counts = Object.keys(marks).map(
  (result) => `${outcomes.filter((outcome) => outcome.result === result).length} ${result}`,
);
say(`\n${counts.join(', ')}`);
if (options.json) console.log(JSON.stringify({ seed, rounds, outcomes }, null, 2));
process.exitCode = outcomes.some(({ result }) => result === 'did not hold') ? 1 : 0;
