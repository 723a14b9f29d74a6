import type { Task } from '../../sim/wait.ts';
import { FileError, resolvePath, type FileStat, type FileSystem } from '../files.ts';
import { isBusybox } from './options.ts';
import type { ProgramContext } from '../program.ts';

/** Does something to a file; prints `name: what 'file': reason` and answers false if the file system refuses. */
export function* attempt(context: ProgramContext, what: string, shown: string, action: () => void): Task<boolean> {
  try {
    action();
    return true;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    yield* context.stderr.write(
      `${context.name}: ${isBusybox(context.system) ? `can't ${what.replace(/^cannot /, '')}` : what} '${shown}': ${error.message}\n`,
    );
    return false;
  }
}

/** Where something copied or moved to `target` ends up: inside it if it is a directory. */
export function destination(files: FileSystem, cwd: string, target: string, source: string): { path: string; shown: string } {
  const path = resolvePath(cwd, target);
  if (files.stat(path)?.type !== 'directory') return { path, shown: target };
  const base = resolvePath(cwd, source).split('/').pop() ?? '';
  return { path: resolvePath(path, base), shown: `${target.replace(/\/$/, '')}/${base}` };
}

/** Copies a file or, with what is in it, a directory. Throws {@link FileError}. */
export function copyTree(files: FileSystem, from: string, to: string): void {
  const stat = files.stat(from);
  if (!stat) throw new FileError('ENOENT', from);
  if (stat.type === 'file') {
    files.write(to, files.read(from), stat.mode);
    return;
  }
  files.makeDirectory(to, { parents: true, mode: stat.mode });
  for (const name of files.list(from)) copyTree(files, resolvePath(from, name), resolvePath(to, name));
}

/** `drwxr-xr-x` */
export function modeText(stat: FileStat): string {
  const bits = 'rwxrwxrwx';
  let text = stat.type === 'directory' ? 'd' : '-';
  for (let i = 0; i < 9; i++) text += stat.mode & (1 << (8 - i)) ? bits[i] : '-';
  if (stat.mode & 0o1000) text = text.slice(0, 9) + (text[9] === 'x' ? 't' : 'T');
  return text;
}

/** `1.5K` for `ls -h` and `df -h`. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    unit++;
  }
  const rounded = value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${rounded}${'KMGTPE'[unit]}`;
}
