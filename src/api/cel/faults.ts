import { expanded, type CheckedType, type Node } from './syntax-tree.ts';
import { MATCHES } from './adapt.ts';

/*
 * What the library finds wrong with an expression, in cel-go's words and at cel-go's places.
 */

export interface Fault {
  readonly message: string;
  readonly summary?: string;
  readonly code?: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: Node;
}

/** `ERROR: <input>:1:5: undefined field 'nope'` with the line and a mark below. */
export function report(source: string, position: number, message: string): string {
  const before = source.slice(0, position);
  const line = before.split('\n').length;
  const column = position - (before.lastIndexOf('\n') + 1);
  const text = source.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`;
}

const SHOWN: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  null_type: 'null',
};

/** A type of the library as cel-go writes it: `list<int>` is `list(int)`. */
export function showType(name: string): string {
  return name
    .replace(/google\.protobuf\.\w+|null_type/g, (one) => SHOWN[one] ?? one)
    .replace(/dyn<([^<>]*)>/g, '$1')
    .replaceAll('<', '(')
    .replaceAll('>', ')');
}

/** How cel-go names operators in its messages. */
const OPERATORS: Readonly<Record<string, string>> = { in: '@in', '!_': '!_', '-_': '-_', '?:': '_?_:_', '[]': '_[_]' };

const EXPRESSION_START = `{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`;
const CLOSING: Readonly<Record<string, string>> = { RPAREN: ')', RBRACKET: ']', RBRACE: '}', COLON: ':' };

/** Where the operator of a node stands: messages point there. */
function placeOf(source: string, given: Node): number {
  const node = given;
  const { op, args } = node;
  if (op === 'call') return Math.max(node.start, source.indexOf('(', node.start));
  if (op === 'rcall') {
    const [called, receiver] = args as [string, Node];
    const name = called === MATCHES ? 'matches' : called;
    return source.indexOf('(', source.indexOf(name, receiver.end));
  }
  if (op === '.' || op === '.?') return source.indexOf('.', (args as [Node])[0].end);
  if (op === '[]' || op === '[?]') return source.indexOf('[', (args as [Node])[0].end);
  if (op === '?:') return source.indexOf('?', (args as [Node])[0].end);
  if (Array.isArray(args) && args.length === 2 && op !== 'map' && op !== 'list') {
    const at = source.indexOf(op, (args[0] as Node).end);
    return at < 0 ? node.start : at;
  }
  return node.start;
}

function typesOf(nodes: readonly Node[]): string {
  return nodes.map((node) => showType((node.checkedType as CheckedType | undefined)?.name ?? 'dyn')).join(', ');
}

/** A fault of reading an expression. */
export function syntaxFault(source: string, { summary = '', range = { start: 0, end: 0 }, code = '' }: Fault): string {
  const found = source.slice(range.start, range.end);
  const at = (message: string, position = range.start) => report(source, position, `Syntax error: ${message}`);
  const isEnd = summary.endsWith('EOF');
  switch (code) {
    case 'expected_token': {
      const expected = /^Expected (\w+),/.exec(summary)?.[1] ?? '';
      if (expected === 'IDENTIFIER')
        return isEnd ? at("no viable alternative at input '.'", source.length) : at(`no viable alternative at input '.${found}'`);
      const closing = CLOSING[expected];
      if (isEnd)
        return at(closing ? `missing '${closing}' at '<EOF>'` : `mismatched input '<EOF>' expecting ${EXPRESSION_START}`, source.length);
      return at(closing ? `mismatched input '${found}' expecting '${closing}'` : `mismatched input '${found}'`);
    }
    case 'unexpected_token':
      return isEnd
        ? at(`mismatched input '<EOF>' expecting ${EXPRESSION_START}`, source.length)
        : at(`extraneous input '${found}' expecting ${EXPRESSION_START}`);
    case 'unexpected_character':
      if (/^Unexpected character: '.*'$/.test(summary)) return at(`mismatched input '${found}' expecting <EOF>`);
      return at(`token recognition error at: '${found}'`);
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
      return at(`token recognition error at: '${found}'`);
    case 'reserved_identifier':
      return report(source, range.start, `reserved identifier: ${found}`);
    case 'limit_exceeded':
      return report(source, range.start, summary.includes('maxDepth') ? 'expression recursion limit exceeded: 250' : summary);
    default:
      return at(summary);
  }
}

/** A fault of an expression that can be read: unknown names, values of the wrong types. */
export function checkFault(source: string, fault: Fault, isFunction: (name: string) => boolean): string {
  const { summary = fault.message, range = { start: 0, end: 0 }, code, node } = fault;
  const place = node ? placeOf(source, node) : range.start;
  switch (code) {
    case 'no_such_key':
      return report(source, place, `undefined field '${summary.replace('No such key: ', '')}'`);
    case 'unknown_variable':
      return report(source, range.start, `undeclared reference to '${summary.replace('Unknown variable: ', '')}' (in container '')`);
    case 'cannot_index_type': {
      const type = showType(/'(.*)'/.exec(summary)?.[1] ?? '');
      if (node?.op === '[]')
        return report(source, place, `found no matching overload for '_[_]' applied to '(${type}, ${typesOf([node.args[1] as Node])})'`);
      return report(source, place, `type '${type}' does not support field selection`);
    }
    case 'invalid_index_type':
      return report(source, place, `found no matching overload for '_[_]' applied to '(${node ? typesOf(node.args as Node[]) : ''})'`);
    case 'no_such_overload':
      if (node)
        return report(
          source,
          place,
          `found no matching overload for '${OPERATORS[node.op] ?? `_${node.op}_`}' applied to '(${typesOf(Array.isArray(node.args) ? (node.args as Node[]) : [node.args as Node])})'`,
        );
      return report(source, place, summary);
    case 'no_matching_overload':
      return report(source, place, overloadFault(node, summary, isFunction));
    case 'invalid_logical_operand':
      return report(
        source,
        place,
        `found no matching overload for '_${node?.op}_' applied to '(${node ? typesOf(node.args as Node[]) : ''})'`,
      );
    case 'invalid_condition_type':
      return report(source, range.start, `expected type 'bool' but found '${showType(/got '(.*)'/.exec(summary)?.[1] ?? '')}'`);
    case 'invalid_comprehension_range':
      return report(
        source,
        range.start,
        `expression of type '${showType(/type '(.*?)'/.exec(summary)?.[1] ?? '')}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
    case 'incompatible_ternary_branches':
      return report(source, place, `found no matching overload for '_?_:_' applied to '(${node ? typesOf(node.args as Node[]) : ''})'`);
    case 'heterogeneous_list_element':
    case 'heterogeneous_map_key':
    case 'heterogeneous_map_value': {
      const types = /expected type '(.*)' but found '(.*)'/.exec(summary);
      return report(source, range.start, `expected type '${showType(types?.[1] ?? '')}' but found '${showType(types?.[2] ?? '')}'`);
    }
    case 'invalid_macro_argument':
      return report(
        source,
        range.start,
        summary.startsWith('has()') ? 'invalid argument to has() macro' : 'argument must be a simple name',
      );
    default:
      return report(source, place, summary);
  }
}

function overloadFault(given: Node | undefined, summary: string, isFunction: (name: string) => boolean): string {
  const node = given && expanded(given);
  if (node?.op === 'call') {
    const [called, args] = node.args as [string, Node[]];
    const name = called === MATCHES ? 'matches' : called;
    return isFunction(name)
      ? `found no matching overload for '${name}' applied to '(${typesOf(args)})'`
      : `undeclared reference to '${name}' (in container '')`;
  }
  if (node?.op === 'rcall') {
    const [called, receiver, args] = node.args as [string, Node, Node[]];
    const name = called === MATCHES ? 'matches' : called;
    return isFunction(name)
      ? `found no matching overload for '${name}' applied to '${typesOf([receiver])}.(${typesOf(args)})'`
      : `undeclared reference to '${name}' (in container '')`;
  }
  return summary;
}
