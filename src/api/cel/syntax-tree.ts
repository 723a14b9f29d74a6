/*
 * What is known of the library's syntax trees (@marcbachmann/cel-js 8.0.0), which its types leave open:
 * positions of operators for messages, names for analysis, the steps of loops for budgets.
 */

/** A node of an expression as the library parses it. */
export interface Node {
  /** `id`, `value`, `.`, `[]`, `call`, `rcall`, `list`, `map`, `comprehension`, `?:`, `==`, ... */
  readonly op: string;
  args: any;
  /** Places in the source; the end is behind the last character. */
  readonly start: number;
  readonly end: number;
  readonly checkedType?: CheckedType;
  readonly meta: { readonly alternate?: Node; readonly macro?: Macro };
}

/** A type as the library's checker finds it. */
export interface CheckedType {
  readonly kind: string;
  readonly name: string;
  readonly valueType?: CheckedType;
  readonly keyType?: CheckedType;
}

/** A macro that is no loop: `has`, `cel.bind`, `optional.orValue`. */
export interface Macro {
  readonly args?: readonly Node[];
  readonly val?: Node;
  readonly exp?: Node;
  /** The variable of `cel.bind`. */
  readonly var?: string;
  readonly receiver?: Node;
  readonly arg?: Node;
  typeCheck(checker: Checker, macro: Macro, context: unknown): CheckedType;
  evaluate(evaluator: Evaluator, macro: Macro, context: unknown): unknown;
}

export interface Checker {
  check(node: Node, context: unknown): CheckedType;
  getType(name: string): CheckedType;
}

export interface Evaluator {
  run(node: Node, context: unknown): unknown;
  /** The type of a value, with its way to read a field: undefined if there is none. */
  debugType(value: unknown): { fieldLazy(value: unknown, field: string, node: Node, evaluator: Evaluator): unknown };
}

/** What a loop (`all`, `exists`, `exists_one`, `map`, `filter`) is made of. */
export interface Loop {
  readonly iterable: Node;
  readonly iterVarName: string;
  readonly init: Node;
  step: Node;
  condition?: (accumulated: unknown) => unknown;
}

/** The node that stands for a macro's call, or the node itself. */
export function expanded(node: Node): Node {
  return node.meta.alternate ? expanded(node.meta.alternate) : node;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'meta' in value;
}

/** The nodes directly below a node. */
export function childrenOf(given: Node): Node[] {
  const node = expanded(given);
  const { macro } = node.meta;
  if (macro) return [...(macro.args ?? []), macro.val, macro.exp, macro.receiver, macro.arg].filter(isNode);
  if (node.op === 'comprehension') {
    const { iterable, init, step } = node.args as Loop;
    return [iterable, init, step];
  }
  return nodesIn(node.args);
}

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

/** Calls `visit` for a node and all below it. */
export function visitNodes(node: Node, visit: (node: Node) => void): void {
  visit(expanded(node));
  for (const child of childrenOf(node)) visitNodes(child, visit);
}

/** Whether an expression names a variable. */
export function names(root: Node, variable: string): boolean {
  let found = false;
  visitNodes(root, (node) => {
    if (node.op === 'id' && node.args === variable) found = true;
  });
  return found;
}

/** The path of fields that a node selects from a variable: `['self', 'spec', 'a']`; undefined if it is none. */
export function selected(given: Node): string[] | undefined {
  const node = expanded(given);
  if (node.op === 'id') return [node.args as string];
  if (node.op !== '.' || node.meta.macro) return undefined;
  const [operand, field] = node.args as [Node, string];
  const path = selected(operand);
  return path && [...path, field];
}
