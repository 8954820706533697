import { type Backend, type Wording, wording } from '@agop/core';
import { RunFolder } from '@agop/experiments/node';
import type { Context } from '../command.ts';

/** Options that change no part of a run: where its results go, and how many seeds there are. */
const passing = ['again', 'json', 'output', 'report', 'seeds', 'threads'];

/** What a run is made from. */
export interface RunSource {
  readonly options: { readonly again?: boolean };
  readonly input: unknown;
  readonly backend: Backend;
}

/**
 * Where a run keeps its parts. Says what is known from an interrupted one, and what an interruption leaves.
 */
export async function openRun(
  name: string,
  { options, input, backend }: RunSource,
  context: Pick<Context, 'note' | 'kept'>,
): Promise<RunFolder> {
  const settings = Object.entries(options).filter(([option]) => !passing.includes(option));
  const again = { option: 'again', bare: true } as const;
  const tell = () => {
    const words = wording`${partsWords(folder.count)} of it ${folder.count === 1 ? 'is' : 'are'} kept in ${folder.path}: the same command goes on from there, with ${again} it begins anew.`;
    if (folder.count > 0) context.kept(words);
  };
  const folder: RunFolder = new RunFolder(
    { name, of: { settings: Object.fromEntries(settings), input, backend: backend.name } },
    {
      onKept: tell,
      onTrouble: (error) => context.note(troubleWords(folder.path, error)),
    },
  );
  if (options.again) {
    await folder.remove();
  } else if (folder.count > 0) {
    context.note(
      wording`agop: It goes on: ${partsWords(folder.count)} of an interrupted run ${folder.count === 1 ? 'is' : 'are'} known. With ${again} it begins anew.`,
    );
    tell();
  } else {
    const [other] = folder.others();
    if (other !== undefined) {
      context.note(`agop: It begins anew: what is kept in ${other} is of other settings or other data.`);
    }
  }
  return folder;
}

function partsWords(count: number): string {
  return count === 1 ? '1 part' : `${count} parts`;
}

function troubleWords(path: string, error: unknown): Wording {
  const reason = error instanceof Error ? error.message : String(error);
  return wording`agop: Nothing can be kept in ${path}, so that an interrupted run begins anew; the variable AGOP_CACHE names another folder. ${reason}`;
}
