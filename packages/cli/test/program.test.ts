import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describeOption, flagsOf } from '@agop/core/options';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { commands } from '../src/commands/index.ts';
import { nameOf } from '../src/supervisor/arguments.ts';
import { classes, Folder, houses, run, runProcess, start, startInShell } from './program.ts';

// Every run is a process of its own, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

describe('interruption', () => {
  test.skipIf(process.platform === 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s during a fit: ends at once with %i, writes nothing half', async (signal, expected) => {
    // The naive backend takes minutes for this, hardly any of it with a turn of the event loop.
    const table = folder.file('large.csv', houses(700));
    const output = folder.file(`old-${signal}.safetensors`, 'old');
    const report = folder.at(`report-${signal}.html`);
    const before = readdirSync(folder.path);
    const { child, ended, says } = start([
      ...['fit', table, '--target', 'price', '--backend', 'naive', '--iterations', '500', '--json'],
      ...['--output', output, '--report', report],
    ]);
    await says('Fitting: iteration 1 of 500');
    const asked = performance.now();
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(expected);
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/agop: interrupted\.\n$/);
    expect(readFileSync(output, 'utf8')).toBe('old');
    expect(existsSync(report)).toBe(false);
    expect(readdirSync(folder.path)).toEqual(before);
  });
});

describe('info', () => {
  test('--json', async () => {
    const { code, stdout, stderr } = await run(['info', '--json']);
    expect(code, stderr).toBe(0);
    const { backends, machine } = JSON.parse(stdout);
    expect(backends.map((one: { name: string }) => one.name)).toEqual(['gpu', 'cpu', 'tfjs-wasm', 'naive']);
    for (const backend of backends) {
      expect(backend.available).toBeTypeOf('boolean');
      if (!backend.available) expect(backend.reason).toMatch(/\w+/);
    }
    expect(backends[1]).toMatchObject({
      available: true,
      details: { threads: expect.any(Number), simd: expect.any(String) },
    });
    expect(machine).toMatchObject({ cores: expect.any(Number), memoryBytes: expect.any(Number) });
  });

  test('--backend gpu without a GPU says what is missing, and computes nothing', async (context) => {
    const { backends } = JSON.parse((await run(['info', '--json'])).stdout);
    if (backends[0].available) context.skip('there is a GPU here');
    const { code, stdout, stderr } = await run([
      'grok',
      '--op',
      '+',
      '--p',
      '7',
      '--backend',
      'gpu',
      '--json',
    ]);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^agop: No GPU engine works here\..*: engine 'cuda': /);
    expect(stderr).not.toMatch(/unexpected|at .*:\d+:\d+/);
  });

  test('for people', async () => {
    const { code, stdout } = await run(['info']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/cores?; .* of memory/);
    expect(stdout).toMatch(/^cpu: WebAssembly/m);
    expect(stdout).toMatch(/^ {2}threads: \d+$/m);
    expect(stdout).toMatch(/^naive: /m);
  });
});

describe('help', () => {
  test('lists every command, and every option of a command', async () => {
    const { code, stdout } = await run([]);
    expect(code).toBe(0);
    for (const { usage } of commands) expect(stdout).toContain(usage);
    const help = await run(['fit', '--help']);
    expect(help.stdout).toMatch(/--no-header .*column2, …$/m);
    expect(help.stdout).not.toMatch(/\(default: true\)/);
    expect(help.code).toBe(0);
    const { options = {} } = commands.find(({ usage }) => usage.startsWith('fit')) ?? {};
    for (const [name, option] of Object.entries(options)) {
      expect(help.stdout).toContain(`${flagsOf(name, option)} `);
      expect(help.stdout).toContain(describeOption(option));
    }
  });

  test('a command line that cannot be understood', async () => {
    const unknown = await run(['fti', 'x.csv']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toBe(
      `agop: There is no command 'fti'. The commands are ${commands.map(nameOf).join(', ')}. See agop --help.\n`,
    );
    const incomplete = await run(['predict', 'model']);
    expect(incomplete.code).toBe(2);
    expect(incomplete.stderr).toMatch(/ See agop predict --help\.\n$/);
    expect(incomplete.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a variable that names no backend', async () => {
    const { code, stderr } = await runProcess(['grok', '--p', '5'], { AGOP_BACKEND: 'abacus' });
    expect(code).toBe(1);
    expect(stderr).toBe("agop: The variable AGOP_BACKEND must be one of auto, gpu, cpu, but is 'abacus'.\n");
  });

  test('--version', async () => {
    expect((await runProcess(['--version'])).stdout).toMatch(/^agop\/\d+\.\d+\.\d+/);
  });
});

test('a reader that closes the pipe early is no error', async () => {
  const table = folder.file('c.csv', classes(60));
  const { code, stderr } = await startInShell('set -o pipefail; "$@" | head -n 1 > /dev/null', [
    ...['fit', table, '--target', 'side', '--iterations', '0'],
  ]).ended;
  expect(stderr).not.toMatch(/EPIPE|unexpected/);
  expect(code).toBe(0);
});

test('names that look like numbers stay as they are', async () => {
  const table = folder.file('numbered.csv', classes(60).replace('a,b,c,d,e,side', '01,1e3,c,d,e,007'));
  const { code, stdout, stderr } = await run([
    ...['fit', table, '--target=007', '--ignore', '1e3', '--iterations', '0', '--json'],
  ]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    target: ['007'],
    importances: [{ column: '01' }, { column: 'c' }, { column: 'd' }, { column: 'e' }],
  });
});
