import { nodeModule } from './node-module.ts';

type FileSystem = typeof import('node:fs/promises');

/**
 * A name for a file that is being written: short, so that it fits where the name of the file itself does, and
 * with the process that writes it, so that others can tell whether it still does.
 */
export function temporaryName(): string {
  return `${prefix()}${process.pid}-${crypto.randomUUID().slice(0, 8)}.tmp`;
}

/** Removes what processes of this machine were writing into a folder when they were killed. */
export async function clearLeftovers(fs: FileSystem, folder: string): Promise<void> {
  const [begin, end] = [prefix(), /^(\d+)-[0-9a-f]{8}\.tmp$/];
  // What cannot be listed or removed stays: it is in nobody's way.
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    const [, pid] = (name.startsWith(begin) && end.exec(name.slice(begin.length))) || [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await fs.rm(nodeModule('node:path').join(folder, name), { force: true }).catch(() => {});
  }
}

/** With the machine's name: a folder may be shared, and process ids mean something on their machine only. */
function prefix(): string {
  const host = nodeModule('node:os')
    .hostname()
    .replace(/[^\w-]/g, '_');
  return `.agop-${host.slice(0, 32)}-`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Processes of other users answer that the signal is not permitted.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
