import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { NotPositiveDefiniteError, say } from '@agop/core';
import { flagNaming } from '@agop/core/options';
import { writeFileAtomically } from '@agop/estimators';
import { tabularOptions } from '@agop/experiments/options';
import { afterAll, describe, expect, test } from 'vitest';
import type { Context } from '../../src/command.ts';
import { describeFailure } from '../../src/failure.ts';
import { checkOutputs, finish } from '../../src/output/output-files.ts';
import { Folder, run } from '../program.ts';

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

describe('paths that are one file', () => {
  const table = folder.file('t.csv', 'a,y\n1,2\n');

  test.each([
    ['the same path', 'x.bin', 'x.bin'],
    ['another spelling', 'x.bin', `../${basename(folder.path)}/./x.bin`],
    ['a link to what is not there', 'x.bin', 'link-to-nothing'],
  ])('two outputs: %s', async (_, output, report) => {
    rmSync(folder.at('link-to-nothing'), { force: true });
    symlinkSync('x.bin', folder.at('link-to-nothing'));
    await expect(
      checkOutputs({ output: folder.at(output), report: `${folder.path}/${report}` }),
    ).rejects.toThrow(/^Cannot write '.*' \(report\): it is the file of output\.$/);
  });

  test('an output that is an input, also through links', async () => {
    linkSync(table, folder.at('hard.csv'));
    symlinkSync('t.csv', folder.at('soft.csv'));
    for (const path of ['t.csv', 'hard.csv', 'soft.csv'].map((name) => folder.at(name))) {
      await expect(checkOutputs({ output: path }, [table])).rejects.toThrow(
        /output\): it is the input '.*t\.csv'/,
      );
    }
    await checkOutputs({ output: folder.at('new'), report: folder.at('other') }, [
      table,
      undefined,
      'digits',
    ]);
    await checkOutputs({ output: '/dev/null', report: '/dev/null' }, ['/dev/null']);
  });

  test('a file of a folder that is read, but for results of earlier commands', async () => {
    mkdirSync(folder.at('images'));
    const images = folder.file('images/data_batch_1.bin', '');
    const model = folder.file('images/model.safetensors', '');
    await expect(checkOutputs({ output: images }, [folder.at('images')])).rejects.toThrow(/it is the input/);
    await checkOutputs({ output: model, report: folder.at('images/new.html') }, [folder.at('images')]);
  });

  test.each([
    ['fit', [table, '--target', 'y', '-o', table]],
    ['fit', [table, '--target', 'y', '-o', folder.at('x'), '--report', folder.at('x')]],
    ['fit', [folder.at('none.csv'), '--target', 'y', '--validation', table, '--report', table]],
    ['predict', [folder.at('none.model'), table, '-o', table]],
    ['predict', [table, folder.at('none.csv'), '-o', table]],
    ['collapse', ['--data', table, '--target', 'y', '-o', table]],
    ['conv', ['--data', table, '-o', table]],
  ])('agop %s refuses before it reads (%#)', async (command, args) => {
    const { code, stdout, stderr } = await run([command, ...args, '--json']);
    expect(stderr).toMatch(/^agop: Cannot write '.*' \(--(output|report)\): it is the (input|file of) /);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(readFileSync(table, 'utf8')).toBe('a,y\n1,2\n');
    expect(existsSync(folder.at('x'))).toBe(false);
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
      interruption: () => new Promise(() => {}),
      kept: () => {},
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
