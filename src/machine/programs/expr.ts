import { posixToRegExp } from '../regexp.ts';
import type { Program } from '../program.ts';

class Problem extends Error {}

/** Computes an expression given as arguments. */
export const expr: Program = function* (context) {
  const { args } = context;
  if (args[0] === '--help') {
    yield* context.stdout.write('Usage: expr EXPRESSION\n  or:  expr OPTION\nPrint the value of EXPRESSION to standard output.\n');
    return 0;
  }
  if (args.length === 0) {
    yield* context.stderr.write("expr: missing operand\nTry 'expr --help' for more information.\n");
    return 2;
  }
  try {
    const value = new Evaluator(args[0] === '--' ? args.slice(1) : args).run();
    yield* context.stdout.write(`${value}\n`);
    return isNull(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    yield* context.stderr.write(`expr: ${error.message}\n`);
    return 2;
  }
};

function isNull(value: string): boolean {
  return value === '' || /^-?0+$/.test(value);
}

const LEVELS: readonly (readonly string[])[] = [['|'], ['&'], ['<', '<=', '=', '==', '!=', '>=', '>'], ['+', '-'], ['*', '/', '%'], [':']];

class Evaluator {
  private readonly args: readonly string[];
  private at = 0;

  constructor(args: readonly string[]) {
    this.args = args;
  }

  run(): string {
    const value = this.level(0);
    if (this.at < this.args.length) throw new Problem(`syntax error: unexpected argument '${this.args[this.at]}'`);
    return value;
  }

  private level(depth: number): string {
    const operators = LEVELS[depth];
    if (!operators) return this.primary();
    let left = this.level(depth + 1);
    while (this.at < this.args.length && operators.includes(this.args[this.at]!)) {
      const operator = this.args[this.at++]!;
      left = combine(operator, left, this.level(depth + 1));
    }
    return left;
  }

  private primary(): string {
    const word = this.take();
    switch (word) {
      case '(': {
        const value = this.level(0);
        if (this.args[this.at++] !== ')') throw new Problem("syntax error: expecting ')' after '" + (this.args[this.at - 2] ?? '') + "'");
        return value;
      }
      case '+':
        return this.take();
      case 'length':
        return String([...this.primary()].length);
      case 'index': {
        const text = this.primary();
        const characters = this.primary();
        return String([...text].findIndex((c) => characters.includes(c)) + 1);
      }
      case 'substr': {
        const text = this.primary();
        const from = Number(this.primary());
        const count = Number(this.primary());
        return from >= 1 && count >= 1 ? text.slice(from - 1, from - 1 + count) : '';
      }
      case 'match':
        return combine(':', this.primary(), this.primary());
      default:
        return word;
    }
  }

  private take(): string {
    const word = this.args[this.at++];
    if (word === undefined) throw new Problem(`syntax error: missing argument after '${this.args[this.at - 2] ?? ''}'`);
    return word;
  }
}

function combine(operator: string, left: string, right: string): string {
  switch (operator) {
    case '|':
      return isNull(left) ? (isNull(right) ? '0' : right) : left;
    case '&':
      return isNull(left) || isNull(right) ? '0' : left;
    case ':': {
      const compiled = posixToRegExp(right);
      if ('problem' in compiled) throw new Problem(compiled.problem);
      const match = new RegExp(`^(?:${compiled.regExp.source})`, 'u').exec(left);
      return compiled.groups > 0 ? (match?.[1] ?? '') : String(match ? match[0].length : 0);
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return String(calculate(operator, number(left), number(right)));
    default:
      return compare(operator, left, right) ? '1' : '0';
  }
}

function number(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Problem('non-integer argument');
  return Number(text);
}

function calculate(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '%') && b === 0) throw new Problem('division by zero');
  const value =
    operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? Math.trunc(a / b) : a % b;
  return value === 0 ? 0 : value;
}

function compare(operator: string, left: string, right: string): boolean {
  const numeric = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  const a = numeric ? Number(left) : left;
  const b = numeric ? Number(right) : right;
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '!=':
      return a !== b;
    case '>=':
      return a >= b;
    case '>':
      return a > b;
    default:
      return a === b;
  }
}
