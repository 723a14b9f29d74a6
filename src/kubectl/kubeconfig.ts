import { FileError, resolvePath } from '../machine/files.ts';
import { printYaml, readYaml } from '../api/yaml.ts';
import { PlainError } from './errors.ts';
import type { ProgramContext } from '../machine/program.ts';

export interface ClusterEntry {
  server?: string;
  [field: string]: unknown;
}

export interface UserEntry {
  token?: string;
  username?: string;
  [field: string]: unknown;
}

export interface ContextEntry {
  cluster?: string;
  user?: string;
  namespace?: string;
  [field: string]: unknown;
}

/** A kubeconfig, its lists as maps. */
export interface Kubeconfig {
  readonly path: string;
  readonly clusters: Map<string, ClusterEntry>;
  readonly users: Map<string, UserEntry>;
  readonly contexts: Map<string, ContextEntry>;
  currentContext: string;
  /** What else stands in the file. */
  readonly rest: Record<string, unknown>;
}

interface Named {
  name?: string;
  [field: string]: unknown;
}

/** The path that kubectl reads: the flag, $KUBECONFIG, or ~/.kube/config. */
export function kubeconfigPath(context: ProgramContext, flag: string): string {
  const path =
    flag ||
    context.env
      .get('KUBECONFIG')
      ?.split(':')
      .find((one) => one !== '') ||
    `${context.env.get('HOME') ?? '/root'}/.kube/config`;
  return resolvePath(context.cwd, path);
}

/** Reads a kubeconfig; one that does not exist is empty. Throws {@link PlainError} for a file that is none. */
export function readKubeconfig(context: ProgramContext, path: string): Kubeconfig {
  let text: string;
  try {
    text = context.system.files.read(path);
  } catch (error) {
    if (error instanceof FileError) return parsed(path, {});
    throw error;
  }
  let value: unknown;
  try {
    value = readYaml(text);
  } catch (error) {
    throw new PlainError(`error: error loading config file "${path}": ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parsed(path, {});
  return parsed(path, value as Record<string, unknown>);
}

function parsed(path: string, file: Record<string, unknown>): Kubeconfig {
  const { clusters, users, contexts, 'current-context': current, kind: _kind, apiVersion: _apiVersion, ...rest } = file;
  return {
    path,
    clusters: entries<ClusterEntry>(clusters, 'cluster'),
    users: entries<UserEntry>(users, 'user'),
    contexts: entries<ContextEntry>(contexts, 'context'),
    currentContext: typeof current === 'string' ? current : '',
    rest,
  };
}

function entries<T>(list: unknown, field: string): Map<string, T> {
  const map = new Map<string, T>();
  if (!Array.isArray(list)) return map;
  for (const item of list as Named[]) {
    if (typeof item?.name === 'string') map.set(item.name, { ...((item[field] ?? {}) as T) });
  }
  return map;
}

function named<T>(map: ReadonlyMap<string, T>, field: string): Named[] | null {
  if (map.size === 0) return null;
  return sortedNames(map).map((name) => ({ [field]: map.get(name), name }));
}

export function sortedNames(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()].sort();
}

/** A kubeconfig as the object that is written and printed. */
export function kubeconfigObject(config: Kubeconfig): Record<string, unknown> {
  return {
    ...config.rest,
    apiVersion: 'v1',
    clusters: named(config.clusters, 'cluster'),
    contexts: named(config.contexts, 'context'),
    'current-context': config.currentContext,
    kind: 'Config',
    users: named(config.users, 'user'),
  };
}

/** Writes a kubeconfig back, making its folder where it is missing. Throws FileError. */
export function writeKubeconfig(context: ProgramContext, config: Kubeconfig): void {
  const { files } = context.system;
  const folder = config.path.slice(0, config.path.lastIndexOf('/')) || '/';
  if (!files.stat(folder)) files.makeDirectory(folder, { parents: true });
  files.write(config.path, printYaml(kubeconfigObject(config)), 0o600);
}

/** The kubeconfig of a cluster's administrator, as kubeadm writes it to /root/.kube/config. `server`: `https://10.0.0.10:6443`. */
export function administratorKubeconfig(server: string): string {
  return printYaml({
    apiVersion: 'v1',
    clusters: [{ cluster: { server }, name: 'kubernetes' }],
    contexts: [{ context: { cluster: 'kubernetes', user: 'kubernetes-admin' }, name: 'kubernetes-admin@kubernetes' }],
    'current-context': 'kubernetes-admin@kubernetes',
    kind: 'Config',
    preferences: {},
    users: [{ name: 'kubernetes-admin', user: { 'client-certificate-data': 'DATA', 'client-key-data': 'DATA' } }],
  });
}
