import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { type Finished, run } from './run.ts';

const compiler = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'));

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
    // What one of them has fetched, the next ones take without asking again.
    const options = ['--no-audit', '--no-fund', '--prefer-offline'];
    return run('npm', ['install', ...options, ...packages], this.folder);
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

  /** Requires entries from a CommonJS module. */
  async require(node: string, entries: readonly string[]): Promise<Finished> {
    const here = join(this.folder, 'required.cjs');
    const lines = entries.map((entry) => `require('${entry}');\n`);
    await writeFile(here, lines.join(''));
    return run(node, [here], this.folder);
  }

  /**
   * Has the compiler check a program that imports entries, and their declarations to the last line, with no
   * types of Node and nothing installed that need not be.
   */
  async compile(entries: readonly string[], options: Readonly<Record<string, unknown>>): Promise<Finished> {
    const lines = entries.map((entry, at) => `export * as e${at} from '${entry}';\n`);
    await writeFile(join(this.folder, 'compiled.ts'), lines.join(''));
    const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true };
    const platform = { target: 'es2022', lib: ['es2022', 'dom'], types: [] };
    const config = { compilerOptions: { ...strict, ...platform, ...options }, files: ['compiled.ts'] };
    await writeFile(join(this.folder, 'tsconfig.json'), JSON.stringify(config));
    return run(process.execPath, [compiler, '-p', 'tsconfig.json'], this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
