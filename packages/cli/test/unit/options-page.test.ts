import { fileURLToPath } from 'node:url';
import { flagsOf, optionTable } from '@agop/core/options';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { nameOf } from '../../src/supervisor/arguments.ts';
import { optionGroups } from '../../src/supervisor/help.ts';

const page = fileURLToPath(new URL('../../OPTIONS.md', import.meta.url));

test('OPTIONS.md has the options of every command as they are', async () => {
  // `npx vitest run packages/cli/test/unit/options-page.test.ts --update` writes it anew.
  const sections = commands.map((command) =>
    [
      `## agop ${nameOf(command)}`,
      `${command.description}.`,
      ...optionGroups(command).flatMap(({ task, options }) => {
        const words = task === undefined ? undefined : command.tasks?.[task]?.description;
        return [
          ...(task === undefined ? [] : [`### --task ${task}: ${words}`]),
          optionTable(options, flagsOf),
        ];
      }),
    ].join('\n\n'),
  );
  const head =
    '# Options of the program\n\nMade from the schemas of the commands, as `agop <command> --help` is: do not edit.';
  await expect(`${[head, ...sections].join('\n\n')}\n`).toMatchFileSnapshot(page);
});
