import { inCode, type OptionMention, type OptionNaming } from '@agop/core';
import { columnWords } from './column-words.ts';

/** What the page does not offer, as the program calls it. */
const flags = new Map([
  ['kept', '--no-usual-missing'],
  ['missing', '--missing'],
  ['encoding', '--encoding'],
  ['spellings', '--spellings'],
]);

/** How notes of a table call options in the page: by the choices of its columns, else those of `agop fit`. */
export const inPage: OptionNaming = (mention) => {
  const choice = choiceOf(mention);
  if (choice !== undefined) return `the choice '${columnWords.get(choice)}'`;
  const flag = flags.get(mention.option);
  if (flag === undefined) return inCode(mention);
  return `${flag}${mention.value === undefined ? '' : ` '${mention.value}'`} of the program (agop fit)`;
};

function choiceOf({
  option,
  value,
}: OptionMention): 'categorical' | 'left out' | 'decimal comma' | 'numeric' | undefined {
  if (option === 'categorical') return 'categorical';
  if (option === 'ignore') return 'left out';
  if (option === 'decimal') return value === ',' ? 'decimal comma' : 'numeric';
  return undefined;
}
