import { Contender, type ContenderProgram } from './contenders/contender.ts';
import type { Work } from './contenders/protocol.ts';
import type { Result } from './measure.ts';

/** Peak resident memory of fresh processes that do one fit. */
export async function measureMemory(
  own: ContenderProgram,
  rival: ContenderProgram,
  work: Work,
  say: (line: string) => void,
): Promise<Result[]> {
  const peak = async (program: ContenderProgram): Promise<number | undefined> => {
    const contender = await Contender.start(program);
    if (typeof contender === 'string') return undefined;
    try {
      const answer = await contender.do(work);
      if ('cannot' in answer) say(`  ${program.name} cannot do ${work.work}: ${answer.cannot}`);
      return 'cannot' in answer || answer.peakBytes === undefined ? undefined : answer.peakBytes / 2 ** 20;
    } finally {
      contender.stop();
    }
  };
  const ours = await peak(own);
  const peer = await peak(rival);
  if (ours === undefined) return [];
  return [
    {
      name: `memory of a ${work.work}, ${own.name} / ${rival.name}`,
      dtype: work.dtype,
      size: work.size,
      ours,
      peer: peer ?? null,
      ratio: peer === undefined ? null : peer / ours,
      unit: 'MiB',
    },
  ];
}
