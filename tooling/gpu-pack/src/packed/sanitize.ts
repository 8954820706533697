import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { PartResult } from './parts.ts';

/** compute-sanitizer: on PATH, in toolkits, or where AGOP_SANITIZER says. */
function findSanitizer(): string | undefined {
  const chosen = process.env['AGOP_SANITIZER'];
  if (chosen) return chosen;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const toolkits = [process.env['CUDA_HOME'] ?? '/usr/local/cuda', '/usr/local/cuda'];
  const places = [
    ...folders,
    ...toolkits.flatMap((root) => [join(root, 'bin'), join(root, 'compute-sanitizer')]),
  ];
  return places.map((folder) => join(folder, 'compute-sanitizer')).find((file) => existsSync(file));
}

/** Its tools, and the seconds that each is given; what it has found by then counts. */
const tools = [
  { tool: 'racecheck', seconds: 60 },
  { tool: 'memcheck', seconds: 45 },
] as const;

/** Every group of conformance cases under NVIDIA's checkers, as far as the time goes. */
export async function sanitize(): Promise<PartResult> {
  const sanitizer = findSanitizer();
  if (sanitizer === undefined) return { status: 'left out', summary: 'compute-sanitizer is not installed' };
  const outcomes = tools.map(({ tool, seconds }) => {
    const program = [process.execPath, process.argv[1] ?? '', 'exercise'];
    const { stdout, stderr, error } = spawnSync(sanitizer, ['--tool', tool, ...program], {
      encoding: 'utf8',
      timeout: 1000 * seconds,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 27,
    });
    const text = `${stdout ?? ''}${stderr ?? ''}`;
    const lines = text.split('\n');
    const cases = lines.filter((line) => line.startsWith('exercised ')).length;
    const findings = lines.filter((line) => /^=+ .*(hazard|Invalid |Race reported|misaligned)/i.test(line));
    const isOver = lines.some((line) => /SUMMARY/.test(line));
    return { tool, cases, findings, isOver, lines, error: error?.message };
  });
  const found = outcomes.flatMap(({ findings }) => findings);
  const cases = outcomes.reduce((sum, outcome) => sum + outcome.cases, 0);
  const summary = outcomes
    .map(
      ({ tool, cases: done, findings, isOver }) =>
        `${tool}: ${done} cases${isOver ? '' : ' until the time was over'}, ${findings.length} findings`,
    )
    .join('; ');
  const lines = outcomes.flatMap(({ tool, cases: done, findings, lines: all }) =>
    (done === 0 ? all : findings).slice(0, 20).map((line) => `${tool}: ${line}`),
  );
  const status = found.length > 0 ? 'failed' : cases > 0 ? 'passed' : 'left out';
  return { status, summary, lines, data: outcomes.map(({ lines: _, ...rest }) => rest) };
}
