import { describeOption, flagsOf } from '@agop/core/options';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { nameOf } from '../../src/supervisor/arguments.ts';
import { classes, Folder, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

describe('info', () => {
  test('--json', async () => {
    const { code, stdout, stderr } = await run(['info', '--json']);
    expect(code, stderr).toBe(0);
    const { backends, machine } = JSON.parse(stdout);
    expect(backends.map((one: { name: string }) => one.name)).toEqual([
      'gpu',
      'webgpu',
      'cpu',
      'cpu --blas auto',
      'tfjs-wasm',
      'naive',
    ]);
    for (const backend of backends) {
      expect(backend.available).toBeTypeOf('boolean');
      if (!backend.available) expect(backend.reason).toMatch(/\w+/);
    }
    expect(backends[2]).toMatchObject({
      available: true,
      details: { threads: expect.any(Number), simd: expect.any(String), blas: 'none' },
    });
    // The library, or why there is none.
    expect(backends[3].details.noBlas ?? backends[3].details.blas).toMatch(/\w+ \w+|Accelerate|MKL/);
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

  test('of a command with tasks is told task by task, or of one task', async () => {
    const { stdout: all } = await run(['nfa', '--help']);
    expect(all).toMatch(/\nTasks:\n {2}ansatz +dense networks trained on images\n/);
    const part = (task: string): string =>
      all.split('\n\n').find((text) => text.startsWith(`Options of --task ${task}:`)) ?? '';
    expect(part('filter-start')).toMatch(
      /--samples <number> +Training images \(default: 1000; --full: 2000\)/,
    );
    expect(part('alignment')).toMatch(/--samples <number> +Training rows \(default: 1000 of chain, /);
    expect(part('layers')).not.toContain('--samples');
    const { stdout: one } = await run(['nfa', '--task', 'layers', '--help']);
    expect(one).toContain(part('layers'));
    expect(one).toMatch(/--report <file>/);
    expect(one).not.toMatch(/--task ansatz|--agop-samples/);
  });

  test('an option that is none: the one of another name, else one that is spelled alike', async () => {
    expect((await run(['fit', 'x.csv', '--drop', 'id'])).stderr).toMatch(
      /'--drop'\. Did you mean --ignore\?/,
    );
    expect((await run(['fit', 'x.csv', '--tagret', 'y'])).stderr).toMatch(/Did you mean --target\?/);
    expect((await run(['fit', 'x.csv', '--crop', '1'])).stderr).not.toMatch(/Did you mean/);
  });

  test('a command line that cannot be understood', async () => {
    const unknown = await run(['fti', 'x.csv']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toBe(
      `agop: There is no command 'fti'. Did you mean fit? The commands are ${commands.map(nameOf).join(', ')}. See agop --help.\n`,
    );
    const incomplete = await run(['predict', 'model']);
    expect(incomplete.code).toBe(2);
    expect(incomplete.stderr).toMatch(/ See agop predict --help\.\n$/);
    expect(incomplete.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('a command line that begins with no command', () => {
  test.each([
    ['--bogus', /^agop: Unknown option '--bogus'\. The commands are fit, .* See agop --help\.\n$/],
    ['-V', /^agop: Unknown option '-V'\. /],
    ['--versoin', /Did you mean --version\?/],
    ['--inspekt', /Did you mean inspect\?/],
    ['predikt', /There is no command 'predikt'\. Did you mean predict\?/],
    ['\u001b[2Jfit', /There is no command ' \[2Jfit'\./],
  ])('%s', async (first, message) => {
    const { code, stdout, stderr } = await run([first, '--json']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  test('help is a command too', async () => {
    expect(await run(['help'])).toEqual(await run(['--help']));
    expect(await run(['help', 'fit'])).toEqual(await run(['fit', '--help']));
    expect((await run(['help', 'nothing'])).code).toBe(2);
  });
});

test('a target that is named twice', async () => {
  const { code, stderr } = await run(['fit', 'x.csv', '-t', 'y', '--target', 'y']);
  expect(code).toBe(1);
  expect(stderr).toBe("agop: --target names the column 'y' twice.\n");
});

test('names, cells and paths bring no control characters to the terminal', async () => {
  const evil = (name: string): string => `${name}\u001b]0;title\u0007\u001b[2J\u009b1m\u202e`;
  const control = /(?!\n)[\p{Cc}\u202e]/u;
  const rows = classes(60)
    .replaceAll('up', evil('up'))
    .replace('a,b', `${evil('a')},b`);
  const table = folder.file(evil('t.csv').replaceAll('/', ''), rows);
  const model = folder.at('evil.safetensors');
  const said = [
    await run(['fit', table, '--target', 'side', '--iterations', '1', '--output', model]),
    await run(['inspect', model]),
    await run(['fit', table, '--target', evil('nope')]),
    await run(['fit', evil('missing.csv'), '--target', 'side']),
    await run(['fit', table, evil('--flag')]),
    await run(['inspect', model, '--json']),
  ];
  expect(said.map(({ code }) => code)).toEqual([0, 0, 1, 1, 2, 0]);
  for (const { stdout, stderr } of said) expect(stdout + stderr).not.toMatch(control);
  expect(JSON.parse(said[5]?.stdout ?? '').classes).toContain(evil('up'));
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
