import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const scripts = join(import.meta.dirname, '..');

/**
 * A small clone with the real set-up scripts. Its npx and turbo are stand-ins that write down when they are
 * called, install a `node` and build a program that prints its arguments.
 */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), 'agop-clone-'));
  private readonly commands = join(this.folder, 'commands');
  /** Where this clone's machine keeps temporary files. */
  readonly temporary = join(this.folder, 'tmp');
  private readonly calls = join(this.folder, 'calls');

  constructor() {
    mkdirSync(this.temporary);
    cpSync(scripts, join(this.folder, 'scripts'), { recursive: true });
    this.write('calls', '');
    this.write('package.json', '{ "packageManager": "pnpm@1.2.3" }');
    this.lock();
    this.write('pnpm-workspace.yaml', '');
    this.write(
      'packages/cli/package.json',
      '{ "name": "@agop/cli", "scripts": { "build": "tsup" }, "dependencies": { "@agop/core": "workspace:*" } }',
    );
    this.write('packages/core/package.json', '{ "name": "@agop/core", "scripts": { "build": "tsup" } }');
    this.write('packages/core/src/index.ts', 'export {};');
    this.write('packages/other/package.json', '{ "name": "@agop/other", "scripts": { "build": "tsup" } }');
    this.write('packages/other/src/index.ts', 'export {};');
    this.command('npm', []);
    this.command('npx', [
      'mkdir -p node_modules/.bin packages/cli/node_modules',
      `ln -sf ${process.execPath} node_modules/.bin/node`,
      'cp commands/turbo node_modules/.bin/turbo',
    ]);
    this.command('turbo', [
      'mkdir -p packages/cli/dist packages/core/dist',
      'echo "console.log(JSON.stringify(process.argv.slice(2)))" > packages/cli/dist/main.js',
      'touch packages/core/dist/index.js',
    ]);
  }

  write(path: string, content: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** A lock file with a hash of pnpm, and more. */
  lock(more = ''): void {
    const pnpm = '  pnpm@1.2.3:\n    resolution: {integrity: sha512-abc}\n    hasBin: true\n';
    const program =
      "  '@pnpm/exe.linux-x64@1.2.3':\n    resolution: {integrity: sha512-def}\n    os: [linux]\n";
    this.write('pnpm-lock.yaml', `packages:\n\n${pnpm}\n${program}\n${more}`);
  }

  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }

  /** Gives a command of this clone's machine new lines of shell. */
  command(name: string, lines: readonly string[]): void {
    const head = ['#!/bin/sh', 'PATH=/usr/bin:/bin', `cd ${this.folder}`, `echo "${name} $*" >> calls`];
    this.write(`commands/${name}`, `${[...head, ...lines].join('\n')}\n`);
    chmodSync(join(this.commands, name), 0o755);
  }

  /** Runs `npm start` as npm would; `calls` are the commands that the set-up needed this time. */
  start(...args: string[]): { code: number | null; stdout: string; stderr: string; calls: string[] } {
    writeFileSync(this.calls, '');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.mjs', ...args], {
      cwd: this.folder,
      env: { PATH: this.commands, TMPDIR: this.temporary },
      encoding: 'utf8',
    });
    const calls = readFileSync(this.calls, 'utf8').trim();
    return { code: status, stdout, stderr, calls: calls === '' ? [] : calls.split('\n') };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
