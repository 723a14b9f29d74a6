import { resolvePath, type FileSystem } from '../files.ts';
import { hasGlob, patternToRegExp, unescapePattern } from './pattern.ts';

/** Paths that match a pattern (with escapes), sorted; empty if there are none. Relative patterns give relative paths. */
export function expandGlob(files: FileSystem, cwd: string, pattern: string, withDotFiles = false): string[] {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part, i) => part !== '' || i === pattern.split('/').length - 1);
  let found = [absolute ? '/' : ''];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const last = i === parts.length - 1;
    const next: string[] = [];
    for (const prefix of found) {
      if (part === '') {
        if (files.stat(resolvePath(cwd, prefix))?.type === 'directory') next.push(prefix);
      } else if (!hasGlob(part) && !/[?*+@!]\(/.test(part)) {
        const name = prefix + unescapePattern(part);
        if (files.stat(resolvePath(cwd, name))) next.push(last ? name : `${name}/`);
      } else next.push(...matches(files, cwd, prefix, part, last, withDotFiles));
    }
    found = next;
  }
  return found;
}

function matches(files: FileSystem, cwd: string, prefix: string, part: string, last: boolean, withDotFiles: boolean): string[] {
  const directory = resolvePath(cwd, prefix === '' ? '.' : prefix);
  if (files.stat(directory)?.type !== 'directory') return [];
  const regExp = patternToRegExp(part, { path: true });
  const dots = withDotFiles || part.startsWith('.') || part.startsWith('\\.');
  const result: string[] = [];
  for (const name of files.list(directory)) {
    if ((name.startsWith('.') && !dots) || !regExp.test(name)) continue;
    if (last) result.push(prefix + name);
    else if (files.stat(resolvePath(directory, name))?.type === 'directory') result.push(`${prefix}${name}/`);
  }
  return result;
}
