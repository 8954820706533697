import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tableFile } from '../data.ts';
import { demand, type Fault, unlessLinux } from '../fault.ts';
import { agopInShell } from '../programs.ts';

/** Shell commands in which a stream of the program goes nowhere, and the codes that may come of it. */
const closed: readonly (readonly [command: string, codes: readonly number[]])[] = [
  ['set -o pipefail; "$@" | true', [141]],
  ['set -o pipefail; "$@" | head -c 1 > /dev/null', [0, 141]],
  ['set -o pipefail; "$@" 2>&1 >/dev/null | true', [0, 1, 141]],
  ['"$@" >&-', [0, 1]],
  ['"$@" 2>&-', [0, 1]],
  ['"$@" >&- 2>&-', [0, 1]],
  ['"$@" <&- >/dev/null 2>&1', [0]],
];

/** Streams whose reader goes away. */
export const pipes: readonly Fault[] = closed.map(([command, codes]) => ({
  group: 'pipes' as const,
  name: `agop fit as ${command.replace('"$@"', 'agop')}`,
  holds: `exit code ${codes.join(' or ')}; where it ends well the model is there`,
  missing: unlessLinux,
  run: async ({ folder }) => {
    const table = tableFile(folder, 40);
    const model = join(folder, 'model');
    const fit = ['fit', table, '--target', 'y', '--backend', 'naive', '--iterations', '0', '-o', model];
    const { code, stderr } = await agopInShell(command, fit);
    demand(code !== null && codes.includes(code), `Exit code ${code}: ${stderr}`);
    demand(!/unexpected|EPIPE/.test(stderr), stderr);
    const isThere = existsSync(model);
    demand(code === 1 || isThere, `Exit code ${code}, but no model.`);
    return `exit code ${code}, ${isThere ? 'model written' : 'no model, and the code says so'}`;
  },
}));
