import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PartResult, parts } from './parts.ts';
import { type FinishedPart, reportPage } from './report.ts';

const results = process.env['AGOP_RESULTS'] ?? 'results';
/** Seconds for all parts of one call. */
const budget = Number(process.env['AGOP_SECONDS'] ?? 285);

/**
 * Runs parts one after the other, each in a process of its own: one that crashes or takes too long does not
 * stop the others. After each, all results so far are in `report.json` and on a page, `report.html`, those of
 * earlier calls too.
 *
 * @returns whether nothing failed
 */
export async function runParts(names: readonly string[], args: readonly string[]): Promise<boolean> {
  mkdirSync(join(results, 'parts'), { recursive: true });
  const begin = performance.now();
  let isGood = true;
  for (const name of names) {
    const left = budget - (performance.now() - begin) / 1000;
    const finished = await runPart(name, args, left);
    isGood = isGood && finished.status !== 'failed';
    // What there was no time for may have been done in an earlier call.
    const isDone = finished.seconds > 0 || !existsSync(partFile(name));
    if (isDone) writeFileSync(partFile(name), JSON.stringify(finished, null, 2));
    writeReport();
    console.log(
      `${finished.status.toUpperCase()}: ${finished.title}: ${finished.summary} (${finished.seconds} s)`,
    );
    const shown = name === 'info' || finished.status === 'failed' ? 40 : 0;
    for (const line of (finished.lines ?? []).slice(0, shown)) console.log(`  ${line}`);
  }
  console.log(`Results: ${join(results, 'report.html')}, ${join(results, 'report.json')}`);
  return isGood;
}

/** Runs a part in this process, and leaves its result for the one that started it. */
export async function runPartHere(name: string, args: readonly string[]): Promise<number> {
  const part = parts[name];
  if (!part) return 1;
  const result: PartResult = await part.run(args).catch((error: unknown) => ({
    status: 'failed' as const,
    summary: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    lines: error instanceof Error ? [error.stack ?? ''] : [],
  }));
  writeFileSync(`${partFile(name)}.partial`, JSON.stringify(result));
  return 0;
}

function partFile(name: string): string {
  return join(results, 'parts', `${name}.json`);
}

async function runPart(name: string, args: readonly string[], left: number): Promise<FinishedPart> {
  const { title, limit } = parts[name] as (typeof parts)[string];
  const made = (seconds: number, result: PartResult): FinishedPart => ({
    part: name,
    title,
    seconds: seconds === 0 ? 0 : Math.max(1, Math.round(seconds)),
    ...result,
  });
  if (left < 10) return made(0, { status: 'left out', summary: 'no time left in this call' });
  const begin = performance.now();
  const seconds = Math.min(limit, left);
  const partial = `${partFile(name)}.partial`;
  writeFileSync(partial, '');
  const { end, tail } = await runProcess(['part', name, ...args], seconds);
  const took = (performance.now() - begin) / 1000;
  const text = existsSync(partial) ? readFileSync(partial, 'utf8') : '';
  if (text !== '') return made(took, JSON.parse(text));
  return made(took, { status: 'failed', summary: end, lines: tail });
}

/** This program again, with its output passed on. */
function runProcess(
  args: readonly string[],
  seconds: number,
): Promise<{ readonly end: string; readonly tail: readonly string[] }> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 1000 * seconds,
      killSignal: 'SIGKILL',
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (process.env['AGOP_VERBOSE'] === '1') process.stdout.write(chunk);
      });
    }
    child.on('error', (error) => resolve({ end: error.message, tail: [] }));
    child.on('close', (code, signal) => {
      const why =
        signal === 'SIGKILL'
          ? `ended after ${Math.round(seconds)} s`
          : `ended by ${signal ?? `code ${code}`}`;
      resolve({ end: `the process ${why}`, tail: output.trim().split('\n').slice(-30) });
    });
  });
}

/** All parts that have ever been run into this folder, in their order. */
function writeReport(): void {
  const files = readdirSync(join(results, 'parts'));
  const finished = Object.keys(parts)
    .filter((name) => files.includes(`${name}.json`))
    .map((name): FinishedPart => JSON.parse(readFileSync(partFile(name), 'utf8')));
  const date = new Date();
  const report = { date: date.toISOString(), parts: finished };
  writeFileSync(join(results, 'report.json'), JSON.stringify(report, null, 2));
  writeFileSync(join(results, 'report.html'), reportPage(finished, date));
}
