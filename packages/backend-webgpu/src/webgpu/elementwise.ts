import type { Expression } from '@agop/core';
import { PerExpression } from '../expression/per-expression.ts';
import { type ExpressionCode, expressionCode } from '../expression/wgsl-expression.ts';
import type { Shader } from '../shader/shader.ts';
import { type InputPlan, type Inputs, partsOf, planInputs, withExpression } from './expression-operands.ts';
import { type DeviceMatrix, type Runtime, sizeOf } from './runtime.ts';

const threads = 256;
/** Elements of a thread. */
const each = 4;

/**
 * out_ij = e(inputs at (i, j)). Each element is read before it is written, by the same thread, so out may be
 * an input.
 */
export function map(runtime: Runtime, expression: Expression, inputs: Inputs, out: DeviceMatrix): void {
  if (sizeOf(out) === 0) return;
  const plan = planInputs(
    inputs,
    runtime.mostOperands - 1,
    ({ kind, matrix }) => kind === 'full' && matrix.buffer === out.buffer,
  );
  const { code, shader } = kernels.get(expression, plan, () => newKernel(expression, plan));
  const most = Math.floor(runtime.bindingElements / Math.max(1, plan.packed.length));
  for (const part of partsOf(out.rows, out.columns, most)) {
    const count = part.rows * part.columns;
    withExpression(runtime, code, inputs, part, ({ operands, uniforms }) =>
      runtime.dispatch(shader, {
        operands: {
          ...operands,
          out: { block: out.buffer, begin: part.row * out.columns + part.column, count },
        },
        uniforms: { ...uniforms, count, columns: part.columns },
        groups: Math.ceil(count / (threads * each)),
      }),
    );
  }
}

interface MapKernel {
  readonly code: ExpressionCode;
  readonly shader: Shader;
}

const kernels = new PerExpression<MapKernel>();

function newKernel(expression: Expression, plan: InputPlan): MapKernel {
  const code = expressionCode(expression, plan.kinds, plan.packed);
  const kinds = Object.values(plan.kinds);
  const needsPlace = kinds.includes('row') || kinds.includes('column');
  const isUpdate = kinds.includes('given');
  const shader: Shader = {
    key: `map${isUpdate ? ' in place' : ''}${needsPlace ? ' with rows or columns' : ''}\n${code.text}`,
    operands: { ...code.operands, out: { access: isUpdate ? 'update' : 'write' } },
    uniforms: { ...code.uniforms, count: 'u32', columns: 'u32' },
    threads,
    declarations: () => code.text,
    body: () => `  for (var k = 0u; k < ${each}u; k++) {
    let at = (group * ${each}u + k) * ${threads}u + thread;
    if (at < u.count) {
      ${needsPlace ? 'let i = at / u.columns; let j = at - i * u.columns;' : 'let i = 0u; let j = 0u;'}
      out[u.outAt + at] = evaluate(at, i, j, ${isUpdate ? 'out[u.outAt + at]' : '0.0'});
    }
  }`,
  };
  return { code, shader };
}
