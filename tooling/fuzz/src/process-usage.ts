import { readFileSync } from 'node:fs';

/** Memory of a process in MiB, as Linux tells it; 0 elsewhere. */
export function residentMegabytes(pid: number | undefined): number {
  const [, pages] = (about(pid, 'statm') ?? '').split(' ');
  return (Number(pages ?? 0) * 4096) / 2 ** 20;
}

/**
 * Processor seconds that a process has taken, its threads together, as Linux tells it; undefined elsewhere,
 * and once it has ended.
 */
export function processorSeconds(pid: number | undefined): number | undefined {
  const text = about(pid, 'stat');
  // The name, between parentheses, may hold anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  // In hundredths of a second, on all systems there are: user and system time, fields 14 and 15 of all.
  return fields && (Number(fields[11]) + Number(fields[12])) / 100;
}

/**
 * Whether a process has worked for longer than it may, however busy the machine is; or waited for long, which
 * is no work.
 *
 * @param begun what `processorSeconds` was at the start
 * @param waited seconds since then
 */
export function isOverdue(
  pid: number | undefined,
  begun: number | undefined,
  waited: number,
  seconds: number,
): boolean {
  const now = processorSeconds(pid);
  const worked = now === undefined || begun === undefined ? waited : now - begun;
  return worked > seconds || waited > 5 * seconds;
}

function about(pid: number | undefined, what: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return undefined;
  }
}
