/** What is known of where text goes: a stream of Node, or something like it. */
export interface TextOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Styles of terminal text. Each leaves its text unchanged where colour is off. */
export interface TerminalStyle {
  readonly color: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  /** Colour of series 0, 1, … */
  readonly series: (i: number, text: string) => string;
}

// Indices into the 256-colour cube that are readable on black and on white.
const seriesCodes = [32, 166, 35, 169, 136, 74, 244];

/**
 * Whether to colour text for `output`: never with NO_COLOR set (no-color.org) or on a dumb terminal, always
 * with FORCE_COLOR, else on a terminal only.
 */
export function wantsColor(
  output: TextOutput,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: term } = environment;
  if (no !== undefined && no !== '') return false;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return output.isTTY === true && term !== 'dumb';
}

/** The styles for a terminal with or without colour. */
export function terminalStyle(color: boolean): TerminalStyle {
  const wrap = (open: string, close: string) => (text: string) =>
    color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    color,
    bold: wrap('1', '22'),
    dim: wrap('2', '22'),
    series: (i, text) => wrap(`38;5;${seriesCodes[i % seriesCodes.length]}`, '39')(text),
  };
}

/** Width to draw in: that of the terminal, within reason; 80 where it is not known. */
export function outputWidth(output: TextOutput): number {
  // A pseudo-terminal whose size was never set has 0 columns.
  return Math.min(120, Math.max(30, output.columns || 80));
}
