export { derivative } from './derivative.ts';
export {
  constant,
  constantValue,
  Expression,
  type ExpressionNode,
  input,
  type Operand,
  selectLess,
  selectLessEqual,
} from './expression.ts';
export type { BinaryOperator, Comparison, UnaryOperator } from './operators.ts';
export { compileScalar, evaluationOrder, inputNames, operandsOf, substitute } from './program.ts';
