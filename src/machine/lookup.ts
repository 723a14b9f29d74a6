import { resolvePath } from './files.ts';
import type { Program, System } from './program.ts';

export type Executable =
  | {
      readonly program: Program;
      readonly name: string;
      /** Arguments that go before the given ones: a script's own path. */ readonly before: readonly string[];
    }
  | { readonly problem: 'not found' | 'no such file' | 'directory' | 'permission' };

/** Where programs without a file of their own are taken to lie. */
const PROGRAM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const NOTHING: readonly string[] = [];

/** Finds what a command name runs: a program, or a script through its interpreter. Paths are taken from `cwd`. */
export function findExecutable(system: System, cwd: string, name: string): Executable {
  if (!name.includes('/')) {
    const program = system.programs.get(name);
    if (program) return { program, name, before: NOTHING };
    for (const directory of PROGRAM_DIRECTORIES) {
      const path = `${directory}/${name}`;
      const stat = system.files.stat(path);
      if (stat?.type === 'file' && (stat.mode & 0o111) !== 0) return script(system, path, path, 0);
    }
    return { problem: 'not found' };
  }
  return script(system, resolvePath(cwd, name), name, 0);
}

/** The path at which a program would be found, or undefined. */
export function whichPath(system: System, cwd: string, name: string): string | undefined {
  if (name.includes('/')) return 'program' in findExecutable(system, cwd, name) ? name : undefined;
  for (const directory of PROGRAM_DIRECTORIES) {
    const stat = system.files.stat(`${directory}/${name}`);
    if (stat?.type === 'file' && (stat.mode & 0o111) !== 0) return `${directory}/${name}`;
  }
  if (!system.programs.has(name)) return undefined;
  return system.programs.has('ash') && !system.programs.has('bash') ? `/bin/${name}` : `/usr/bin/${name}`;
}

function script(system: System, path: string, name: string, depth: number): Executable {
  const stat = system.files.stat(path);
  const cut = path.lastIndexOf('/');
  const base = path.slice(cut + 1);
  if (!stat) {
    const program = PROGRAM_DIRECTORIES.includes(path.slice(0, cut)) ? system.programs.get(base) : undefined;
    return program ? { program, name: base, before: NOTHING } : { problem: 'no such file' };
  }
  if (stat.type === 'directory') return { problem: 'directory' };
  if ((stat.mode & 0o111) === 0) return { problem: 'permission' };
  const text = system.files.read(path);
  const shebang = /^#!\s*(\S+)[ \t]*([^\n]*)/.exec(text);
  const own = system.programs.get(base);
  if (!shebang && own && PROGRAM_DIRECTORIES.includes(path.slice(0, cut))) return { program: own, name: base, before: NOTHING };
  let interpreter = shebang?.[1] ?? '/bin/sh';
  let argument = shebang?.[2]?.trim() ?? '';
  if (interpreter.endsWith('/env')) {
    [interpreter = '', argument = ''] = argument.split(/\s+/, 2);
    if (!interpreter.includes('/')) interpreter = `/usr/bin/${interpreter}`;
  }
  const found = depth < 4 ? script(system, interpreter, interpreter, depth + 1) : { problem: 'no such file' as const };
  if (!('program' in found)) return { problem: 'no such file' };
  return { program: found.program, name: found.name, before: [...found.before, ...(argument ? [argument] : []), name] };
}
