import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './measure.ts';
import { plan } from './plan.ts';
import { markdown, type Report } from './present.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Writes a report to bench/results, and with those of other machines to measured/benchmark.md; what this run
 * did not measure stays from the runs before on the same machine.
 */
export function record(report: Report): string[] {
  const name = report.machine.cpu
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const file = `${folder}/${name}.json`;
  const page = 'apps/docs/measured/benchmark.md';
  const path = join(root, file);
  const before = existsSync(path) ? read(file) : undefined;
  const whole = before ? merge(before, report) : report;
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(path, `${JSON.stringify(whole, null, 1)}\n`);
  const files = readdirSync(join(root, folder))
    .filter((one) => one.endsWith('.json'))
    .sort();
  const others = files.filter((one) => `${folder}/${one}` !== file).map((one) => read(`${folder}/${one}`));
  writeFileSync(join(root, page), markdown([whole, ...others]));
  return [file, page];
}

const folder = 'bench/results';

const read = (file: string): Report => JSON.parse(readFileSync(join(root, file), 'utf8')) as Report;

function merge(before: Report, now: Report): Report {
  const key = ({ name, dtype, size, unit }: Result): string => JSON.stringify([name, dtype, size, unit]);
  const renewed = new Map(now.results.map((result) => [key(result), result]));
  const known = new Set(before.results.map(key));
  return {
    machine: now.machine,
    versions: { ...before.versions, ...now.versions },
    results: [
      ...before.results.map((result) => renewed.get(key(result)) ?? result),
      ...now.results.filter((result) => !known.has(key(result))),
    ].sort((a, b) => placeOf(a) - placeOf(b)),
  };
}

/** Results in the order in which a whole run measures them; what the plan does not list comes last. */
const order = new Map(plan(false).map(({ work }, at) => [placeKey(work.work, work.dtype, work.size), at]));

function placeOf({ name, dtype, size }: Result): number {
  return order.get(placeKey(name.slice(0, name.indexOf(',')), dtype, size)) ?? order.size;
}

function placeKey(work: string, dtype: string, size: Result['size']): string {
  return JSON.stringify([work, dtype, size]);
}
