const decimalNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;

/**
 * The number a trimmed cell spells, or undefined if it is not one. Only decimal notation counts (no `0x10`,
 * no thousands separators); `inf` and `infinity` are infinite.
 */
export function parseNumber(cell: string, decimal: '.' | ',' = '.'): number | undefined {
  const text = decimal === ',' ? cell.replace(',', '.') : cell;
  if (decimalNumber.test(text)) return Number(text);
  const sign = infinite.exec(text)?.[1];
  if (sign === undefined) return undefined;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
