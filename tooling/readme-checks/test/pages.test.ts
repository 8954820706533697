import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLines, examplesOf, pages, shownFiles } from '../src/examples.ts';
import { runPrinted } from './run-printed.ts';

const root = join(import.meta.dirname, '../../..');
const examples = pages().flatMap(examplesOf);

test('pages show programs, and leave none untried', () => {
  expect(examples.length).toBeGreaterThan(10);
  const unmarked = pages().filter((page) => /^```\w+ no-run/m.test(readFileSync(join(root, page), 'utf8')));
  expect(unmarked).toEqual([]);
});

// Side by side: most of the time is that of a process that starts.
for (const { where, code } of examples) {
  test.concurrent(`${where} runs as printed`, { timeout: 60_000 }, () => runPrinted(code));
}

test('programs that are shown by their file are examples, which have tests of their own', () => {
  const files = pages().flatMap(shownFiles);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !/^examples\/(?:[\w-]+\/)?[\w.-]+\.ts$/.test(file))).toEqual([]);
});

/** The options of each command of the program, as its list of all options has them. */
function optionsOfCommands(): Map<string, ReadonlySet<string>> {
  const text = readFileSync(join(root, 'packages/cli/OPTIONS.md'), 'utf8');
  const sections = text.split(/^## agop /m).slice(1);
  return new Map(
    sections.map((section) => {
      const name = section.slice(0, section.indexOf('\n')).trim();
      return [name, new Set([...section.matchAll(/-{1,2}[a-z][\w-]*/g)].map(([option]) => option))];
    }),
  );
}

/** What is wrong with a command line of a page; undefined where nothing is. */
function faultOf(line: string): string | undefined {
  const [, own] = /^(?:(?:npx )?agop|npm start --) (.*)$/.exec(line) ?? [];
  if (own !== undefined) {
    const [command = '', ...words] = own.split(/\s+/);
    const options = optionsOfCommands().get(command);
    if (!options) return `${line}: there is no command ${command}`;
    const unknown = words.filter((word) => /^--?[a-z]/.test(word) && !options.has(word.replace(/=.*/, '')));
    return unknown.length === 0 ? undefined : `${line}: ${command} has no option ${unknown.join(', ')}`;
  }
  const [, script] = /^(?:npx )?pnpm (?:run )?([\w:-]+)/.exec(line) ?? [];
  if (script === undefined || script === 'exec') return undefined;
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return script in scripts ? undefined : `${line}: there is no script ${script}`;
}

test('commands of pages exist, with the options that they are given', () => {
  const lines = pages().flatMap(commandLines);
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.flatMap((line) => faultOf(line) ?? [])).toEqual([]);
});

test('a command or an option that is not there is found', () => {
  expect(faultOf('agop fit a.csv --target y --tme 3min')).toContain('fit has no option --tme');
  expect(faultOf('npx agop fti a.csv')).toContain('there is no command fti');
  expect(faultOf('pnpm reproduce:nothing')).toContain('there is no script reproduce:nothing');
  expect(faultOf('agop fit a.csv -t y --time 3min')).toBeUndefined();
});
