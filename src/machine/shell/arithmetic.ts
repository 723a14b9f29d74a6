import type { ArithmeticExpression, ArithmeticWord, ParsedScript } from 'unbash';
import type { Task } from '../../sim/wait.ts';
import { CommandProblem } from './signals.ts';

/** What arithmetic needs of a shell. */
export interface ArithmeticWorld {
  /** The text of a variable, or of an element. */
  getVariable(name: string, index: string | undefined): string | undefined;
  setVariable(name: string, index: string | undefined, value: string): void;
  /** The text of a word with expansions in it. */
  expandArithmeticWord(word: ArithmeticWord): Task<string>;
  substituteArithmetic(script: ParsedScript | undefined): Task<string>;
  parseArithmetic(text: string): ArithmeticExpression | undefined;
}

const MOST_NESTING = 100;

/** The value of an expression: 64-bit integers as in bash, exact up to 2^53. Throws {@link ArithmeticProblem}. */
export function* evaluate(world: ArithmeticWorld, expression: ArithmeticExpression, depth = 0): Task<number> {
  switch (expression.type) {
    case 'ArithmeticWord':
      return yield* wordValue(world, expression, depth);
    case 'ArithmeticGroup':
      return yield* evaluate(world, expression.expression, depth);
    case 'ArithmeticCommandExpansion':
      return yield* textValue(world, yield* world.substituteArithmetic(expression.script), depth);
    case 'ArithmeticTernary':
      return (yield* evaluate(world, expression.test, depth)) !== 0
        ? yield* evaluate(world, expression.consequent, depth)
        : yield* evaluate(world, expression.alternate, depth);
    case 'ArithmeticUnary':
      return yield* unary(world, expression, depth);
    case 'ArithmeticBinary':
      return yield* binary(world, expression, depth);
  }
}

/** The value of a text as an expression: `let`, values of variables, `declare -i`. */
export function* evaluateText(world: ArithmeticWorld, text: string): Task<number> {
  try {
    return yield* textValue(world, text, 0);
  } catch (problem) {
    if (!(problem instanceof ArithmeticProblem)) throw problem;
    throw new CommandProblem(`${text.trim()}: ${problem.message}`);
  }
}

/** What is wrong, without the expression that bash names first. */
export class ArithmeticProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

function* textValue(world: ArithmeticWorld, source: string, depth: number): Task<number> {
  const text = source.trim();
  if (text === '') return 0;
  const number = literal(text);
  if (number !== undefined) return number;
  if (depth > MOST_NESTING) throw new ArithmeticProblem(`expression recursion level exceeded (error token is "${text}")`);
  const expression = world.parseArithmetic(text);
  if (!expression) throw new ArithmeticProblem(`syntax error: operand expected (error token is "${text}")`);
  return yield* evaluate(world, expression, depth + 1);
}

function* wordValue(world: ArithmeticWorld, word: ArithmeticWord, depth: number): Task<number> {
  const { value } = word;
  if (word.parts || value.includes('$') || value.includes('`'))
    return yield* textValue(world, yield* world.expandArithmeticWord(word), depth);
  const number = literal(value);
  if (number !== undefined) return number;
  const target = yield* lvalue(world, word, depth);
  if (!target) throw new ArithmeticProblem(`syntax error: operand expected (error token is "${value}")`);
  const text = world.getVariable(target.name, target.index);
  return text === undefined ? 0 : yield* textValue(world, text, depth);
}

function literal(text: string): number | undefined {
  if (/^[0-9]/.test(text) === false) return /^[+-]?[0-9]+$/.test(text) ? parseInt(text, 10) : undefined;
  if (/^(0|[1-9][0-9]*)$/.test(text)) return Number(text);
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return parseInt(text, 16);
  if (/^0[0-7]+$/.test(text)) return parseInt(text, 8);
  const based = /^([0-9]+)#([0-9a-zA-Z@_]+)$/.exec(text);
  if (based) return inBase(Number(based[1]), based[2]!, text);
  if (/^0[0-9]+$/.test(text)) throw new ArithmeticProblem(`value too great for base (error token is "${text}")`);
  return undefined;
}

function inBase(base: number, digits: string, text: string): number {
  let value = 0;
  for (const c of digits) {
    const lower = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(base <= 36 ? c.toLowerCase() : c);
    const digit = lower >= 0 ? lower : 36 + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ@_'.indexOf(c);
    if (digit < 0 || digit >= base) throw new ArithmeticProblem(`value too great for base (error token is "${text}")`);
    value = value * base + digit;
  }
  return value;
}

interface Target {
  readonly name: string;
  readonly index: string | undefined;
}

function* lvalue(world: ArithmeticWorld, expression: ArithmeticExpression, depth: number): Task<Target | undefined> {
  if (expression.type !== 'ArithmeticWord') return undefined;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[([\s\S]*)\])?$/.exec(expression.value.trim());
  if (!match) return undefined;
  if (match[2] === undefined) return { name: match[1]!, index: undefined };
  if (world.getVariable(match[1]!, undefined) === undefined && !/^[0-9\s+*()-]*$/.test(match[2]))
    return { name: match[1]!, index: match[2] };
  return { name: match[1]!, index: String(yield* textValue(world, match[2], depth)) };
}

function* unary(world: ArithmeticWorld, node: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>, depth: number): Task<number> {
  const { operator } = node;
  if (operator === '++' || operator === '--') {
    const target = yield* lvalue(world, node.operand, depth);
    if (!target) throw new ArithmeticProblem(`syntax error: operand expected (error token is "${operator}")`);
    const before = yield* evaluate(world, node.operand, depth);
    const after = operator === '++' ? before + 1 : before - 1;
    world.setVariable(target.name, target.index, String(after));
    return node.prefix ? after : before;
  }
  const value = yield* evaluate(world, node.operand, depth);
  if (operator === '-') return value === 0 ? 0 : -value;
  if (operator === '!') return value === 0 ? 1 : 0;
  if (operator === '~') return -value - 1;
  return value;
}

function* binary(world: ArithmeticWorld, node: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>, depth: number): Task<number> {
  const { operator } = node;
  if (operator === '&&')
    return (yield* evaluate(world, node.left, depth)) !== 0 && (yield* evaluate(world, node.right, depth)) !== 0 ? 1 : 0;
  if (operator === '||')
    return (yield* evaluate(world, node.left, depth)) !== 0 || (yield* evaluate(world, node.right, depth)) !== 0 ? 1 : 0;
  if (operator.endsWith('=') && !['==', '!=', '<=', '>='].includes(operator)) {
    const target = yield* lvalue(world, node.left, depth);
    if (!target) throw new ArithmeticProblem('attempted assignment to non-variable');
    const right = yield* evaluate(world, node.right, depth);
    const value = operator === '=' ? right : combine(operator.slice(0, -1), yield* evaluate(world, node.left, depth), right);
    world.setVariable(target.name, target.index, String(value));
    return value;
  }
  const left = yield* evaluate(world, node.left, depth);
  return combine(operator, left, yield* evaluate(world, node.right, depth));
}

function combine(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return wrap(a + b, () => BigInt(a) + BigInt(b));
    case '-':
      return wrap(a - b, () => BigInt(a) - BigInt(b));
    case '*':
      return wrap(a * b, () => BigInt(a) * BigInt(b));
    case '/':
    case '%':
      if (b === 0) throw new ArithmeticProblem('division by 0 (error token is "0")');
      return operator === '/' ? Math.trunc(a / b) : a % b === 0 ? 0 : a % b;
    case '**':
      if (b < 0) throw new ArithmeticProblem('exponent less than 0');
      return wrap(a ** b, () => BigInt(a) ** BigInt(Math.min(b, 4096)));
    case '<<':
      return wrap(a * 2 ** (b & 63), () => BigInt(a) << BigInt(b & 63));
    case '>>':
      return Math.floor(a / 2 ** (b & 63));
    case '&':
      return bits(a, b, (x, y) => x & y);
    case '|':
      return bits(a, b, (x, y) => x | y);
    case '^':
      return bits(a, b, (x, y) => x ^ y);
    case ',':
      return b;
    case '<':
      return a < b ? 1 : 0;
    case '>':
      return a > b ? 1 : 0;
    case '<=':
      return a <= b ? 1 : 0;
    case '>=':
      return a >= b ? 1 : 0;
    case '==':
      return a === b ? 1 : 0;
    case '!=':
      return a !== b ? 1 : 0;
    default:
      throw new ArithmeticProblem(`syntax error: invalid arithmetic operator (error token is "${operator}")`);
  }
}

function wrap(value: number, exact: () => bigint): number {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  return Number(BigInt.asIntN(64, exact()));
}

function bits(a: number, b: number, operate: (a: bigint, b: bigint) => bigint): number {
  return Number(BigInt.asIntN(64, operate(BigInt(a), BigInt(b))));
}
