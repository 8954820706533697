/** The largest of some numbers, and of `least`. Without a call that has them all as arguments: any number. */
export function largest(values: readonly number[], least = Number.NEGATIVE_INFINITY): number {
  return values.reduce((found, value) => Math.max(found, value), least);
}

/** The smallest of some numbers, and of `most`. */
export function smallest(values: readonly number[], most = Number.POSITIVE_INFINITY): number {
  return values.reduce((found, value) => Math.min(found, value), most);
}
