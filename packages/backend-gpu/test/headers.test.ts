import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Signature } from '../src/driver/signatures.ts';
import { compareWithHeader, headerTables, includeFolders } from './header-checks.ts';

const includes = includeFolders();
const hasCompiler = spawnSync('g++', ['--version']).status === 0;

for (const table of headerTables) {
  const { header, signatures } = table;
  const isThere = hasCompiler && includes.some((path) => existsSync(join(path, header)));
  const title = `the signatures and constants are those of ${header}`;
  if (!isThere)
    test.skip(`LEFT OUT, ${title}: ${hasCompiler ? 'it is not installed' : 'g++ is not on PATH'}`);
  else {
    test(title, { timeout: 60_000 }, () => {
      expect(compareWithHeader(table, includes)).toBeGreaterThan(5);
      const [name, signature] = Object.entries(signatures)[0] as [string, Signature];
      const wrong = { ...table, signatures: { [name]: [...signature, 'i32'] as const } };
      expect(() => compareWithHeader(wrong, includes)).toThrow(name);
      const [constant, value] = Object.entries(table.constants)[0] as [string, number];
      const other = { ...table, constants: { [constant]: value + 1 } };
      expect(() => compareWithHeader(other, includes)).toThrow(constant);
    });
  }
}
