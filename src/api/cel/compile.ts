import { adaptTree } from './adapt.ts';
import { literalFault } from './literals.ts';
import { checkFault, showType, syntaxFault, type Fault } from './faults.ts';
import { limitLoops } from './budget.ts';
import { names, type Node } from './syntax-tree.ts';
import { EvaluationError, ParseError, type Environment, type ParseResult } from '@marcbachmann/cel-js';

/** An expression ready to be evaluated. */
export interface Expression {
  readonly source: string;
  readonly evaluate: (context: Record<string, unknown>) => unknown;
  /** Checked, with types; for estimates of its cost. */
  readonly tree: Node;
  uses(variable: string): boolean;
}

/** An expression, or why it is none: with the text of cel-go, or of another type than wanted. */
export type Compiled =
  | { readonly expression: Expression; readonly fault?: undefined; readonly wrongType?: undefined }
  | { readonly expression?: undefined; readonly fault: string; readonly wrongType?: undefined }
  | { readonly expression?: undefined; readonly fault?: undefined; readonly wrongType: string };

const functionNames = new WeakMap<Environment, ReadonlySet<string>>();

function isFunctionOf(environment: Environment): (name: string) => boolean {
  let known = functionNames.get(environment);
  if (!known) functionNames.set(environment, (known = new Set(environment.getDefinitions().functions.map(({ name }) => name))));
  return (name) => known.has(name);
}

/**
 * Checks an expression against typed variables and prepares it for evaluation.
 *
 * @param typed declares the variables with their types
 * @param dynamic declares the same variables without types: what is evaluated
 * @param wanted the type of the result: `bool`, `string`; undefined: any
 */
export function compile(source: string, typed: Environment, dynamic: Environment, wanted?: string): Compiled {
  let parsed: ParseResult;
  try {
    parsed = typed.parse(source);
  } catch (error) {
    if (error instanceof ParseError) return { fault: syntaxFault(source, error as unknown as Fault) };
    throw error;
  }
  const tree = parsed.ast as unknown as Node;
  adaptTree(tree);
  const check = parsed.check();
  if (!check.valid) return { fault: checkFault(source, check.error as unknown as Fault, isFunctionOf(typed)) };
  const literal = literalFault(source, tree);
  if (literal) return { fault: literal };
  if (wanted && check.type !== wanted && check.type !== 'dyn') return { wrongType: showType(check.type ?? '') };
  const evaluated = dynamic.parse(source);
  const evaluatedTree = evaluated.ast as unknown as Node;
  adaptTree(evaluatedTree);
  limitLoops(evaluatedTree);
  return { expression: { source, evaluate: (context) => evaluated(context) as unknown, tree, uses: (variable) => names(tree, variable) } };
}

/** What an evaluation that failed says, in the words of cel-go. */
export function evaluationFault(error: unknown): string {
  if (!(error instanceof EvaluationError)) return error instanceof Error ? error.message : String(error);
  const { code, summary } = error as unknown as { code: string; summary: string };
  switch (code) {
    case 'no_such_key':
      return summary.replace('No such key', 'no such key');
    case 'index_out_of_bounds':
      return `index out of bounds: ${/index (-?\d+)/.exec(summary)?.[1] ?? ''}`;
    case 'modulo_by_zero':
      return 'modulus by zero';
    case 'numeric_overflow':
      return 'integer overflow';
    case 'no_such_overload':
    case 'no_matching_overload':
    case 'invalid_logical_operand':
    case 'invalid_condition_type':
      return 'no such overload';
    case 'unknown_variable':
      return `no such attribute(s): ${summary.replace('Unknown variable: ', '')}`;
    default:
      return summary;
  }
}
