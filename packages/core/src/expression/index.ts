export { derivative } from './derivative.ts';
export {
  type BinaryOperator,
  type Comparison,
  constant,
  constantValue,
  Expression,
  type ExpressionNode,
  input,
  type Operand,
  selectLess,
  selectLessEqual,
  type UnaryOperator,
} from './expression.ts';
export { compileScalar, evaluationOrder, inputNames, operandsOf, substitute } from './program.ts';
