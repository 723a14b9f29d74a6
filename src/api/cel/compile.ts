import { ParseError, type Environment, type ParseResult } from '@marcbachmann/cel-js';

/** An expression ready to be evaluated, or why it cannot be. */
export type Compiled = { readonly expression: ParseResult; readonly fault?: undefined } | { readonly expression?: undefined; readonly fault: string };

interface Fault {
  readonly message: string;
  readonly summary?: string;
  readonly code?: string;
  readonly range?: { readonly start: number; readonly end: number };
}

/** `ERROR: <input>:1:5: undefined field 'nope'` with the line and a mark below, as cel-go prints it. */
function report(source: string, position: number, message: string): string {
  const before = source.slice(0, position);
  const line = before.split('\n').length;
  const column = position - (before.lastIndexOf('\n') + 1);
  const text = source.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`;
}

function lastToken(source: string): string {
  return /(\w+|[^\s\w])\s*$/.exec(source)?.[1] ?? '';
}

/** A fault of the library in cel-go's words, as far as they can be told. */
function describe(source: string, fault: Fault): string {
  const { range = { start: 0, end: 0 }, summary = fault.message } = fault;
  switch (fault.code) {
    case 'no_such_key':
      return report(source, Math.max(0, range.start - 1), `undefined field '${summary.replace('No such key: ', '')}'`);
    case 'unknown_variable':
      return report(source, range.start, `undeclared reference to '${summary.replace('Unknown variable: ', '')}' (in container '')`);
    case 'expected_token':
    case 'unexpected_token': {
      const isEnd = summary.includes('EOF');
      const isMember = summary.startsWith('Expected IDENTIFIER') && source.trimEnd().endsWith('.');
      const where = isEnd ? source.length : range.start;
      if (isEnd && isMember) return report(source, where, `Syntax error: no viable alternative at input '${lastToken(source)}'`);
      return report(source, where, isEnd ? `Syntax error: mismatched input '<EOF>'` : `Syntax error: mismatched input '${source.slice(range.start, range.end)}'`);
    }
    case 'no_such_overload': {
      const match = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary);
      if (match) return report(source, range.start, `found no matching overload for '_${match[2]}_' applied to '(${match[1]}, ${match[3]})'`);
      return report(source, range.start, summary);
    }
    case 'no_matching_overload': {
      const match = /'(?:(\S+?)\.)?(\w+)\((.*)\)'$/.exec(summary);
      if (match) return report(source, range.start, `undeclared reference to '${match[2]}' (in container '')`);
      return report(source, range.start, summary);
    }
    default:
      return report(source, range.start, fault instanceof ParseError ? `Syntax error: ${summary}` : summary);
  }
}

/** Faults that come of values being described by a schema: whole objects can be compared nevertheless. */
function isComparison(fault: Fault): boolean {
  return fault.code === 'no_such_overload' && /^no such overload: \S+ (==|!=) \S+$/.test(fault.summary ?? '') && /\$/.test(fault.summary ?? '');
}

/**
 * Checks an expression against typed variables and prepares it for evaluation.
 *
 * @param typed declares the variables with their types; undefined: they are dynamic
 * @param dynamic declares the same variables without types; what is evaluated
 * @param wanted the type of the result: `bool`, `string`; undefined: any
 */
export function compile(source: string, typed: Environment | undefined, dynamic: Environment, wanted?: string): Compiled {
  const check = (typed ?? dynamic).check(source);
  if (!check.valid && !isComparison(check.error as Fault)) return { fault: describe(source, check.error as Fault) };
  if (wanted && check.valid && check.type !== wanted && check.type !== 'dyn') return { fault: `must evaluate to ${wanted}` };
  return { expression: dynamic.parse(source) };
}
