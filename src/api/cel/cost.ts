import { MATCHES } from './adapt.ts';
import { expanded, selected, type Node } from './syntax-tree.ts';
import type { DeclaredType } from './declared-types.ts';

/*
 * How much an expression costs at most, by the sizes that schemas allow (cel-go checker/cost.go,
 * apiserver cel/library/cost.go). Where cel-go knows no bound of what a function answers, the sizes of
 * its arguments stand in.
 */

const TRAVERSAL = 0.1;
const REGEX = 0.25;
const LIST_BASE = 10;
const MAP_BASE = 30;

/** What is known of the value of a node. */
interface Value {
  readonly cost: number;
  /** Characters, items or keys; 1 for scalars. */
  readonly size: number;
  readonly type: DeclaredType | undefined;
}

type Scope = ReadonlyMap<string, Value>;

/** The greatest cost of an expression whose variables are of these types. */
export function estimateCost(tree: Node, variables: ReadonlyMap<string, DeclaredType | undefined>): number {
  const scope = new Map<string, Value>();
  for (const [name, type] of variables) scope.set(name, { cost: 1, size: type?.mostElements ?? 1, type });
  return valueOf(tree, scope).cost;
}

function scalar(cost: number): Value {
  return { cost, size: 1, type: undefined };
}

function valueOf(given: Node, scope: Scope): Value {
  if (given.op === 'rcall' && given.meta.alternate) return loopValue(given, scope);
  const node = expanded(given);
  const { op, args } = node;
  if (node.meta.macro) return macroValue(node, scope);
  switch (op) {
    case 'value':
      return { cost: 0, size: typeof args === 'string' ? args.length : 1, type: undefined };
    case 'id':
      return scope.get(args as string) ?? scalar(1);
    case '.':
    case '.?':
      return fieldValue(valueOf((args as [Node])[0], scope), (args as [Node, string])[1]);
    case '[]':
    case '[?]':
      return elementValue(valueOf((args as [Node])[0], scope), valueOf((args as Node[])[1]!, scope));
    case '?:':
      return choiceValue(args as Node[], scope);
    case '&&':
    case '||':
      return scalar(sumOf(args as Node[], scope));
    case 'list': {
      const items = (args as Node[]).map((item) => valueOf(item, scope));
      return { cost: LIST_BASE + items.reduce((sum, { cost }) => sum + cost, 0), size: items.length, type: undefined };
    }
    case 'map':
      return {
        cost: MAP_BASE + (args as Node[][]).reduce((sum, entry) => sum + sumOf(entry, scope), 0),
        size: (args as Node[][]).length,
        type: undefined,
      };
    case 'call':
      return callValue((args as [string])[0], undefined, (args as [string, Node[]])[1], scope);
    case 'rcall':
      return callValue((args as [string])[0], (args as [string, Node])[1], (args as [string, Node, Node[]])[2], scope);
    case '!_':
    case '-_':
      return scalar(valueOf(args as Node, scope).cost + 1);
    default:
      return operatorValue(op, args as Node[], scope);
  }
}

function sumOf(nodes: readonly Node[], scope: Scope): number {
  return nodes.reduce((sum, node) => sum + valueOf(node, scope).cost, 0);
}

function fieldValue({ cost, type }: Value, field: string): Value {
  const inner = type?.fields?.get(field) ?? type?.element;
  return { cost: cost + 1, size: inner?.mostElements ?? 1, type: inner };
}

function elementValue({ cost, type }: Value, index: Value): Value {
  const element = type?.element;
  return { cost: cost + index.cost + 1, size: element?.mostElements ?? 1, type: element };
}

function choiceValue([condition, left, right]: readonly Node[], scope: Scope): Value {
  const a = valueOf(left!, scope);
  const b = valueOf(right!, scope);
  return { cost: valueOf(condition!, scope).cost + Math.max(a.cost, b.cost), size: Math.max(a.size, b.size), type: a.type ?? b.type };
}

function operatorValue(op: string, args: readonly Node[], scope: Scope): Value {
  const left = valueOf(args[0]!, scope);
  const right = valueOf(args[1]!, scope);
  const cost = left.cost + right.cost;
  const isText = [left, right].some(
    ({ type, size }, i) => type?.name === 'string' || type?.name === 'bytes' || args[i]!.checkedType?.name === 'string' || size > 1,
  );
  switch (op) {
    case 'in':
      return scalar(cost + Math.max(1, right.size));
    case '+':
      if (args[0]!.checkedType?.kind === 'list') return { cost: cost + 1, size: left.size + right.size, type: left.type };
      return isText
        ? { cost: cost + Math.ceil((left.size + right.size) * TRAVERSAL), size: left.size + right.size, type: undefined }
        : scalar(cost + 1);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return scalar(cost + Math.max(1, Math.ceil(Math.min(left.size, right.size) * TRAVERSAL)));
    default:
      return scalar(cost + 1);
  }
}

/** `has` costs one beside what it looks through; `cel.bind` adds a variable. */
function macroValue(node: Node, scope: Scope): Value {
  const macro = node.meta.macro!;
  if (macro.val && macro.exp && macro.var) {
    const bound = valueOf(macro.val, scope);
    const inner = valueOf(macro.exp, new Map(scope).set(macro.var, { ...bound, cost: 1 }));
    return { ...inner, cost: bound.cost + inner.cost + LIST_BASE };
  }
  if (macro.receiver) {
    const receiver = valueOf(macro.receiver, scope);
    const other = macro.arg ? valueOf(macro.arg, scope) : scalar(0);
    return { cost: receiver.cost + other.cost + 1, size: Math.max(receiver.size, other.size), type: receiver.type };
  }
  const [argument] = macro.args ?? [];
  return scalar(argument ? (selected(argument)?.length ?? valueOf(argument, scope).cost) : 1);
}

function loopValue(node: Node, scope: Scope): Value {
  const [name, receiver, args] = node.args as [string, Node, Node[]];
  const range = valueOf(receiver, scope);
  const turns = range.size;
  const isMap = range.type?.name.startsWith('map<') === true;
  const item: Value = isMap
    ? { cost: 1, size: 0, type: { name: 'string', mostElements: 3 * 1024 * 1024, leastBytes: 2 } }
    : { cost: 1, size: range.type?.element?.mostElements ?? 1, type: range.type?.element };
  const inner = new Map(scope).set(args[0]!.args as string, isMap ? { ...item, size: item.type!.mostElements } : item);
  const body = args.slice(1).map((one) => valueOf(one, inner));
  const bodyCost = body.reduce((sum, { cost }) => sum + cost, 0);
  const last = body[body.length - 1];
  switch (name) {
    case 'all':
      return scalar(range.cost + turns * (bodyCost + 3) + 1);
    case 'exists':
      return scalar(range.cost + turns * (bodyCost + 4) + 1);
    case 'exists_one':
      return scalar(range.cost + turns * (bodyCost + 2) + 2);
    case 'filter':
      return { cost: range.cost + LIST_BASE + turns * (bodyCost + LIST_BASE + 3) + 1, size: turns, type: range.type };
    default: {
      const element: DeclaredType = last?.type ?? { name: 'dyn', mostElements: last?.size ?? 1, leastBytes: 1 };
      const type: DeclaredType = { name: `list<${element.name}>`, mostElements: turns, leastBytes: 2, element };
      return { cost: range.cost + LIST_BASE + turns * (bodyCost + LIST_BASE + 2) + 1, size: turns, type };
    }
  }
}

const ONE_TRAVERSAL = new Set([
  'url',
  'isURL',
  'quantity',
  'isQuantity',
  'ip',
  'isIP',
  'cidr',
  'isCIDR',
  'lowerAscii',
  'upperAscii',
  'substring',
  'trim',
  'charAt',
  'reverse',
  'bytes',
  'validate',
]);
const OVER_LIST = new Set(['isSorted', 'sum', 'min', 'max', 'indexOf', 'lastIndexOf']);
const CONVERTED: Readonly<Record<string, number>> = { int: 1, uint: 1, double: 1, bool: 1, size: 1, type: 1 };
/** No number, truth value or time has a longer text. */
const LONGEST_SCALAR_TEXT = 32;

function callValue(name: string, receiver: Node | undefined, args: readonly Node[], scope: Scope): Value {
  const target = receiver && valueOf(receiver, scope);
  const values = args.map((arg) => valueOf(arg, scope));
  const base = (target?.cost ?? 0) + values.reduce((sum, { cost }) => sum + cost, 0);
  const main = target ?? values[0] ?? scalar(0);
  const second = target ? values[0] : values[1];
  const traversal = Math.ceil(main.size * TRAVERSAL);
  if (ONE_TRAVERSAL.has(name)) return { cost: base + Math.max(1, traversal), size: main.size, type: undefined };
  if (OVER_LIST.has(name))
    return scalar(
      base + Math.max(1, main.size * (main.type?.element?.name === 'string' ? 1 + main.type.element.mostElements * TRAVERSAL : 1)),
    );
  switch (name) {
    case 'startsWith':
    case 'endsWith':
      return scalar(base + Math.max(1, Math.ceil((second?.size ?? 1) * TRAVERSAL)));
    case 'contains':
      return scalar(base + Math.max(1, traversal * Math.ceil((second?.size ?? 1) * TRAVERSAL)));
    case MATCHES:
    case 'find':
    case 'findAll':
      return {
        cost: base + Math.ceil((main.size + 1) * TRAVERSAL) * Math.ceil((second?.size ?? 1) * REGEX),
        size: main.size,
        type: undefined,
      };
    case 'split':
    case 'replace':
      return { cost: base + Math.ceil(main.size * 2 * TRAVERSAL), size: main.size, type: undefined };
    case 'join':
      return {
        cost: base + Math.ceil(main.size * (main.type?.element?.mostElements ?? 1) * TRAVERSAL),
        size: main.size * (main.type?.element?.mostElements ?? 1),
        type: undefined,
      };
    case 'string':
      return { cost: base + 1, size: main.size > 1 ? main.size : LONGEST_SCALAR_TEXT, type: undefined };
    case 'format':
      return {
        cost: base + Math.ceil((main.size + (second?.size ?? 0)) * TRAVERSAL),
        size: main.size + LONGEST_SCALAR_TEXT,
        type: undefined,
      };
    default:
      return { cost: base + 1, size: CONVERTED[name] ?? main.size, type: undefined };
  }
}
