import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { type Finished, run } from './run.ts';

/** An empty folder outside the workspace, in which somebody installs packages with npm and runs a program. */
export class Consumer {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Consumer> {
    const folder = await mkdtemp(join(tmpdir(), 'agop-consumer-'));
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    return new Consumer(folder);
  }

  install(packages: readonly string[]): Promise<Finished> {
    return run('npm', ['install', '--no-audit', '--no-fund', ...packages], this.folder);
  }

  /**
   * Runs the program that stands in ../consumers under this name, or the given text where there is none.
   *
   * @param engine a module that makes the engine a lesser one before the program starts
   */
  async run(node: string, name: string, otherwise: string, engine?: string): Promise<Finished> {
    const program = join(import.meta.dirname, '../consumers', name);
    const here = join(this.folder, name);
    if (existsSync(program)) await copyFile(program, here);
    else await writeFile(here, otherwise);
    const before = engine === undefined ? [] : ['--import', join(import.meta.dirname, engine)];
    return run(node, [...before, here], this.folder);
  }

  /** Runs a TypeScript program in ../consumers, compiled for every supported Node. */
  async runCompiled(node: string, name: string): Promise<Finished> {
    const source = await readFile(join(import.meta.dirname, '../consumers', name), 'utf8');
    const { code } = await transform(source, { loader: 'ts', target: 'node20' });
    const here = join(this.folder, name.replace('.ts', '.mjs'));
    await writeFile(here, code);
    return run(node, [here], this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
