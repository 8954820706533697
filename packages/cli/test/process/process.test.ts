import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { cache, classes, Folder, houses, run, runProcess, start, startInShell } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());
const table = folder.file('houses.csv', houses(60));
const sides = folder.file('sides.csv', classes(80));

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

test('a variable that names no backend', async () => {
  const { code, stderr } = await runProcess(['grok', '--p', '5'], { AGOP_BACKEND: 'abacus' });
  expect(code).toBe(1);
  expect(stderr).toBe(
    "agop: The variable AGOP_BACKEND must be one of auto, gpu, cuda, webgpu, cpu, but is 'abacus'.\n",
  );
});

test("Node's permission model: no thread, no file; what is refused is said, with the flag", async () => {
  const may = (flags: string) => ({ NODE_OPTIONS: `--permission --allow-fs-read=* --no-warnings ${flags}` });
  const noThread = await runProcess(['info'], may(''));
  expect(noThread).toMatchObject({ code: 1, stdout: '' });
  expect(noThread.stderr).toBe(
    "agop: agop works in a thread, which Node's permission model refuses: start Node with --allow-worker.\n",
  );
  const noFile = await runProcess(fitSides('refused'), may('--allow-worker'));
  expect(noFile.code).toBe(1);
  expect(noFile.stderr).toMatch(/Cannot write '.*refused': .* Use --allow-fs-write/);
  const { code } = await runProcess(
    fitSides('written'),
    may(`--allow-worker --allow-fs-write=${folder.path}`),
  );
  expect([code, existsSync(folder.at('written'))]).toEqual([0, true]);
});

test('--version', async () => {
  expect((await runProcess(['--version'])).stdout).toMatch(/^agop\/\d+\.\d+\.\d+/);
});

const fitSides = (name: string): string[] => [
  ...['fit', sides, '--target', 'side', '--iterations', '0', '--output', folder.at(name)],
];

test('a reader that closes the pipe early: the model is written, nothing is said, the code tells', async () => {
  const { code, stderr } = await startInShell('set -o pipefail; "$@" | true', fitSides('piped')).ended;
  expect(stderr).not.toMatch(/EPIPE|unexpected|Cannot/);
  expect(code).toBe(141);
  expect(existsSync(folder.at('piped'))).toBe(true);
});

describe.skipIf(process.platform !== 'linux')('standard streams that cannot be written to', () => {
  test('a full standard output or error loses no model', async () => {
    const full = await startInShell('"$@" > /dev/full', fitSides('full')).ended;
    expect(full).toMatchObject({ code: 1, stdout: '' });
    expect(full.stderr).toMatch(/^agop: Cannot write to standard output: ENOSPC/m);
    expect(existsSync(folder.at('full'))).toBe(true);
    const mute = await startInShell('"$@" 2> /dev/full', fitSides('mute')).ended;
    expect(mute.code).toBe(1);
    expect(mute.stdout).toMatch(/^Model: .*mute$/m);
    expect(existsSync(folder.at('mute'))).toBe(true);
  });

  test.each([
    ['"$@" > /dev/full', 1, /^agop: Cannot write to standard output: ENOSPC/m],
    ['"$@" >&-', 1, /^agop: Standard output is closed, so the result would be lost/],
    ['"$@" > /dev/null', 0, /^$/],
  ])('--help with %s', async (command, expected, said) => {
    const { code, stderr } = await startInShell(command, ['--help']).ended;
    expect(code).toBe(expected);
    expect(stderr).toMatch(said);
  });

  test('- is standard input', async () => {
    const args = ['fit', '-', '--target', 'side', '--iterations', '0', '--json'];
    const { code, stdout, stderr } = await startInShell(`cat '${sides}' | "$@"`, args).ended;
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ target: ['side'] });
  });

  test('predictions have no other place than standard output', async () => {
    await runProcess(fitSides('model'));
    const args = ['predict', folder.at('model'), sides];
    const closed = await startInShell('"$@" >&-', args).ended;
    expect(closed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^agop: Standard output is closed/),
    });
    expect((await startInShell('"$@" > /dev/full', args).ended).code).toBe(1);
    const written = folder.at('predictions.csv');
    expect((await startInShell('"$@" >&-', [...args, '-o', written]).ended).code).toBe(0);
    expect(readFileSync(written, 'utf8')).toMatch(/^side\n/);
  });
});

test('a fit that is killed leaves no model, and is gone on with', async () => {
  const output = folder.at('killed.safetensors');
  const args = ['fit', table, '--target', 'price', '--backend', 'naive', '--folds', '3', '-o', output];
  const killed = start(args);
  await killed.says('trial 1');
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(existsSync(output)).toBe(false);
  expect(existsSync(`${output}.resume`)).toBe(true);
  const { code, stdout, stderr } = await runProcess([...args, '--resume', '--json']);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/It goes on: \d+ trials? (is|are) known/);
  expect(JSON.parse(stdout).history.length).toBeGreaterThan(1);
  expect([existsSync(output), existsSync(`${output}.resume`)]).toEqual([true, false]);
});

/** How many parts of runs are kept. */
function partCount(): number {
  return readdirSync(cache, { recursive: true }).filter((name) => String(name).endsWith('.json')).length;
}

test('parts of a run that is interrupted are kept, and gone on with', async () => {
  const args = ['nfa', '--task', 'alignment', '--study', 'early', '--backend', 'naive', '--json'];
  const early = [...args, '--units', '16', '--samples', '60', '--seeds', '3'];
  const killed = start(early);
  // The program has heard of the first one when there is a third.
  while (partCount() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  killed.child.kill('SIGINT');
  const { code, stdout, stderr } = await killed.ended;
  expect([code, stdout]).toEqual([130, '']);
  expect(stderr).toMatch(
    /interrupted\. \d+ parts? of it (is|are) kept in .*nfa-alignment-\w+: the same command goes on from there/,
  );
  const other = await run([...args, '--units', '2', '--samples', '10']);
  expect(other.stderr).toMatch(/It begins anew: what is kept in .* is of other settings or other data/);
  const resumed = await run(early);
  expect(resumed.stderr).toMatch(/It goes on: \d+ parts? of an interrupted run (is|are) known/);
  // What is done leaves nothing behind.
  expect(partCount()).toBe(0);
  const whole = await run([...early, '--again']);
  expect(whole.stderr).not.toMatch(/goes on|begins anew/);
  const { seconds: _, ...result } = JSON.parse(whole.stdout);
  expect(JSON.parse(resumed.stdout)).toMatchObject(result);
});

test('an unexpected error is one line that says how to see more', async () => {
  // A module that cannot be loaded is an error that no one planned for.
  const broken = {
    NODE_OPTIONS: `--import data:text/javascript,Object.defineProperty(Array.prototype,'toSorted',{value(){throw%20new%20TypeError('broken')}})`,
  };
  const short = await runProcess(['fit', table, '--target', 'price'], broken);
  expect(short.code).toBe(1);
  expect(short.stderr.trim()).toBe(
    'agop: unexpected error: TypeError: broken. Set AGOP_DEBUG=1 to see where.',
  );
  const long = await runProcess(['fit', table, '--target', 'price'], { ...broken, AGOP_DEBUG: '1' });
  expect(long.stderr).toMatch(/TypeError: broken\n\s+at /);
});

// A limit on the size of files stands in for the end of the disk: the write fails half-way.
const limited = `trap '' XFSZ; ulimit -f 1; exec "$@"`;

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  test('the old file survives, nothing is left behind, and the object is printed', async () => {
    const before = 'the old model';
    const path = folder.file('precious.safetensors', before);
    const args = ['fit', table, '--target', 'price', '--iterations', '0', '--output', path, '--json'];
    const { code, stdout, stderr } = await startInShell(limited, args).ended;
    expect(code, stderr).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ task: 'regression', target: ['price'] });
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^agop: Cannot write '.*precious\.safetensors': EFBIG.*unchanged/,
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(folder.path).filter((name) => name.includes('precious'))).toEqual([
      'precious.safetensors',
    ]);
  });

  test.each([
    ['collapse', ['--data', sides, '--depth', '3', '--width', '48', '--report'], { data: 'sides.csv' }],
    [
      'conv',
      ['--task', 'star', '--limit', '16', '--test-limit', '8', '--iterations', '0', '--output'],
      { data: 'star' },
    ],
  ])('%s: the object is printed', async (command, args, expected) => {
    const path = folder.at(`${command}-full`);
    const { code, stdout, stderr } = await startInShell(limited, [command, '--json', ...args, path]).ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject(expected);
    expect(stderr).toMatch(/^agop: Cannot write '.*-full': EFBIG/m);
  });
});

test('a report whose folder goes away leaves the JSON object', async () => {
  mkdirSync(folder.at('gone'));
  const running = start([
    'grok',
    '--p',
    '17',
    '--fraction',
    '0.75',
    '--iterations',
    '17',
    '--report',
    folder.at('gone/report.html'),
    '--json',
  ]);
  await running.says('Iteration 0');
  rmSync(folder.at('gone'), { recursive: true });
  const { code, stdout, stderr } = await running.ended;
  expect(code).toBe(1);
  expect(JSON.parse(stdout).iterations).toHaveLength(18);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^agop: Cannot write .*report\.html/);
});
