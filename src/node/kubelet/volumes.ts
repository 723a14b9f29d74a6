import { CONFIG_MAPS, SECRETS, type Pod } from '../../api/kinds.ts';
import { MemoryFiles } from '../../machine/memory-files.ts';
import { ConfigProblem, fetchData, fieldValue, type EnvFacts } from './environment.ts';
import type { Stored } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { FileSystem } from '../../machine/files.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Task } from '../../sim/wait.ts';
import type { Mount } from '../runtime/runtime.ts';
import type { ContainerSpec } from './container-status.ts';

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];
type Items = readonly { readonly key: string; readonly path: string }[];

/** A volume that cannot be set up; the message is the event's. */
export class MountProblem extends Error {
  override name = 'MountProblem';
}

/** What the downward API has to know. */
export type FieldFacts = Omit<EnvFacts, 'spec' | 'services'>;

/** What a volume holds, by path. */
type Contents = Readonly<Record<string, string>>;

/**
 * A pod's volumes. What comes from the API is fetched before the containers start; file systems are
 * made when a program looks into them.
 */
export class PodVolumes {
  private readonly kernel: Kernel;
  private readonly hostFiles: FileSystem;
  private readonly fetched = new Map<string, Contents>();
  private readonly systems = new Map<string, FileSystem>();

  constructor(kernel: Kernel, hostFiles: FileSystem) {
    this.kernel = kernel;
    this.hostFiles = hostFiles;
  }

  /** Fetches what volumes show of config maps and secrets. Throws {@link MountProblem}. */
  *setUp(pod: Stored<Pod>, client: Client): Task<void> {
    for (const volume of pod.spec?.volumes ?? []) {
      if (this.fetched.has(volume.name)) continue;
      try {
        const contents = yield* fetchContents(volume, pod, client);
        if (contents) this.fetched.set(volume.name, contents);
      } catch (error) {
        if (!(error instanceof ConfigProblem)) throw error;
        throw new MountProblem(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
      }
    }
  }

  /** What a container sees of them. */
  mounts(pod: Stored<Pod>, spec: ContainerSpec, facts: FieldFacts): Mount[] {
    const mounts: Mount[] = [];
    for (const { name, mountPath, readOnly = false, subPath } of spec.volumeMounts ?? []) {
      const volume = pod.spec?.volumes?.find((candidate) => candidate.name === name);
      if (!volume) continue;
      const path = mountPath.replace(/\/+$/, '') || '/';
      const inside = [volume.hostPath?.path, subPath].filter((part) => part).join('/');
      mounts.push({ path, files: this.filesOf(volume, pod, facts), ...(inside && { subPath: inside }), readOnly });
    }
    return mounts;
  }

  private filesOf(volume: Volume, pod: Stored<Pod>, facts: FieldFacts): FileSystem {
    if (volume.hostPath) return this.hostFiles;
    let files = this.systems.get(volume.name);
    if (!files) {
      files = new MemoryFiles(this.kernel);
      for (const [path, text] of Object.entries({ ...this.fetched.get(volume.name), ...fieldContents(volume, pod, facts) })) {
        const folder = path.slice(0, path.lastIndexOf('/'));
        if (folder !== '') files.makeDirectory(`/${folder}`, { parents: true });
        files.write(`/${path}`, text);
      }
      this.systems.set(volume.name, files);
    }
    return files;
  }
}

/** Whether a pod's volumes need anything from the API at all. */
export function needsFetching(pod: Stored<Pod>): boolean {
  for (const { configMap, secret, projected } of pod.spec?.volumes ?? []) {
    if (configMap || secret) return true;
    for (const source of projected?.sources ?? [])
      if (source.configMap?.name !== ROOT_CA && (source.configMap || source.secret)) return true;
  }
  return false;
}

/** Published into every namespace; looked up when a program reads it rather than at every pod's start. */
const ROOT_CA = 'kube-root-ca.crt';

/** What of a volume comes from the pod itself. */
function fieldContents({ downwardAPI, projected }: Volume, pod: Stored<Pod>, facts: FieldFacts): Contents {
  if (downwardAPI) return fields(downwardAPI.items, pod, facts);
  const all: Record<string, string> = {};
  for (const source of projected?.sources ?? []) if (source.downwardAPI) Object.assign(all, fields(source.downwardAPI.items, pod, facts));
  return all;
}

function* fetchContents(volume: Volume, pod: Stored<Pod>, client: Client): Task<Contents | undefined> {
  const namespace = pod.metadata.namespace!;
  const { configMap, secret, projected } = volume;
  if (configMap)
    return pick(
      (yield* fetchData(client, CONFIG_MAPS, namespace, configMap.name ?? '', configMap.optional === true))?.data,
      configMap.items,
    );
  if (secret) {
    return decoded(
      pick((yield* fetchData(client, SECRETS, namespace, secret.secretName ?? '', secret.optional === true))?.data, secret.items),
    );
  }
  if (!projected) return undefined;
  const all: Record<string, string> = {};
  for (const { configMap: map, secret: hidden } of projected.sources ?? []) {
    if (map && map.name !== ROOT_CA) {
      Object.assign(all, pick((yield* fetchData(client, CONFIG_MAPS, namespace, map.name ?? '', map.optional === true))?.data, map.items));
    }
    if (hidden) {
      Object.assign(
        all,
        decoded(pick((yield* fetchData(client, SECRETS, namespace, hidden.name ?? '', hidden.optional === true))?.data, hidden.items)),
      );
    }
  }
  return all;
}

function pick(data: Contents | undefined, items: Items | undefined): Contents {
  if (!items) return data ?? {};
  const result: Record<string, string> = {};
  for (const { key, path } of items) {
    const text = data?.[key];
    if (text === undefined) throw new ConfigProblem(`references non-existent config key: ${key}`);
    result[path] = text;
  }
  return result;
}

function decoded(contents: Contents): Contents {
  const result: Record<string, string> = {};
  for (const [path, text] of Object.entries(contents)) {
    result[path] = new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
  }
  return result;
}

function fields(
  items: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[] | undefined,
  pod: Stored<Pod>,
  facts: FieldFacts,
): Contents {
  const result: Record<string, string> = {};
  for (const { path, fieldRef } of items ?? []) {
    if (!fieldRef) continue;
    const list =
      fieldRef.fieldPath === 'metadata.labels'
        ? pod.metadata.labels
        : fieldRef.fieldPath === 'metadata.annotations'
          ? pod.metadata.annotations
          : undefined;
    if (list || /^metadata\.(labels|annotations)$/.test(fieldRef.fieldPath)) {
      result[path] = Object.entries(list ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join('\n');
    } else result[path] = fieldValue(facts as EnvFacts, fieldRef.fieldPath);
  }
  return result;
}
