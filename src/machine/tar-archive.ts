import { resolvePath, type FileSystem } from './files.ts';

/*
 * The ustar format on text: files are text here, so sizes and padding count characters. What one side
 * packs the other unpacks; only archives with other than ASCII contents differ from real ones.
 */

const BLOCK = 512;
const LONGEST_NAME = 100;
const LONGEST_PREFIX = 155;

export interface TarEntry {
  /** Without a leading slash; a directory's ends with one. */
  readonly name: string;
  readonly directory: boolean;
  readonly mode: number;
  readonly text: string;
}

/** A text that is no archive, or the name of a file that does not fit into one. */
export class TarError extends Error {
  override name = 'TarError';
}

/** A file, or a directory with all below it, as entries under `name`. Throws FileError. */
export function collect(files: FileSystem, path: string, name: string): TarEntry[] {
  const stat = files.stat(path);
  if (!stat) {
    files.read(path);
    return [];
  }
  if (stat.type === 'file') return [{ name, directory: false, mode: stat.mode, text: files.read(path) }];
  const entries: TarEntry[] = [{ name: `${name}/`, directory: true, mode: stat.mode, text: '' }];
  for (const child of files.list(path)) entries.push(...collect(files, resolvePath(path, child), `${name}/${child}`));
  return entries;
}

/** Throws {@link TarError} for names that are too long. */
export function pack(entries: readonly TarEntry[]): string {
  return (
    entries.map((entry) => header(entry) + entry.text.padEnd(Math.ceil(entry.text.length / BLOCK) * BLOCK, '\0')).join('') +
    '\0'.repeat(2 * BLOCK)
  );
}

/** Throws {@link TarError}. */
export function unpack(archive: string): TarEntry[] {
  const entries: TarEntry[] = [];
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== '\0';) {
    const field = (from: number, length: number): string => {
      const text = archive.slice(at + from, at + from + length);
      const end = text.indexOf('\0');
      return end < 0 ? text : text.slice(0, end);
    };
    if (field(257, 5) !== 'ustar') throw new TarError('This does not look like a tar archive');
    const size = parseInt(field(124, 12), 8);
    const prefix = field(345, LONGEST_PREFIX);
    const name = prefix === '' ? field(0, LONGEST_NAME) : `${prefix}/${field(0, LONGEST_NAME)}`;
    const text = archive.slice(at + BLOCK, at + BLOCK + size);
    if (text.length < size) throw new TarError('Unexpected EOF in archive');
    entries.push({ name, directory: field(156, 1) === '5', mode: parseInt(field(100, 8), 8), text });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

/** Writes entries below a directory. Names that lead out of it stay in it. Throws FileError. */
export function extract(files: FileSystem, directory: string, entries: readonly TarEntry[]): void {
  for (const { name, directory: isDirectory, mode, text } of entries) {
    const path = resolvePath('/', `${directory}/${resolvePath('/', name)}`);
    if (isDirectory) {
      if (!files.stat(path)) files.makeDirectory(path, { parents: true });
      continue;
    }
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!files.stat(parent)) files.makeDirectory(parent, { parents: true });
    files.write(path, text, mode);
  }
}

function header({ name, directory, mode, text }: TarEntry): string {
  let [short, prefix] = [name, ''];
  if (name.length > LONGEST_NAME) {
    const cut = name.slice(0, -1).indexOf('/', name.length - LONGEST_NAME - 1);
    if (cut < 0 || cut > LONGEST_PREFIX) throw new TarError(`${name}: file name is too long (cannot be split); not dumped`);
    [prefix, short] = [name.slice(0, cut), name.slice(cut + 1)];
  }
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  const before =
    short.padEnd(LONGEST_NAME, '\0') + octal(mode & 0o7777, 8) + octal(0, 8) + octal(0, 8) + octal(text.length, 12) + octal(0, 12);
  const after =
    (directory ? '5' : '0') +
    '\0'.repeat(100) +
    'ustar\0' +
    '00' +
    'root'.padEnd(32, '\0') +
    'root'.padEnd(32, '\0') +
    octal(0, 8) +
    octal(0, 8) +
    prefix.padEnd(LONGEST_PREFIX, '\0') +
    '\0'.repeat(12);
  let sum = 0;
  for (const part of [before, ' '.repeat(8), after]) for (let i = 0; i < part.length; i++) sum += part.charCodeAt(i) & 255;
  return `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`;
}
