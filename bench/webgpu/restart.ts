import { spawnSync } from 'node:child_process';

/**
 * Runs this program again with variables that must be set before a process starts.
 *
 * @returns whether it was; not where there are none
 */
export function restartWith(variables: Readonly<Record<string, string>>): boolean {
  if (Object.keys(variables).length === 0) return false;
  const [node = '', ...args] = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync(node, args, { stdio: 'inherit', env: { ...process.env, ...variables } });
  process.exitCode = status ?? 1;
  return true;
}
