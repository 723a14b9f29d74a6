import { FileError, resolvePath, type FileStat, type FileSystem } from '../../machine/files.ts';
import type { Mount } from './runtime.ts';

interface Place {
  readonly files: FileSystem;
  readonly path: string;
  readonly readOnly: boolean;
}

/** A container's own files with volumes mounted over them. */
export class MountedFiles implements FileSystem {
  private readonly root: FileSystem;
  /** Longest path first. */
  private readonly mounts: readonly Mount[];

  constructor(root: FileSystem, mounts: readonly Mount[]) {
    this.root = root;
    this.mounts = [...mounts].sort((a, b) => b.path.length - a.path.length);
  }

  stat(path: string): FileStat | undefined {
    const place = this.at(path);
    const stat = place.files.stat(place.path);
    if (stat || !this.leadsToMount(path)) return stat;
    return { type: 'directory', size: 4096, mode: 0o755, modifiedMs: 0 };
  }

  read(path: string): string {
    const place = this.at(path);
    return place.files.read(place.path);
  }

  write(path: string, text: string, mode?: number): void {
    const place = this.writable(path);
    place.files.write(place.path, text, mode);
  }

  append(path: string, text: string): void {
    const place = this.writable(path);
    place.files.append(place.path, text);
  }

  list(path: string): string[] {
    const place = this.at(path);
    const own = place.files.stat(place.path) || !this.leadsToMount(path) ? place.files.list(place.path) : [];
    const parent = resolvePath('/', path).replace(/\/?$/, '/');
    const names = new Set(own);
    for (const mount of this.mounts) {
      const below = mount.path.startsWith(parent) ? mount.path.slice(parent.length) : '';
      if (below !== '') names.add(below.split('/')[0]!);
    }
    return [...names].sort();
  }

  makeDirectory(path: string, options?: { parents?: boolean; mode?: number }): void {
    const place = this.writable(path);
    place.files.makeDirectory(place.path, options);
  }

  remove(path: string, options?: { recursive?: boolean }): void {
    if (this.mounts.some((mount) => mount.path === resolvePath('/', path))) throw new FileError('EACCES', path);
    const place = this.writable(path);
    place.files.remove(place.path, options);
  }

  rename(from: string, to: string): void {
    const source = this.writable(from);
    const target = this.writable(to);
    if (source.files === target.files) {
      source.files.rename(source.path, target.path);
      return;
    }
    const text = source.files.read(source.path);
    target.files.write(target.path, text, source.files.stat(source.path)?.mode);
    source.files.remove(source.path);
  }

  chmod(path: string, mode: number): void {
    const place = this.writable(path);
    place.files.chmod(place.path, mode);
  }

  private writable(path: string): Place {
    const place = this.at(path);
    if (place.readOnly) throw new FileError('EROFS', path);
    return place;
  }

  private at(path: string): Place {
    const absolute = resolvePath('/', path);
    for (const { path: at, files, subPath = '', readOnly } of this.mounts) {
      if (absolute === at || absolute.startsWith(`${at}/`))
        return { files, path: resolvePath('/', subPath + absolute.slice(at.length)), readOnly };
    }
    return { files: this.root, path: absolute, readOnly: false };
  }

  private leadsToMount(path: string): boolean {
    const parent = resolvePath('/', path).replace(/\/?$/, '/');
    return this.mounts.some((mount) => mount.path.startsWith(parent));
  }
}
