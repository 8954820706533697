// The benchmark: kernels against OpenBLAS, whole fits against PyTorch and the published programs, memory,
// scaling.
//
//   pnpm bench [--quick] [--json FILE] [--only 'gemm;fit n 4000, d 100, c 2'] [--threads N]
//     [--clock processor]
//
// Peers take part where they are there: OpenBLAS ($AGOP_OPENBLAS or the usual places), Python with torch
// ($AGOP_PYTHON), the published programs' folders ($AGOP_PEER_RFM, $AGOP_PEER_XRFM, $AGOP_PEER_GROKKING).
// On a machine that others use as well, `--clock processor` with one thread takes processor seconds.
// Without --quick or --json it writes bench/results/<machine>.json and measured/benchmark.md; with --only it
// renews the lines that it measured.
import { writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Contender, type ContenderProgram } from './contenders/contender.ts';
import { agop, agop128, agopBlas, peers } from './contenders/programs.ts';
import { measure, type Result } from './measure.ts';
import { measureMemory } from './memory.ts';
import { memoryWork, plan, scalingSizes } from './plan.ts';
import { line, type Report, sizeText } from './present.ts';
import { record } from './record.ts';
import { measureScaling } from './scaling.ts';
import { measureTabular, tableSizes } from './tabular.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string' },
    threads: { type: 'string' },
    clock: { type: 'string', default: 'wall' },
  },
});
const threads = Number(options.threads ?? Math.min(availableParallelism(), 64));
const clock = options.clock === 'processor' ? 'processor' : 'wall';
const only = options.only?.split(';');
const wanted = (name: string): boolean => only?.some((part) => name.startsWith(part)) ?? true;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const loadBefore = load();
const versions: Record<string, string> = {};
async function start(programs: readonly ContenderProgram[]): Promise<Contender[]> {
  const running: Contender[] = [];
  for (const program of programs) {
    const contender = await Contender.start(program);
    versions[program.name] = typeof contender === 'string' ? `absent (${contender})` : contender.about;
    say(`${program.name}: ${versions[program.name]}`);
    if (typeof contender !== 'string') running.push(contender);
  }
  return running;
}

const others = peers(threads);
const results: Result[] = [];
const keep = (found: readonly Result[]): void => {
  for (const result of found) {
    results.push(result);
    console.log(line(result));
  }
};

const items = plan(options.quick).filter(({ work }) =>
  wanted(`${work.work} ${sizeText(work.size)} ${work.dtype}`),
);
if (items.length > 0) {
  const own = await start([agop(threads), agop128(threads), agopBlas(threads)]);
  const needed = new Set(items.flatMap((item) => item.peers));
  const rivals = await start(others.filter((program) => needed.has(program.name)));
  for (const item of items) keep(await measure(item, own, rivals, clock, say));
  for (const contender of [...own, ...rivals]) contender.stop();
}
const python = others.find((program) => program.name === 'python');
if (python && wanted('memory'))
  keep(await measureMemory(agop(threads), python, memoryWork(options.quick), say));
const tables = tableSizes(options.quick).filter(({ n, classes }) =>
  wanted(`tabular ${sizeText({ n, classes })}`),
);
if (tables.length > 0) keep(measureTabular(threads, tables, python?.command ?? 'python3', say));
if (wanted('scaling')) keep(await measureScaling(agop, [1, threads], scalingSizes(options.quick)));

const report: Report = {
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}, Node ${process.version}`,
    load: `${loadBefore} at the beginning, ${load()} at the end`,
  },
  versions,
  results,
};
if (options.json) {
  writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
} else if (!options.quick) {
  say(`written: ${record(report).join(', ')}`);
}
