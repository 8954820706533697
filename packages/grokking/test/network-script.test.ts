import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { networkScriptOptions, optionProblem } from '../scripts/network-options.ts';

const script = fileURLToPath(new URL('../scripts/network.ts', import.meta.url));
const missing = join(tmpdir(), 'agop-no-such-folder', 'epochs.json');

it.each([
  [['--optimizer', 'foo'], "--optimizer must be adamw or sgd, but is 'foo'."],
  [['--width', 'abc'], "--width must be a whole number from 1, but is 'abc'."],
  [['--epochs', '0'], "--epochs must be a whole number from 1, but is '0'."],
  [['--batch', '2.5'], '--batch must be a whole number'],
  [['--rate=-1'], "--rate must be a number from 0, but is '-1'."],
  [['--decay='], "--decay must be a number from 0, but is ''."],
  [['--p', '12', '--op', '/'], 'Division (x / y) modulo p needs a prime p, but p is 12.'],
  [['--op', 'x^y'], "There is no operation 'x^y'."],
  [['--fraction', '1.5'], 'between 0 and 1, but is 1.5'],
  [['--wdith', '8'], "Unknown option '--wdith'"],
  [['--json', missing], '--json: the folder'],
])('the script of networks refuses %j in one line', (args, message) => {
  let problem: string | undefined;
  try {
    networkScriptOptions(args);
  } catch (error) {
    problem = optionProblem(error);
  }
  expect(problem).toContain(message);
  expect(problem).not.toContain('\n');
});

it('the script of networks takes what is typed', () => {
  const { task, training, seed } = networkScriptOptions([
    '--op',
    '/',
    '--p',
    '7',
    '--rate',
    '0.5',
    '--seed=3',
  ]);
  expect([task.operations[0]?.name, task.p, seed]).toEqual(['div', 7, 3]);
  expect(training).toEqual({
    ...{ width: 1024, epochs: 50, batchSize: 32, optimizer: 'adamw', agopPenalty: 0, measureEvery: 1 },
    learningRate: 0.5,
  });
});

// Each is a process of its own, on machines that may be busy.
it.each([
  [['--optimizer', 'foo'], "--optimizer must be adamw or sgd, but is 'foo'."],
  [['--circulant', '--p', '12', '--op', '*'], 'needs a prime p, but p is 12.'],
])('%j ends the script with one line', { timeout: 60_000 }, (args, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-C', '@agop/source', script, ...args], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(1);
  expect(stderr.trim().split('\n'), stderr).toHaveLength(1);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
});
