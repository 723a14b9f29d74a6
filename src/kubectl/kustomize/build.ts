import { printYaml, readYaml, readYamlDocuments, YamlError } from '../../api/yaml.ts';
import { FileError, resolvePath, type FileSystem } from '../../machine/files.ts';
import { CliError } from '../errors.ts';
import { generatedMaps } from './generators.ts';
import { legacyOrder } from './order.ts';
import { applyPatches } from './patches.ts';
import { transformed } from './transformers.ts';
import type { KubeObject } from '../../api/object.ts';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** A kustomization file; only what this builder understands is named. */
export interface Kustomization {
  readonly resources?: readonly string[];
  readonly bases?: readonly string[];
  readonly namespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly labels?: readonly {
    readonly pairs: Readonly<Record<string, string>>;
    readonly includeSelectors?: boolean;
    readonly includeTemplates?: boolean;
  }[];
  readonly images?: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string; readonly digest?: string }[];
  readonly replicas?: readonly { readonly name: string; readonly count: number }[];
  readonly configMapGenerator?: readonly MapGenerator[];
  readonly secretGenerator?: readonly MapGenerator[];
  readonly generatorOptions?: GeneratorOptions;
  readonly patches?: readonly PatchEntry[];
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly PatchEntry[];
  readonly [field: string]: unknown;
}

export interface GeneratorOptions {
  readonly disableNameSuffixHash?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface MapGenerator {
  readonly name: string;
  readonly namespace?: string;
  readonly type?: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly options?: GeneratorOptions;
}

export interface PatchTarget {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
}

export interface PatchEntry {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: PatchTarget;
}

const KNOWN = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'resources',
  'bases',
  'namespace',
  'namePrefix',
  'nameSuffix',
  'commonLabels',
  'commonAnnotations',
  'labels',
  'images',
  'replicas',
  'configMapGenerator',
  'secretGenerator',
  'generatorOptions',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'sortOptions',
]);

/** What a builder reads: files, from a folder of the shell's working folder. */
export interface BuildContext {
  readonly files: FileSystem;
  readonly cwd: string;
}

/** The manifests that a kustomization's folder makes, in kubectl's order. Throws {@link CliError}. */
export function buildKustomization(context: BuildContext, folder: string): KubeObject[] {
  return legacyOrder(build(context, folder, []));
}

/** The same as one YAML text. */
export function kustomizationText(context: BuildContext, folder: string): string {
  return buildKustomization(context, folder).map(printYaml).join('---\n');
}

function build(context: BuildContext, folder: string, above: readonly string[]): KubeObject[] {
  const path = resolvePath(context.cwd, folder);
  if (above.includes(path))
    throw new CliError(`accumulating resources: cycle detected: candidate root '${path}' contains visited root '${path}'`);
  const kustomization = load(context, folder, path);
  const inner: BuildContext = { files: context.files, cwd: path };
  const objects: KubeObject[] = [];
  for (const entry of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])])
    objects.push(...resourcesOf(inner, entry, [...above, path]));
  objects.push(...generatedMaps(kustomization, (file) => read(inner, file)));
  const patched = applyPatches(objects, kustomization, (file) => read(inner, file));
  return transformed(patched, kustomization);
}

function load({ files }: BuildContext, folder: string, path: string): Kustomization {
  const stat = files.stat(path);
  if (!stat)
    throw new CliError(
      `must build at directory: not a valid directory: evalsymlink failure on '${folder}' : lstat ${path}: no such file or directory`,
    );
  if (stat.type !== 'directory') throw new CliError(`must build at directory: '${path}': file is not directory`);
  const found = NAMES.filter((name) => files.stat(`${path}/${name}`)?.type === 'file');
  if (found.length === 0)
    throw new CliError(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${path}'`);
  if (found.length > 1) throw new CliError(`Found multiple kustomization files under: ${path}`);
  let value: unknown;
  try {
    value = readYaml(files.read(`${path}/${found[0]}`));
  } catch (error) {
    if (error instanceof YamlError) throw new CliError(`invalid Kustomization: ${error.message}`);
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CliError(`${found[0]} is empty`);
  for (const field of Object.keys(value))
    if (!KNOWN.has(field)) throw new CliError(`invalid Kustomization: json: unknown field "${field}"`);
  return value as Kustomization;
}

function read({ files, cwd }: BuildContext, path: string): string {
  try {
    return files.read(resolvePath(cwd, path));
  } catch (error) {
    if (error instanceof FileError)
      throw new CliError(
        `accumulating resources: accumulation err='accumulating resources from '${path}': open ${resolvePath(cwd, path)}: ${error.message.toLowerCase()}'`,
      );
    throw error;
  }
}

function resourcesOf(context: BuildContext, entry: string, above: readonly string[]): KubeObject[] {
  if (context.files.stat(resolvePath(context.cwd, entry))?.type === 'directory') return build(context, entry, above);
  const objects: KubeObject[] = [];
  for (const { value, error } of readYamlDocuments(read(context, entry))) {
    if (error)
      throw new CliError(
        `accumulating resources: accumulation err='accumulating resources from '${entry}': MalformedYAMLError: ${error.message} in File: ${entry}'`,
      );
    if (value === null || value === undefined) continue;
    const object = value as KubeObject;
    if (object.kind?.endsWith('List') && Array.isArray(object.items)) objects.push(...(object.items as KubeObject[]));
    else objects.push(object);
  }
  return objects;
}
