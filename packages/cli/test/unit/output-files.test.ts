import { mkdirSync, readFileSync } from 'node:fs';
import { NotPositiveDefiniteError, say } from '@agop/core';
import { flagNaming } from '@agop/core/options';
import { writeFileAtomically } from '@agop/estimators';
import { tabularOptions } from '@agop/experiments/options';
import { afterAll, describe, expect, test } from 'vitest';
import type { Context } from '../../src/command.ts';
import { describeFailure } from '../../src/failure.ts';
import { checkOutputs, finish } from '../../src/output/output-files.ts';
import { Folder } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

function check(path: string, name = 'report'): Promise<void> {
  return checkOutputs({ [name]: path });
}

describe('checkOutputs', () => {
  test('new and old files of a folder that is there, and devices', async () => {
    await check(folder.at('new.html'));
    await check(folder.file('old.html', 'old'), 'output');
    await check('/dev/null');
    await checkOutputs({ report: undefined });
    expect(readFileSync(folder.at('old.html'), 'utf8')).toBe('old');
  });

  test.each([
    [
      folder.at('no/such/report.html'),
      /Cannot write '.*report\.html' \(report\): there is no folder '.*such'/,
    ],
    [folder.path, /it is a folder/],
    [`${folder.file('plain', '')}/report.html`, /there is no folder|is no folder/],
  ])('%s cannot be written', async (path, message) => {
    await expect(check(path)).rejects.toThrow(
      expect.objectContaining({ code: 'STORAGE', message: expect.stringMatching(message) }),
    );
  });
});

describe('finish', () => {
  /** What a command says, in order. */
  function recorder(): { context: Context; said: string[] } {
    const said: string[] = [];
    const context: Context = {
      columns: 80,
      color: false,
      watched: false,
      print: (...lines) => void said.push(...lines),
      json: (value) => void said.push(JSON.stringify(value)),
      write: () => {},
      say,
      note: (remark) => void said.push(say(remark)),
      status: () => {},
      progress: () => {},
      live: () => {},
      uninterrupted: (work) => work(),
      writeFile: (path, content) =>
        writeFileAtomically(path, typeof content === 'string' ? new TextEncoder().encode(content) : content),
    };
    return { context, said };
  }

  test('files, then the object', async () => {
    const { context, said } = recorder();
    const [model, report] = [folder.at('m.bin'), folder.at('r.html')];
    await finish(
      { n: 1 },
      [
        { path: model, label: 'Model', content: async () => Uint8Array.of(1) },
        { path: report, label: 'Report', content: async () => 'page' },
        { path: undefined, label: 'More', content: () => Promise.reject(new Error('not asked for')) },
      ],
      context,
    );
    expect(said).toEqual([`Model:  ${model}`, `Report: ${report}`, '{"n":1}']);
    expect(readFileSync(report, 'utf8')).toBe('page');
  });

  test('the object and the other files also where one fails', async () => {
    const { context, said } = recorder();
    mkdirSync(folder.at('taken'));
    const report = folder.at('second.html');
    const ended = finish(
      { n: 2 },
      [
        { path: folder.at('taken'), label: 'Model', content: async () => 'model' },
        { path: report, label: 'Report', content: async () => 'page' },
      ],
      context,
    );
    await expect(ended).rejects.toThrow(/Cannot write '.*taken'/);
    expect(said).toEqual([`Report: ${report}`, '{"n":2}']);
  });
});

test('messages of the packages in words of the command line', () => {
  const naming = flagNaming(tabularOptions);
  const failure = describeFailure(new NotPositiveDefiniteError(1, 0, 2), {}, naming);
  expect(failure.text).toMatch(/raise --ridge, reduce the --bandwidth, or use --dtype float64\.$/);
  expect(describeFailure(new TypeError('raise `ridge`'), {}, naming).text).toBe(
    'agop: unexpected error: TypeError: raise `ridge`. Set AGOP_DEBUG=1 to see where.',
  );
});
