/** How a kernel uses an operand. 'update' and 'write' differ for the counters alone. */
export type Access = 'read' | 'write' | 'update';

/** An operand of a kernel: an array in the device's memory. */
export interface Operand {
  readonly access: Access;
  /** Default 'f32'. */
  readonly type?: 'f32' | 'i32' | 'u32' | 'atomic<u32>';
}

/** A number that a kernel is given. */
export type UniformType = 'u32' | 'i32' | 'f32';

/**
 * A kernel in WGSL. What stands around the body is written by {@link wgslOf}: the operands as arrays under
 * their names, the numbers as members of `u`, and the main function, whose body knows
 *
 * - `group`: the number of the group of threads, in one dimension, however many there are,
 * - `thread`: the number of the thread in its group,
 * - `u.zero`: 0, of which the compiler does not know that it is 0,
 * - `u.<name>At`: the index at which an operand begins in its array. A binding begins at a multiple of 256
 *   bytes, an operand does not.
 *
 * What a kernel binds twice is bound as 'read' both times, or as something else both times and without
 * overlap.
 *
 * @example
 * const scale: Shader = {
 *   key: 'scale',
 *   operands: { a: { access: 'update' } },
 *   uniforms: { count: 'u32', factor: 'f32' },
 *   threads: 256,
 *   body: () => `let at = group * 256u + thread;
 *     if (at < u.count) { a[u.aAt + at] *= u.factor; }`,
 * };
 * runtime.dispatch(scale, {
 *   operands: { a: rowSpan(matrix, begin, rows) },
 *   uniforms: { count: rows * matrix.columns, factor: 2 },
 *   groups: Math.ceil((rows * matrix.columns) / 256),
 * });
 */
export interface Shader {
  /** Tells it from all others. Its first line is the name. */
  readonly key: string;
  readonly operands: Readonly<Record<string, Operand>>;
  /** In this order in memory. */
  readonly uniforms: Readonly<Record<string, UniformType>>;
  /** Threads of a group. */
  readonly threads: number;
  /** Functions and variables of the workgroup. */
  readonly declarations?: () => string;
  readonly body: () => string;
}

/** What it is called in messages. */
export function nameOf({ key }: Shader): string {
  return key.split('\n', 1)[0]?.trim() ?? '';
}

/** Members of `u` before those of the shader. */
export function ownUniforms(shader: Shader): string[] {
  return ['groups', 'zero', ...Object.keys(shader.operands).map((name) => `${name}At`)];
}

/** The whole text of a kernel. */
export function wgslOf(shader: Shader): string {
  const { operands, uniforms, threads, declarations, body } = shader;
  const members = [
    ...ownUniforms(shader).map((name) => `${name}: u32`),
    ...Object.entries(uniforms).map(([name, type]) => `${name}: ${type}`),
  ];
  const arrays = Object.entries(operands).map(([name, { access, type = 'f32' }], binding) => {
    const mode = access === 'read' ? 'read' : 'read_write';
    return `@group(0) @binding(${binding}) var<storage, ${mode}> ${name}: array<${type}>;`;
  });
  return `struct Uniforms {
  ${members.join(',\n  ')},
}
${arrays.join('\n')}
@group(0) @binding(${arrays.length}) var<uniform> u: Uniforms;
${declarations?.() ?? ''}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) groupAt: vec3u,
  @builtin(num_workgroups) groupCounts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = groupAt.y * groupCounts.x + groupAt.x;
  if (group >= u.groups) { return; }
${body()}
}
`;
}
