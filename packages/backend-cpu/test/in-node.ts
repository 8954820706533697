import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program in a Node process of its own: what it prints. */
export async function inNode(program: string, ...flags: string[]): Promise<string> {
  const args = ['--conditions=@agop/source', ...flags, '--input-type=module', '--eval', program];
  const { stdout } = await run(process.execPath, args, { cwd: import.meta.dirname, timeout: 60_000 });
  return stdout.trim();
}
