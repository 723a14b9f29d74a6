import { compilePattern } from '../custom/pattern.ts';
import { durationOf, timestampOf } from './moments.ts';
import { MATCHES } from './adapt.ts';
import { report } from './faults.ts';
import { visitNodes, type Node } from './syntax-tree.ts';

/** What is wrong with texts that stand in an expression itself: patterns, spans and points of time (cel-go's validators of literals). */
export function literalFault(source: string, root: Node): string | undefined {
  let fault: string | undefined;
  visitNodes(root, (node) => {
    if (fault !== undefined || (node.op !== 'rcall' && node.op !== 'call')) return;
    const [name] = node.args as [string];
    if (node.op === 'rcall' && name === MATCHES)
      fault = checked(source, (node.args as [string, Node, Node[]])[2][0], 'matches', (text) => compilePattern(text) !== undefined);
    if (node.op !== 'call') return;
    const [argument] = (node.args as [string, Node[]])[1];
    if (name === 'duration') fault = checked(source, argument, name, (text) => typeof durationOf(text) !== 'string');
    if (name === 'timestamp') fault = checked(source, argument, name, (text) => typeof timestampOf(text) !== 'string');
  });
  return fault;
}

function checked(source: string, argument: Node | undefined, name: string, isRight: (text: string) => boolean): string | undefined {
  if (argument?.op !== 'value' || typeof argument.args !== 'string' || isRight(argument.args)) return undefined;
  return report(source, argument.start, `invalid ${name} argument`);
}
