/**
 * Puts vector constants into memory. V8 builds a 128-bit constant anew in every turn of a loop, from three to
 * seven instructions; a broadcast from memory takes one or two. AssemblyScript cannot place them from an
 * inlined function, so the calls `all<T>(literal)`, `bits32(literal)` and `bits64(literal)` of
 * assembly/math/bits.ts are replaced in the text of a source file, each literal by one address: equal
 * operations on two neighbouring vectors must load from the same place to be fused to 256 bits.
 */
export function constantsInMemory(source: string): string {
  const names = new Map<string, string>();
  const name = (type: string, value: string): string => {
    const key = `${type} ${value}`;
    const known = names.get(key) ?? `constant_${type}_${names.size}`;
    names.set(key, known);
    return known;
  };
  const text = source
    .replaceAll(
      /(?<!function )\ball<(T|f32|f64)>\((-?(?:[\d.]+(?:e[+-]?\d+)?|Infinity|NaN))\)/g,
      (_, type: string, value: string) =>
        type === 'T'
          ? `v128.load_splat<T>(sizeof<T>() == 4 ? ${name('f32', value)} : ${name('f64', value)})`
          : `v128.load_splat<${type}>(${name(type, value)})`,
    )
    .replaceAll(
      /(?<!function )\bbits(32|64)\((0x[\da-f]+|\d+)\)/g,
      (_, width: string, value: string) => `v128.load_splat<i${width}>(${name(`i${width}`, value)})`,
    );
  const definitions = [...names].map(([key, constant]) => {
    const [type, value] = key.split(' ');
    return `const ${constant} = memory.data<${type}>([${value}], 8);`;
  });
  return [text, ...definitions].join('\n');
}
