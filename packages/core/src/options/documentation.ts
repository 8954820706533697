import type { OptionMention, OptionNaming } from '../errors/index.ts';
import { inCode } from '../errors/index.ts';
import type { Option, Schema } from './schema.ts';

/** The long flag of an option: `--map-bandwidth` of `mapBandwidth`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** All of a flag: `-t, --target <column>`, `--json`, `--no-header`. */
export function flagsOf(name: string, option: Option<unknown>): string {
  const { short, placeholder } = option;
  const long = option.default === true ? flagOf(name).replace('--', '--no-') : flagOf(name);
  return `${short === undefined ? '' : `-${short}, `}${long}${placeholder === undefined ? '' : ` <${placeholder}>`}`;
}

/** What an option is for, whether it is repeatable, and its default. */
export function describeOption(option: Option<unknown>): string {
  const byDefault = defaultOf(option);
  const remark = option.isRequired ? 'required' : byDefault && `default: ${byDefault}`;
  return option.description + (remark ? ` (${remark})` : '');
}

/** How a command line calls the options of a schema; those that it does not have are called as in code. */
export function flagNaming(schema: Schema): OptionNaming {
  return (mention: OptionMention) => {
    const { option, value } = mention;
    const [name] =
      Object.entries(schema).find(
        ([own, { namesInCode }]) => own === option || namesInCode.includes(option),
      ) ?? [];
    if (name === undefined) return inCode(mention);
    if (value !== undefined) return `${flagOf(name)} ${typeof value === 'string' ? shellWord(value) : value}`;
    return schema[name]?.default === true ? flagOf(name).replace('--', '--no-') : flagOf(name);
  };
}

/** A text as one word of a command line. */
function shellWord(text: string): string {
  return /^[\p{L}\p{N}_.,:=+@%/-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A table of options in Markdown.
 *
 * @param nameOf what stands in the first column, e.g. {@link flagsOf}; without it, the name in code
 */
export function optionTable(
  schema: Schema,
  nameOf: (name: string, option: Option<unknown>) => string = (name) => name,
): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = Object.entries(schema).map(
    ([name, option]) =>
      `| \`${cell(nameOf(name, option))}\` | ${cell(option.description)} | ${cell(defaultOf(option) ?? '')} |`,
  );
  return ['| option | meaning | default |', '| --- | --- | --- |', ...rows].join('\n');
}

function defaultOf({ default: value, defaultWords, placeholder }: Option<unknown>): string | undefined {
  if (defaultWords !== undefined) return defaultWords;
  if (value === undefined || placeholder === undefined) return undefined;
  return Array.isArray(value) ? value.join(' and ') || undefined : String(value);
}
