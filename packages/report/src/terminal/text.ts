import { OptionError } from '@agop/core';
import stringWidth from 'string-width';

/** C0 and C1, separators of lines, and what turns the direction of text. */
const control = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A style of `terminalStyle`, or a control character. */
const styleOrControl = new RegExp(`(\\u001b\\[(?:[12]|22|39|38;5;\\d{1,3})m)|${control.source}`, 'gu');

const csi = '\u001b[';

/**
 * Text from data, safe to print: control characters become blanks, so that line ends, tabs and escape
 * sequences of names and cells do nothing to a terminal.
 */
export function printable(text: string): string {
  return text.replace(control, ' ');
}

/** {@link printable}, but for the styles of {@link terminalStyle}, which stay. */
export function printableStyled(text: string): string {
  return text.replace(styleOrControl, (_, style?: string) => style ?? ' ');
}

const mostColumns = 2 ** 20;

/**
 * `text` in exactly `width` columns: cut with `…`, or filled with blanks on the given side.
 *
 * @throws {OptionError} for more than 2^20 columns
 */
export function fitColumns(text: string, width: number, fill: 'left' | 'right' = 'right'): string {
  if (width > mostColumns) {
    throw new OptionError('width', { requirement: `be at most ${mostColumns} columns`, received: width });
  }
  const clean = printable(text);
  const cut = stringWidth(clean) > width ? truncate(clean, width) : clean;
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(cut)));
  return fill === 'right' ? cut + blanks : blanks + cut;
}

/** Columns that a text takes in a terminal. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/**
 * `text`, which may have styles, cut after `width` columns. Styles take none; those after the cut are kept,
 * so that none goes on.
 */
export function cutColumns(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const [i, part] of text.split(csi).entries()) {
    const end = i === 0 ? 0 : part.indexOf('m') + 1;
    if (i > 0) kept += csi + part.slice(0, end);
    for (const { segment } of new Intl.Segmenter().segment(part.slice(end))) {
      used += stringWidth(segment);
      if (used <= width) kept += segment;
    }
  }
  return kept;
}

function truncate(text: string, width: number): string {
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return width > 0 ? `${kept}…` : '';
}
