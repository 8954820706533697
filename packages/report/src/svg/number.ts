/**
 * A number for people: at most `digits` significant digits, without trailing zeros, powers of ten for very
 * large and very small ones.
 */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return String(value).replace('-', '−');
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 2)).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`.replaceAll('-', '−');
  }
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** A share as a percentage with one decimal: 0.9876 gives 98.8 %. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
