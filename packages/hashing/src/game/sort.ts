/**
 * Sorts the first numbers of a list by descending keys; equal ones keep their order. Runs of 8 by insertion,
 * then merged: a comparison is one look into an array, where that of `Array.sort` is a call.
 */
export function sortDescending(
  list: Int32Array,
  length: number,
  keys: Float64Array,
  scratch: Int32Array,
): void {
  for (let begin = 0; begin < length; begin += 8) {
    const end = Math.min(begin + 8, length);
    for (let i = begin + 1; i < end; i++) {
      const one = list[i] as number;
      const key = keys[one] as number;
      let at = i;
      for (; at > begin && (keys[list[at - 1] as number] as number) < key; at--)
        list[at] = list[at - 1] as number;
      list[at] = one;
    }
  }
  let from = list;
  let to = scratch;
  for (let run = 8; run < length; run *= 2) {
    for (let begin = 0; begin < length; begin += 2 * run) {
      const middle = Math.min(begin + run, length);
      const end = Math.min(begin + 2 * run, length);
      let a = begin;
      let b = middle;
      for (let at = begin; at < end; at++) {
        const isFirst =
          a < middle &&
          (b >= end || (keys[from[a] as number] as number) >= (keys[from[b] as number] as number));
        to[at] = (isFirst ? from[a++] : from[b++]) as number;
      }
    }
    [from, to] = [to, from];
  }
  if (from !== list) list.set(from.subarray(0, length));
}
