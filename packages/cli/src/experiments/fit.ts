import { OptionError, wording } from '@agop/core';
import { parseSettings, type Schema, type Settings } from '@agop/core/options';
import { tableChoiceOptions, tabularOptions } from '@agop/experiments/options';
import type { CommandRun } from '../command.ts';
import { runChoice } from './fit-choice.ts';
import { runMachine } from './fit-machine.ts';
import type { fitOptions } from './fit-options.ts';

/** What `agop fit` is asked for. */
type FitOptions = Settings<typeof fitOptions>;

/** Options of one machine alone, which leave nothing to choose; and of a choice alone. */
const ofMachine = namesBeside(tabularOptions, tableChoiceOptions);
const ofChoice = [...namesBeside(tableChoiceOptions, tabularOptions), 'resume', 'redis', 'shared'];

/** `agop fit`: a choice of settings, or one machine where its settings are given. */
export const runFit: CommandRun<FitOptions> = async (request, context) => {
  const { options } = request;
  const isGiven = (name: string): boolean => {
    const value: unknown = Reflect.get(options, name);
    return value !== undefined && value !== false;
  };
  const [machine] = ofMachine.filter(isGiven);
  const [choice] = ofChoice.filter(isGiven);
  if (machine === undefined) {
    await runChoice(
      { ...request, options: { ...options, ...settingsIn(tableChoiceOptions, options) } },
      context,
    );
    return;
  }
  if (choice !== undefined) throw notTogether(machine, choice);
  await runMachine({ ...request, options: { ...options, ...settingsIn(tabularOptions, options) } }, context);
};

function namesBeside(own: Schema, other: Schema): string[] {
  return Object.keys(own).filter((name) => !Object.hasOwn(other, name));
}

/** The settings of one of both, with its defaults. */
function settingsIn<S extends Schema>(schema: S, options: FitOptions): Settings<S> {
  const given = Object.keys(schema).map((name) => [name, Reflect.get(options, name)]);
  return parseSettings(schema, Object.fromEntries(given));
}

function notTogether(machine: string, choice: string): OptionError {
  return new OptionError(
    machine,
    machine === 'validation'
      ? wording`${{ option: machine, bare: true }} chooses the iteration of one machine, so it does not go with ${{ option: choice, bare: true }}. ${{ option: 'test', bare: true }} names rows that only test, and ${{ option: 'folds', bare: true }} says how settings are judged.`
      : wording`${{ option: machine, bare: true }} is a setting of one machine, so nothing is left to choose: it does not go with ${{ option: choice, bare: true }}.`,
  );
}
