import type { SyntaxProblem } from './parse.ts';
import type { Flavour, Shell } from './shell.ts';

/** What stands before an error: the shell's or script's name, and the line. */
export function messagePrefix(shell: Shell, line: number): string {
  const name = shell.scriptName ?? shell.zero;
  if (shell.speaksToUser && shell.scriptName === undefined) return shell.flavour === 'bash' ? 'bash: ' : 'sh: ';
  if (shell.flavour === 'ash') return `${name}: `;
  return shell.flavour === 'dash' ? `${name}: ${line}: ` : `${name}: line ${line}: `;
}

/** A syntax error as the shell prints it, with its newline. */
export function syntaxMessage(shell: Shell, problem: SyntaxProblem, source: string): string {
  const { message } = problem;
  const line = problem.line + shell.lineOffset;
  if (shell.flavour !== 'bash')
    return `${messagePrefix(shell, atEnd(problem) ? line - 1 : line)}${plainSyntaxMessage(problem, shell.flavour)}\n`;
  const isArgument = !shell.speaksToUser && shell.scriptName === undefined;
  const prefix = isArgument ? `${shell.zero}: -c: line ${line}: ` : messagePrefix(shell, line);
  const shown =
    message.startsWith('syntax error near') && !shell.speaksToUser ? `${prefix}\`${source.split('\n')[problem.line - 1] ?? ''}'\n` : '';
  const also = shell.speaksToUser && message.startsWith('unexpected EOF') ? `${prefix}syntax error: unexpected end of file\n` : '';
  return `${prefix}${message}\n${shown}${also}`;
}

function atEnd({ message }: SyntaxProblem): boolean {
  return message === 'syntax error: unexpected end of file';
}

function plainSyntaxMessage(problem: SyntaxProblem, flavour: Flavour): string {
  const token = /^syntax error near unexpected token `([\s\S]*)'$/.exec(problem.message)?.[1];
  const named = token === 'newline' ? 'newline' : token === undefined ? undefined : `"${token}"`;
  const expecting = problem.expecting === undefined ? '' : ` (expecting "${problem.expecting}")`;
  if (flavour === 'ash') {
    if (named !== undefined) return `syntax error: unexpected ${named}${expecting}`;
    return problem.message.startsWith('unexpected EOF')
      ? 'syntax error: unterminated quoted string'
      : `syntax error: unexpected end of file${expecting}`;
  }
  if (named !== undefined) return `Syntax error: ${named} unexpected${expecting}`;
  return problem.message.startsWith('unexpected EOF')
    ? 'Syntax error: Unterminated quoted string'
    : `Syntax error: end of file unexpected${expecting}`;
}

/** An error in `$((...))`. */
export function arithmeticMessage(flavour: Flavour, source: string, message: string): string {
  const byZero = message.startsWith('division by 0');
  if (flavour === 'bash') return `${source}: ${message}`;
  if (flavour === 'ash') return byZero ? 'divide by zero' : 'arithmetic syntax error';
  return byZero ? `arithmetic expression: division by zero: "${source}"` : `arithmetic expression: expecting primary: "${source}"`;
}

/** What a program inside the shell (`[`, `printf`) complains about, in the words of the given shell. */
export function internalMessage(flavour: Flavour, text: string): string {
  if (flavour === 'bash') return text;
  const number = /^(\S+): (.*): integer expression expected\n$/.exec(text);
  if (number) return flavour === 'dash' ? `${number[1]}: Illegal number: ${number[2]}\n` : `${number[2]}: bad number\n`;
  const invalid = /^printf: (.*): invalid number\n$/.exec(text);
  if (invalid) return flavour === 'dash' ? `printf: ${invalid[1]}: expected numeric value\n` : `invalid number '${invalid[1]}'\n`;
  return text
    .replace("missing `]'", 'missing ]')
    .replace(/: (\S+): (?:unary|binary) operator expected/, flavour === 'dash' ? ': $1: unexpected operator' : ': $1: unknown operand');
}
