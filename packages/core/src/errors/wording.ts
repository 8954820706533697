/** An option that a message speaks of. Whoever shows the message says what the option is called there. */
export interface OptionMention {
  /** The name in code. */
  readonly option: string;
  /** A value that goes with it: `dtype 'float64'` in code, `--dtype float64` on a command line. */
  readonly value?: string | number;
  /** Whether the name stands without quotes, as in `ridge must be …`. */
  readonly bare?: boolean;
}

/** A message in which options are mentioned and not spelt. Plain data, so that it crosses threads. */
export type Wording = readonly (string | OptionMention)[];

/** How the options of a message are called. */
export type OptionNaming = (mention: OptionMention) => string;

/** As options are called in code: `` `ridge` ``, `dtype 'float64'`. */
export const inCode: OptionNaming = ({ option, value, bare = false }) => {
  if (typeof value === 'string') return `${option} '${value}'`;
  if (value !== undefined) return `${option} ${value}`;
  return bare ? option : `\`${option}\``;
};

/**
 * Makes a wording of a template with mentions: `` wording`Raise ${{ option: 'ridge' }}.` ``.
 *
 * @param parts texts, numbers, mentions, or wordings to put in whole
 */
export function wording(
  texts: TemplateStringsArray,
  ...parts: readonly (string | number | OptionMention | Wording)[]
): Wording {
  return texts.flatMap((text, i) => {
    const part = parts[i];
    if (part === undefined) return [text];
    return [text, ...(Array.isArray(part) ? part : [typeof part === 'number' ? String(part) : part])];
  });
}

/** The text of a wording, with options called by `naming`. */
export function say(words: string | Wording, naming: OptionNaming = inCode): string {
  if (typeof words === 'string') return words;
  return words.map((word) => (typeof word === 'string' ? word : naming(word))).join('');
}
