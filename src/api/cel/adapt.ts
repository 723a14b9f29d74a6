import { Optional } from '@marcbachmann/cel-js';
import { visitNodes, type Macro, type Node } from './syntax-tree.ts';

/** The name under which `matches` goes by Kubernetes' kind of regular expressions instead of the library's. */
export const MATCHES = 'matches__';

/**
 * Makes of a tree that was just parsed what Kubernetes understands by it. `has(e.f)` takes any
 * expression `e` and is checked in full: the library knows fields of variables only, and looks at the
 * variable alone. `matches` goes by RE2's syntax.
 */
export function adaptTree(root: Node): void {
  visitNodes(root, (node) => {
    const { macro } = node.meta;
    if (node.op === 'call' && macro && (node.args as [string])[0] === 'has') widen(macro);
    else if ((node.op === 'rcall' || node.op === 'call') && !macro && (node.args as [string])[0] === 'matches') {
      node.args = [MATCHES, ...(node.args as unknown[]).slice(1)];
    }
  });
}

function widen(macro: Macro): void {
  const [tested] = macro.args as readonly [Node];
  if (tested.op !== '.' && tested.op !== '.?') return;
  macro.typeCheck = (checker, _macro, context) => {
    checker.check(tested, context);
    return checker.getType('bool');
  };
  macro.evaluate = (evaluator, _macro, context) => {
    const [operand, field] = tested.args as [Node, string];
    const value = evaluator.run(operand, context);
    const found = evaluator.debugType(value).fieldLazy(value, field, tested, evaluator);
    return found instanceof Optional ? found.hasValue() : found !== undefined;
  };
}
