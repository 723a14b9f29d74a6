/** What a failed file operation says, with the names of errno. */
export type FileErrorCode = 'ENOENT' | 'ENOTDIR' | 'EISDIR' | 'EEXIST' | 'ENOTEMPTY' | 'EACCES' | 'EROFS' | 'ENOSPC';

const TEXTS: Record<FileErrorCode, string> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
};

/** Its message is the text of strerror. */
export class FileError extends Error {
  override name = 'FileError';
  readonly code: FileErrorCode;
  readonly path: string;

  constructor(code: FileErrorCode, path: string) {
    super(TEXTS[code]);
    this.code = code;
    this.path = path;
  }
}

export interface FileStat {
  readonly type: 'file' | 'directory';
  /** Length of the contents in UTF-8 bytes; 4096 for a directory. */
  readonly size: number;
  /** Permission bits, `0o644`. */
  readonly mode: number;
  /** Virtual time of the last change. */
  readonly modifiedMs: number;
}

/** A tree of text files. Paths are absolute and normalized by the implementation. Operations throw {@link FileError}. */
export interface FileSystem {
  stat(path: string): FileStat | undefined;
  read(path: string): string;
  write(path: string, text: string, mode?: number): void;
  append(path: string, text: string): void;
  /** Names in a directory, sorted. */
  list(path: string): string[];
  makeDirectory(path: string, options?: { parents?: boolean; mode?: number }): void;
  remove(path: string, options?: { recursive?: boolean }): void;
  rename(from: string, to: string): void;
  chmod(path: string, mode: number): void;
}

/** Joins and normalizes: `resolvePath('/root', '../etc/hosts')` is `/etc/hosts`. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
