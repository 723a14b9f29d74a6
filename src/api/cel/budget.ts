import { isNode, visitNodes, type Loop, type Node } from './syntax-tree.ts';

/** What one expression may cost while it is evaluated, and all expressions that one object meets (apiserver apis/cel/config.go). */
export const CALL_LIMIT = 1_000_000;
export const OBJECT_LIMIT = 10_000_000;

/** An evaluation that went beyond its budget. */
export class CostExceeded extends Error {
  override name = 'CostExceeded';

  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** What the evaluation under way may still spend. Evaluations do not nest. */
let left = 0;

/** Evaluates within a limit; answers the result or the error, and what was spent. */
export function metered<T>(limit: number, evaluate: () => T): { readonly value?: T; readonly error?: unknown; readonly spent: number } {
  left = limit;
  try {
    const value = evaluate();
    // Errors within `all` and `exists` are taken for answers; going over the limit is none.
    if (left < 0) return { error: new CostExceeded(), spent: limit };
    return { value, spent: limit - left };
  } catch (error) {
    return { error: left < 0 ? new CostExceeded() : error, spent: limit - Math.max(0, left) };
  }
}

/** Lets every turn of the loops of a parsed expression count, before it is checked or evaluated. */
export function limitLoops(root: Node): void {
  visitNodes(root, (node) => {
    if (node.op === 'comprehension') limitLoop(node.args as Loop);
  });
}

function limitLoop(loop: Loop): void {
  const { step, condition } = loop;
  let turnCost = 1;
  visitNodes(step, () => turnCost++);
  const spend = (): void => {
    left -= turnCost;
    if (left < 0) throw new CostExceeded();
  };
  if (condition) {
    loop.condition = (accumulated) => {
      spend();
      return condition(accumulated);
    };
  } else if (isNode(step)) {
    loop.step = spending(step, spend);
  }
}

/** A node that spends before it is evaluated. */
function spending(inner: Node, spend: () => void): Node {
  const node = inner as Node & { evaluate(evaluator: unknown, node: Node, context: unknown): unknown; maybeAsync: boolean };
  const wrapper = {
    op: node.op,
    args: node.args,
    start: node.start,
    end: node.end,
    meta: node.meta,
    get maybeAsync() {
      return node.maybeAsync;
    },
    check: (checker: { check(node: Node, context: unknown): unknown }, _wrapper: Node, context: unknown) => checker.check(node, context),
    evaluate(evaluator: unknown, _wrapper: Node, context: unknown) {
      spend();
      return node.evaluate(evaluator, node, context);
    },
  };
  return wrapper as unknown as Node;
}
