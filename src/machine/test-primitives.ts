import { resolvePath, type FileSystem } from './files.ts';

/** What `test` and `[[` ask about the world. */
export interface TestWorld {
  readonly files: FileSystem;
  readonly cwd: string;
  isTerminal(fd: number): boolean;
  isSet(name: string): boolean;
  isOn(option: string): boolean;
}

export const UNARY_TESTS: ReadonlySet<string> = new Set([
  '-a',
  '-b',
  '-c',
  '-d',
  '-e',
  '-f',
  '-g',
  '-h',
  '-k',
  '-n',
  '-o',
  '-p',
  '-r',
  '-s',
  '-t',
  '-u',
  '-v',
  '-w',
  '-x',
  '-z',
  '-G',
  '-L',
  '-N',
  '-O',
  '-R',
  '-S',
]);
export const BINARY_TESTS: ReadonlySet<string> = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
  '=~',
]);

/** `-f path`, `-z text` and their kin. */
export function testUnary(world: TestWorld, operator: string, operand: string): boolean {
  switch (operator) {
    case '-z':
      return operand === '';
    case '-n':
      return operand !== '';
    case '-t':
      return world.isTerminal(Number(operand));
    case '-v':
    case '-R':
      return world.isSet(operand);
    case '-o':
      return world.isOn(operand);
  }
  if (operand === '') return false;
  const path = resolvePath(world.cwd, operand);
  const stat = world.files.stat(path);
  switch (operator) {
    case '-b':
    case '-g':
    case '-h':
    case '-L':
    case '-k':
    case '-p':
    case '-S':
    case '-u':
      return false;
    case '-c':
      return stat !== undefined && path.startsWith('/dev/') && stat.type === 'file' && stat.mode === 0o666;
    case '-d':
      return stat?.type === 'directory';
    case '-f':
      return stat?.type === 'file' && !path.startsWith('/dev/');
    case '-s':
      return stat !== undefined && stat.size > 0;
    case '-x':
      return stat !== undefined && (stat.type === 'directory' || (stat.mode & 0o111) !== 0);
    default:
      return stat !== undefined;
  }
}

/** `-nt`, `-ot` and `-ef`. */
export function testFiles(world: TestWorld, operator: string, left: string, right: string): boolean {
  const a = world.files.stat(resolvePath(world.cwd, left));
  const b = world.files.stat(resolvePath(world.cwd, right));
  if (operator === '-ef') return a !== undefined && resolvePath(world.cwd, left) === resolvePath(world.cwd, right);
  if (operator === '-nt') return a !== undefined && (b === undefined || a.modifiedMs > b.modifiedMs);
  return b !== undefined && (a === undefined || a.modifiedMs < b.modifiedMs);
}

/** `-eq` and its kin. */
export function compareNumbers(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}
