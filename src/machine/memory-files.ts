import { FileError, resolvePath, type FileStat, type FileSystem } from './files.ts';
import type { Kernel } from '../sim/kernel.ts';

class FileNode {
  owner: object | undefined;
  text: string;
  sizeBytes: number;
  mode: number;
  modifiedMs: number;

  constructor(owner: object | undefined, text: string, sizeBytes: number, mode: number, modifiedMs: number) {
    this.owner = owner;
    this.text = text;
    this.sizeBytes = sizeBytes;
    this.mode = mode;
    this.modifiedMs = modifiedMs;
  }
}

class DirectoryNode {
  owner: object | undefined;
  children: Map<string, Node>;
  mode: number;
  modifiedMs: number;

  constructor(owner: object | undefined, children: Map<string, Node>, mode: number, modifiedMs: number) {
    this.owner = owner;
    this.children = children;
    this.mode = mode;
    this.modifiedMs = modifiedMs;
  }
}

type Node = FileNode | DirectoryNode;

/** A read-only tree that any number of {@link MemoryFiles} may stand on: the layers of an image. */
export interface FileLayer {
  readonly root: DirectoryNode;
}

/** When the files of images were made, unless said otherwise: 2025-11-01T00:00:00Z. */
const IMAGE_EPOCH_MS = 1_761_955_200_000;

const DEFAULT_CAPACITY_BYTES = 128 * 1024 * 1024;

/** Directories that every Unix system has. */
const COMMON_DIRECTORIES = [
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/srv',
  '/sys',
  '/tmp',
  '/usr',
  '/var',
];
const DEVICES = ['/dev/null', '/dev/zero', '/dev/tty', '/dev/stdin', '/dev/stdout', '/dev/stderr'];

/**
 * Builds a layer from texts by absolute path. A path that ends in `/` is an empty directory.
 * The directories of every Unix system and its devices are there in any case.
 */
export function fileLayer(files: Readonly<Record<string, string>>, modifiedMs = IMAGE_EPOCH_MS): FileLayer {
  const root = new DirectoryNode(undefined, new Map(), 0o755, modifiedMs);
  const directory = (path: string): DirectoryNode => {
    let at = root;
    for (const name of segments(path)) {
      let next = at.children.get(name);
      if (!(next instanceof DirectoryNode)) {
        next = new DirectoryNode(undefined, new Map(), name === 'tmp' ? 0o1777 : name === 'root' ? 0o700 : 0o755, modifiedMs);
        at.children.set(name, next);
      }
      at = next;
    }
    return at;
  };
  COMMON_DIRECTORIES.forEach(directory);
  for (const path of DEVICES) directory('/dev').children.set(path.slice(5), new FileNode(undefined, '', 0, 0o666, modifiedMs));
  for (const [path, text] of Object.entries(files)) {
    if (path.endsWith('/')) {
      directory(path);
      continue;
    }
    const cut = path.lastIndexOf('/');
    const mode = /\/s?bin\//.test(path) || text.startsWith('#!') ? 0o755 : 0o644;
    directory(path.slice(0, cut)).children.set(path.slice(cut + 1), new FileNode(undefined, text, utf8Length(text), mode, modifiedMs));
  }
  return { root };
}

const EMPTY_LAYER = fileLayer({});

export interface MemoryFilesOptions {
  /** Shared files below; changes stay in this instance. */
  readonly base?: FileLayer;
  /** Every change is refused with EROFS. */
  readonly readOnly?: boolean;
  /** How much may be added to the base before ENOSPC. */
  readonly capacityBytes?: number;
}

/** A file system in memory: a shared base and, copied on write along the path, what this instance changed. */
export class MemoryFiles implements FileSystem {
  private readonly kernel: Kernel;
  private readonly options: MemoryFilesOptions | undefined;
  private root: DirectoryNode;
  private usedBytes = 0;

  constructor(kernel: Kernel, options?: MemoryFilesOptions) {
    this.kernel = kernel;
    this.options = options;
    this.root = (options?.base ?? EMPTY_LAYER).root;
  }

  /** Bytes of the files that this instance wrote. */
  get used(): number {
    return this.usedBytes;
  }

  stat(path: string): FileStat | undefined {
    const node = this.find(path);
    if (!node) return undefined;
    return node instanceof DirectoryNode
      ? { type: 'directory', size: 4096, mode: node.mode, modifiedMs: node.modifiedMs }
      : { type: 'file', size: node.sizeBytes, mode: node.mode, modifiedMs: node.modifiedMs };
  }

  read(path: string): string {
    const node = this.find(path);
    if (!node) throw new FileError(this.parentIsFile(path) ? 'ENOTDIR' : 'ENOENT', path);
    if (node instanceof DirectoryNode) throw new FileError('EISDIR', path);
    return node.text;
  }

  write(path: string, text: string, mode?: number): void {
    if (isDevice(path)) return;
    const node = this.ownFile(path, mode ?? 0o644);
    const sizeBytes = utf8Length(text);
    this.use(sizeBytes - node.sizeBytes, path);
    node.text = text;
    node.sizeBytes = sizeBytes;
    if (mode !== undefined) node.mode = mode;
    node.modifiedMs = this.kernel.epochMs();
  }

  append(path: string, text: string): void {
    if (isDevice(path)) return;
    const node = this.ownFile(path, 0o644);
    const sizeBytes = utf8Length(text);
    this.use(sizeBytes, path);
    node.text += text;
    node.sizeBytes += sizeBytes;
    node.modifiedMs = this.kernel.epochMs();
  }

  list(path: string): string[] {
    const node = this.find(path);
    if (!node) throw new FileError(this.parentIsFile(path) ? 'ENOTDIR' : 'ENOENT', path);
    if (!(node instanceof DirectoryNode)) throw new FileError('ENOTDIR', path);
    return [...node.children.keys()].sort();
  }

  makeDirectory(path: string, options?: { parents?: boolean; mode?: number }): void {
    const parts = segments(path);
    const mode = options?.mode ?? 0o755;
    const existing = this.find(path);
    if (existing) {
      if (options?.parents && existing instanceof DirectoryNode) return;
      throw new FileError('EEXIST', path);
    }
    this.checkWritable(path);
    let at = this.ownRoot();
    for (let i = 0; i < parts.length; i++) {
      const name = parts[i]!;
      const last = i === parts.length - 1;
      if (!at.children.has(name)) {
        if (!last && !options?.parents) throw new FileError('ENOENT', path);
        at.children.set(name, new DirectoryNode(this, new Map(), last ? mode : 0o755, this.kernel.epochMs()));
        at.modifiedMs = this.kernel.epochMs();
      }
      at = this.ownChild(at, name, path);
    }
  }

  remove(path: string, options?: { recursive?: boolean }): void {
    const node = this.find(path);
    if (!node) throw new FileError(this.parentIsFile(path) ? 'ENOTDIR' : 'ENOENT', path);
    if (node instanceof DirectoryNode && node.children.size > 0 && !options?.recursive) throw new FileError('ENOTEMPTY', path);
    const { directory, name } = this.ownParent(path);
    if (!name || isDevice(path)) throw new FileError('EACCES', path);
    this.usedBytes -= this.ownBytes(node);
    directory.children.delete(name);
    directory.modifiedMs = this.kernel.epochMs();
  }

  rename(from: string, to: string): void {
    const node = this.find(from);
    if (!node) throw new FileError('ENOENT', from);
    const target = this.find(to);
    if (target === node) return;
    if (target instanceof DirectoryNode && !(node instanceof DirectoryNode)) throw new FileError('EISDIR', to);
    if (target instanceof FileNode && node instanceof DirectoryNode) throw new FileError('ENOTDIR', to);
    if (target instanceof DirectoryNode && target.children.size > 0) throw new FileError('ENOTEMPTY', to);
    if (target) this.usedBytes -= this.ownBytes(target);
    const source = this.ownParent(from);
    if (!source.name) throw new FileError('EACCES', from);
    const destination = this.ownParent(to);
    source.directory.children.delete(source.name);
    destination.directory.children.set(destination.name, node);
    source.directory.modifiedMs = destination.directory.modifiedMs = this.kernel.epochMs();
  }

  chmod(path: string, mode: number): void {
    const node = this.find(path);
    if (!node) throw new FileError('ENOENT', path);
    if (node instanceof FileNode) this.ownFile(path, mode).mode = mode;
    else this.ownDirectory(path).mode = mode;
  }

  private find(path: string): Node | undefined {
    let node: Node = this.root;
    let from = 0;
    const { length } = path;
    while (from < length) {
      if (path.charCodeAt(from) === 47) {
        from++;
        continue;
      }
      let to = path.indexOf('/', from);
      if (to < 0) to = length;
      const name = path.slice(from, to);
      if (name === '..') return this.find(resolvePath('/', path));
      if (name !== '.') {
        if (!(node instanceof DirectoryNode)) return undefined;
        const next = node.children.get(name);
        if (!next) return undefined;
        node = next;
      }
      from = to + 1;
    }
    return node;
  }

  private parentIsFile(path: string): boolean {
    const parts = segments(path);
    for (let i = parts.length - 1; i > 0; i--) {
      const node = this.find(`/${parts.slice(0, i).join('/')}`);
      if (node) return node instanceof FileNode;
    }
    return false;
  }

  private checkWritable(path: string): void {
    if (this.options?.readOnly) throw new FileError('EROFS', path);
  }

  private use(bytes: number, path: string): void {
    if (bytes > 0 && this.usedBytes + bytes > (this.options?.capacityBytes ?? DEFAULT_CAPACITY_BYTES)) throw new FileError('ENOSPC', path);
    this.usedBytes += bytes;
  }

  private ownBytes(node: Node): number {
    if (node instanceof FileNode) return node.owner === this ? node.sizeBytes : 0;
    if (node.owner !== this) return 0;
    let total = 0;
    for (const child of node.children.values()) total += this.ownBytes(child);
    return total;
  }

  private ownRoot(): DirectoryNode {
    if (this.root.owner !== this) this.root = new DirectoryNode(this, new Map(this.root.children), this.root.mode, this.root.modifiedMs);
    return this.root;
  }

  private ownChild(parent: DirectoryNode, name: string, path: string): DirectoryNode {
    const child = parent.children.get(name);
    if (!child) throw new FileError('ENOENT', path);
    if (!(child instanceof DirectoryNode)) throw new FileError('ENOTDIR', path);
    if (child.owner === this) return child;
    const own = new DirectoryNode(this, new Map(child.children), child.mode, child.modifiedMs);
    parent.children.set(name, own);
    return own;
  }

  private ownDirectory(path: string): DirectoryNode {
    this.checkWritable(path);
    let at = this.ownRoot();
    for (const name of segments(path)) at = this.ownChild(at, name, path);
    return at;
  }

  private ownParent(path: string): { directory: DirectoryNode; name: string } {
    this.checkWritable(path);
    const parts = segments(path);
    const name = parts.pop() ?? '';
    let at = this.ownRoot();
    for (const part of parts) at = this.ownChild(at, part, path);
    return { directory: at, name };
  }

  private ownFile(path: string, mode: number): FileNode {
    const { directory, name } = this.ownParent(path);
    const node = directory.children.get(name);
    if (node instanceof DirectoryNode || name === '') throw new FileError('EISDIR', path);
    if (node?.owner === this) return node;
    if (path.endsWith('/')) throw new FileError('EISDIR', path);
    const own = new FileNode(this, '', 0, mode, this.kernel.epochMs());
    if (node) {
      this.use(node.sizeBytes, path);
      own.text = node.text;
      own.sizeBytes = node.sizeBytes;
      own.mode = node.mode;
    } else {
      directory.modifiedMs = this.kernel.epochMs();
    }
    directory.children.set(name, own);
    return own;
  }
}

function isDevice(path: string): boolean {
  return path.startsWith('/dev/') && DEVICES.includes(path);
}

/** The names along a path, `.` and `..` resolved. */
function segments(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

/** The length of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code < 0xdc00) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}
