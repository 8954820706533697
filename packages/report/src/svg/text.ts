const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Characters that neither HTML nor XML allows: control characters but tab and line ends.
const forbidden = /(?![\t\n\r\u0080-\u009f])\p{Cc}/gu;

/** `text` for use between tags or inside a quoted attribute of HTML and SVG. */
export function escapeMarkup(text: string): string {
  return removeForbidden(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** `text` without the characters that no markup may contain. */
export function removeForbidden(text: string): string {
  return text.replace(forbidden, '');
}

/**
 * A number for people: at most `digits` significant digits, without trailing zeros, powers of ten for very
 * large and very small ones. More than 17 digits no number has.
 */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const precision = Math.min(17, Math.max(1, Number.isNaN(digits) ? 4 : digits));
  if (Number.isInteger(value) && size < 1e9) return String(value).replace('-', '−');
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    const [mantissa, exponent] = value.toExponential(Math.max(0, precision - 2)).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`.replaceAll('-', '−');
  }
  return String(Number(value.toPrecision(precision))).replace('-', '−');
}

/** A share as a percentage with one decimal: 0.9876 gives 98.8 %. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
