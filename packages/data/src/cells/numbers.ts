const decimalNumber = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;

/**
 * The number that a trimmed cell spells in plain decimal notation, or undefined (no `0x10`, no thousands
 * separators); `inf` and `infinity` are infinite. Takes time in proportion to the length of the cell.
 */
export function parseNumber(cell: string): number | undefined {
  if (decimalNumber.test(cell)) return Number(cell);
  const sign = infinite.exec(cell)?.[1];
  if (sign === undefined) return undefined;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Digits from which an integer may not be held exactly by a double. */
const exactDigits = 16;

/** Whether a plain number is spelt in a way that its value does not keep: `007`, or 16 digits and more. */
export function losesSpelling(cell: string): boolean {
  const at = cell.startsWith('-') || cell.startsWith('+') ? 1 : 0;
  const [first, second] = [cell.charCodeAt(at), cell.charCodeAt(at + 1)];
  if (first === 48 && second >= 48 && second <= 57) return !cell.includes('.');
  if (cell.length - at < exactDigits) return false;
  return /^\d+$/.test(cell.slice(at)) && !Number.isSafeInteger(Number(cell));
}

/**
 * A code without the decimals that other programs give to whole numbers: `1.0` is the code `1`. (Three
 * decimals may be a thousands group, and stay.)
 */
export function canonicalCode(cell: string): string {
  return /^-?(?:0|[1-9]\d*)\.(?:0{1,2}|0{4,9})$/.test(cell) ? cell.slice(0, cell.indexOf('.')) : cell;
}

/** A number with what people write around it taken off. */
interface Stripped {
  readonly negative: boolean;
  /** Digits, separators and an exponent. */
  readonly body: string;
  /** `%`, `$`, `kg`, …; empty for a bare number. */
  readonly unit: string;
}

/** A longer cell is a text. */
const longestNumber = 64;

const currency = '[\\p{Sc}]|(?:US|CA|AU|NZ|HK|R)\\$|kr\\.?|zł|Kč|Ft|Fr\\.?|Rs\\.?|R\\$';
const codes =
  'USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|KRW|SGD|HKD|TRY|RUB|ILS';
const before = new RegExp(`^(?:${currency}|${codes})\\s*`, 'u');
const after = /^\s*(?:%|‰|\p{Sc}|°\s?[CFK]?|\p{L}{1,8}\.?[²³23]?(?:\/\p{L}{1,4}[²³23]?)?)$/u;
const bodyStart = /^[\d.,][\d.,' ’_]*/;
const exponent = /^(?:[eE]|\s?[×x*]\s?10\^?)[+-]?\d{1,3}/;

/** Letters that multiply, close after a number: `1.5k`, `$2M`. */
const magnitudes: Readonly<Record<string, string>> = {
  ...{ k: 'e3', K: 'e3', M: 'e6', Mio: 'e6', mio: 'e6', mn: 'e6', B: 'e9', bn: 'e9', Mrd: 'e9', T: 'e12' },
};
const closeMagnitude = /^(?:k|K|M|Mio|mio|mn|B|bn|Mrd|T)(?=$|\s|\p{Sc})/u;
/** Digits of Arabic and Persian, each 0 to 9 in its last four bits. */
const arabicDigits = /[\u0660-\u0669\u06F0-\u06F9]/g;
const isAscii = /^\p{ASCII}*$/u;

function strip(cell: string): Stripped | undefined {
  if (cell.length > longestNumber) return undefined;
  let text = cell
    .replace(/[\u2212\uFE63\uFF0D\u2010-\u2013]/g, '-')
    .replace(/[\u00A0\u202F\u2007\u2009]/g, ' ');
  if (!isAscii.test(text)) {
    text = text.replace(/[０-９．，]/g, (wide) => wide.normalize('NFKC'));
    text = text.replace(arabicDigits, (digit) => String(digit.charCodeAt(0) & 15));
  }
  let negative = false;
  if (text.startsWith('(') && text.endsWith(')')) {
    negative = true;
    text = text.slice(1, -1).trim();
  }
  const takeSign = (): void => {
    if (text.startsWith('-')) negative = !negative;
    if (text.startsWith('-') || text.startsWith('+')) text = text.slice(1).trimStart();
  };
  takeSign();
  const prefix = before.exec(text)?.[0] ?? '';
  if (prefix !== '') {
    text = text.slice(prefix.length);
    takeSign();
  }
  const digits = bodyStart.exec(text)?.[0].trimEnd() ?? '';
  if (!/\d/.test(digits)) return undefined;
  let rest = text.slice(digits.length);
  const power = exponent.exec(rest)?.[0] ?? '';
  rest = rest.slice(power.length);
  const magnitude = power === '' ? (closeMagnitude.exec(rest)?.[0] ?? '') : '';
  rest = rest.slice(magnitude.length);
  if (rest === '-') {
    negative = !negative;
    rest = '';
  }
  if (rest !== '' && !after.test(rest)) return undefined;
  const tens =
    power === ''
      ? Object.hasOwn(magnitudes, magnitude)
        ? magnitudes[magnitude]
        : ''
      : `e${power.replace(/^(?:[eE]|\s?[×x*]\s?10\^?)/, '')}`;
  return { negative, body: digits + tens, unit: prefix.trim() || rest.trim() };
}

const pointBody = /^(?:\d*|[1-9]\d{0,2}(?=([,'’ _]))(?:\1\d{2,3})*\1\d{3})(?:\.\d*)?(?:e[+-]?\d+)?$/;
const commaBody = /^(?:\d*|[1-9]\d{0,2}(?=([.'’ _]))(?:\1\d{2,3})*\1\d{3})(?:,\d*)?(?:e[+-]?\d+)?$/;

/** What a cell is by the two notations of decimals. */
export interface NumberReading {
  /** With a decimal point; `,`, blanks or `'` may divide thousands. */
  readonly point: number | undefined;
  /** With a decimal comma; `.`, blanks or `'` may divide thousands. */
  readonly comma: number | undefined;
  readonly unit: string;
}

/** Reads a number as a person would: with a sign, thousands separators, a currency, percent or unit. */
export function readNumber(cell: string): NumberReading | undefined {
  const stripped = strip(cell);
  if (stripped === undefined) return undefined;
  const { negative, body, unit } = stripped;
  const value = (text: string): number => (negative ? -1 : 1) * Number(text);
  const point = pointBody.test(body) ? value(body.replace(/[,'’ _]/g, '')) : undefined;
  const comma = commaBody.test(body) ? value(body.replace(/[.'’ _]/g, '').replace(',', '.')) : undefined;
  return point === undefined && comma === undefined ? undefined : { point, comma, unit };
}
