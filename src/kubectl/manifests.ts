import { FileError } from '../machine/files.ts';
import { resolvePath } from '../machine/files.ts';
import { goType } from '../api/print.ts';
import { readYamlDocuments, type YamlDocument } from '../api/yaml.ts';
import { CliError } from './errors.ts';
import type { KubeObject } from '../api/object.ts';
import type { ProgramContext } from '../machine/program.ts';

/** A text with manifests and what messages call it. */
export interface ManifestSource {
  readonly name: string;
  readonly text: string;
}

/** One object of a manifest, with its place. */
export interface Manifest {
  readonly source: string;
  readonly object: KubeObject;
  /** Line at which its document begins, from 1. */
  readonly line: number;
  /** The line of a field, from 1. */
  lineOf(path: readonly (string | number)[]): number;
}

/** What stands where an object should be. */
export interface BrokenManifest {
  readonly source: string;
  readonly line: number;
  readonly error: CliError;
}

export function isBroken(manifest: Manifest | BrokenManifest): manifest is BrokenManifest {
  return 'error' in manifest;
}

const MANIFEST_ENDINGS = ['.json', '.yaml', '.yml'];

/**
 * The paths that `-f` names: files, the manifests of directories (of all below with `recursive`), and
 * patterns. Throws {@link CliError} for what is not there.
 */
export function manifestPaths(context: ProgramContext, filename: string, recursive: boolean): string[] {
  if (/^https?:\/\//.test(filename)) throw new CliError(`unable to read URL "${filename}": there is no network outside the cluster`);
  const { files } = context.system;
  const stat = files.stat(resolvePath(context.cwd, filename));
  if (stat?.type === 'file') return [filename];
  if (stat) return directoryManifests(context, filename, recursive);
  if (/[*?[]/.test(filename)) {
    const matches = globbed(context, filename);
    if (matches.length > 0) return matches.flatMap((match) => manifestPaths(context, match, recursive));
  }
  throw new CliError(`the path "${filename}" does not exist`);
}

function directoryManifests(context: ProgramContext, directory: string, recursive: boolean): string[] {
  const base = directory === '/' ? '' : directory.replace(/\/+$/, '').replace(/^\.\//, '');
  const found: string[] = [];
  for (const name of context.system.files.list(resolvePath(context.cwd, directory))) {
    const path = base === '.' ? name : `${base}/${name}`;
    const stat = context.system.files.stat(resolvePath(context.cwd, path));
    if (stat?.type === 'directory') {
      if (recursive) found.push(...directoryManifests(context, path, true));
    } else if (MANIFEST_ENDINGS.some((ending) => name.endsWith(ending))) found.push(path);
  }
  return found;
}

function globbed(context: ProgramContext, pattern: string): string[] {
  const slash = pattern.lastIndexOf('/');
  const folder = slash < 0 ? '.' : pattern.slice(0, slash) || '/';
  const expression = pattern
    .slice(slash + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  const matcher = new RegExp(`^${expression}$`);
  try {
    const names = context.system.files.list(resolvePath(context.cwd, folder)).filter((name) => matcher.test(name));
    return names.map((name) => (slash < 0 ? name : `${pattern.slice(0, slash + 1)}${name}`));
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

/** Reads a manifest file. Throws {@link CliError}. */
export function readManifestFile(context: ProgramContext, path: string): ManifestSource {
  try {
    return { name: path, text: context.system.files.read(resolvePath(context.cwd, path)) };
  } catch (error) {
    if (error instanceof FileError) throw new CliError(`open ${path}: ${error.message.toLowerCase()}`);
    throw error;
  }
}

/** The objects of a text in order, lists taken apart. Empty documents are skipped; reading ends at one that is broken. */
export function readManifests(source: ManifestSource): (Manifest | BrokenManifest)[] {
  const found: (Manifest | BrokenManifest)[] = [];
  for (const document of readYamlDocuments(source.text)) {
    if (document.error) {
      const { line, message } = document.error;
      const cause = message.startsWith('yaml: ') ? `error converting YAML to JSON: ${message}` : message;
      found.push({ source: source.name, line, error: new CliError(`error parsing ${source.name}: ${cause}`) });
      break;
    }
    if (document.value === null || document.value === undefined) continue;
    found.push(...objectsOf(source, document));
  }
  return found;
}

function objectsOf(source: ManifestSource, document: YamlDocument): (Manifest | BrokenManifest)[] {
  const { value, line } = document;
  const problem = shapeProblem(value);
  if (problem) {
    const advice = 'if you choose to ignore these errors, turn validation off with --validate=false';
    return [
      { source: source.name, line, error: new CliError(`error validating "${source.name}": error validating data: ${problem}; ${advice}`) },
    ];
  }
  const object = value as KubeObject;
  if (isList(object)) {
    return (object.items as unknown[]).map((item, at) => ({
      source: source.name,
      line: document.lineOf(['items', at]),
      object: item as KubeObject,
      lineOf: (path) => document.lineOf(['items', at, ...path]),
    }));
  }
  const typeProblem = metadataProblem(object);
  if (typeProblem) return [{ source: source.name, line, error: new CliError(`unable to decode "${source.name}": ${typeProblem}`) }];
  return [{ source: source.name, line, object, lineOf: (path) => document.lineOf(path) }];
}

function isList(object: KubeObject): boolean {
  return Array.isArray(object.items) && (object.kind?.endsWith('List') ?? false);
}

/** What is wrong with the outermost shape (kubectl validation's first look). */
function shapeProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'invalid object to validate';
  const { apiVersion, kind } = value as KubeObject;
  const missing: string[] = [];
  if (!apiVersion) missing.push('apiVersion not set');
  if (!kind) missing.push('kind not set');
  if (missing.length === 0) return undefined;
  return missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
}

/** Wrong types where the client itself reads the object: its metadata. */
function metadataProblem(object: KubeObject): string | undefined {
  const metadata: unknown = object.metadata;
  if (metadata === undefined || metadata === null) return undefined;
  if (typeof metadata !== 'object' || Array.isArray(metadata)) return unmarshal(metadata, 'ObjectMeta', 'metadata');
  const fields = metadata as Record<string, unknown>;
  for (const field of ['name', 'generateName', 'namespace']) {
    if (fields[field] !== undefined && fields[field] !== null && typeof fields[field] !== 'string')
      return unmarshal(fields[field], 'string', `metadata.${field}`);
  }
  for (const field of ['labels', 'annotations']) {
    const map = fields[field];
    if (map === undefined || map === null) continue;
    if (typeof map !== 'object' || Array.isArray(map)) return unmarshal(map, 'map[string]string', `metadata.${field}`);
    for (const value of Object.values(map))
      if (typeof value !== 'string' && value !== null) return unmarshal(value, 'string', `metadata.${field}`);
  }
  return undefined;
}

function unmarshal(value: unknown, type: string, field: string): string {
  return `json: cannot unmarshal ${jsonType(value)} into Go struct field ObjectMeta.${field} of type ${type}`;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  const type = goType(value);
  if (type === 'string') return 'string';
  if (type === 'bool') return 'bool';
  return typeof value === 'number' ? 'number' : 'object';
}
