/** Longest text that a message shows of a value. */
const longest = 100;

/**
 * Any value in a message: texts in quotes, short lists with what is in them, and never an error of its own,
 * also for symbols, objects that become no text, and lists of any length.
 */
export function shownValue(value: unknown): string {
  try {
    if (typeof value === 'string') return `'${shortened(value)}'`;
    if (typeof value === 'function') return `the function ${value.name || 'without a name'}`;
    if (isList(value) && value.length > 8) return `a list of ${value.length}`;
    const text = String(value);
    if (isList(value) && text === '')
      return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
    return shortened(text);
  } catch {
    return `of type ${typeof value}`;
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
