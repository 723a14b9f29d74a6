import { BINARY_TESTS, compareNumbers, testFiles, testUnary, UNARY_TESTS, type TestWorld } from '../test-primitives.ts';
import type { Program, ProgramContext } from '../program.ts';

class Problem extends Error {}

/** `test` and `[`. */
export const test: Program = function* (context) {
  let { args } = context;
  if (context.name === '[') {
    if (args[args.length - 1] !== ']') {
      yield* context.stderr.write("[: missing `]'\n");
      return 2;
    }
    args = args.slice(0, -1);
  }
  try {
    return new Evaluator(worldOf(context), args).run() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    yield* context.stderr.write(`${context.name}: ${error.message}\n`);
    return 2;
  }
};

function worldOf(context: ProgramContext): TestWorld {
  const streams = [context.stdin, context.stdout, context.stderr];
  return {
    files: context.system.files,
    cwd: context.cwd,
    isTerminal: (fd) => streams[fd]?.isTerminal ?? false,
    isSet: (name) => context.env.has(name),
    isOn: () => false,
  };
}

/** The rules of POSIX for up to four arguments; beyond, `-o` binds weaker than `-a` weaker than `!`. */
class Evaluator {
  private readonly world: TestWorld;
  private readonly args: readonly string[];
  private at = 0;

  constructor(world: TestWorld, args: readonly string[]) {
    this.world = world;
    this.args = args;
  }

  run(): boolean {
    const value = this.some(this.args);
    if (value !== undefined) return value;
    const result = this.or();
    if (this.at < this.args.length)
      throw new Problem(this.args.length > 4 ? 'too many arguments' : `${this.args[this.at]}: unexpected operator`);
    return result;
  }

  /** Up to three arguments (four with `!`), told by their number alone. */
  private some(args: readonly string[]): boolean | undefined {
    const [a = '', b = '', c = ''] = args;
    switch (args.length) {
      case 0:
        return false;
      case 1:
        return a !== '';
      case 2:
        if (a === '!') return b === '';
        if (UNARY_TESTS.has(a)) return this.unary(a, b);
        throw new Problem(`${a}: unary operator expected`);
      case 3:
        if (BINARY_TESTS.has(b) && b !== '=~') return this.binary(a, b, c);
        if (b === '-a') return a !== '' && c !== '';
        if (b === '-o') return a !== '' || c !== '';
        if (a === '!') return !this.some([b, c]);
        if (a === '(' && c === ')') return b !== '';
        throw new Problem(`${b}: binary operator expected`);
      case 4:
        if (a === '!') return !this.some(args.slice(1));
        return undefined;
      default:
        return undefined;
    }
  }

  private or(): boolean {
    let value = this.and();
    while (this.args[this.at] === '-o') {
      this.at++;
      value = this.and() || value;
    }
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.args[this.at] === '-a') {
      this.at++;
      value = this.not() && value;
    }
    return value;
  }

  private not(): boolean {
    if (this.args[this.at] === '!') {
      this.at++;
      return !this.not();
    }
    return this.primary();
  }

  private primary(): boolean {
    const { args } = this;
    const first = args[this.at];
    if (first === undefined) throw new Problem('argument expected');
    const operator = args[this.at + 1];
    if (operator !== undefined && BINARY_TESTS.has(operator) && args[this.at + 2] !== undefined) {
      this.at += 3;
      return this.binary(first, operator, args[this.at - 1]!);
    }
    if (first === '(') {
      this.at++;
      const value = this.or();
      if (args[this.at] !== ')') throw new Problem("`)' expected");
      this.at++;
      return value;
    }
    if (UNARY_TESTS.has(first) && operator !== undefined) {
      this.at += 2;
      return this.unary(first, operator);
    }
    this.at++;
    return first !== '';
  }

  private unary(operator: string, operand: string): boolean {
    if (operator === '-t') number(operand);
    return testUnary(this.world, operator, operand);
  }

  private binary(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case '=':
      case '==':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '>':
        return left > right;
      case '-nt':
      case '-ot':
      case '-ef':
        return testFiles(this.world, operator, left, right);
      default:
        return compareNumbers(operator, number(left), number(right));
    }
  }
}

function number(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Problem(`${text}: integer expression expected`);
  return Number(text);
}
