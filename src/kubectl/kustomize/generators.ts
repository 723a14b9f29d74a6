import { encodeBase64 } from '../../api/base64.ts';
import { CliError } from '../errors.ts';
import { contentHash } from '../commands/create/content-hash.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Kustomization, MapGenerator } from './build.ts';

/** Marks a generated name whose references are to follow; taken off in the end. */
export const ORIGINAL_NAME = Symbol('original name');

export type Generated = KubeObject & { [ORIGINAL_NAME]?: string };

/** Config maps and secrets, with hashed names unless that is switched off. */
export function generatedMaps(kustomization: Kustomization, read: (path: string) => string): Generated[] {
  const make = (generator: MapGenerator, kind: 'ConfigMap' | 'Secret') => generated(generator, kind, kustomization, read);
  return [
    ...(kustomization.configMapGenerator ?? []).map((one) => make(one, 'ConfigMap')),
    ...(kustomization.secretGenerator ?? []).map((one) => make(one, 'Secret')),
  ];
}

function generated(
  generator: MapGenerator,
  kind: 'ConfigMap' | 'Secret',
  kustomization: Kustomization,
  read: (path: string) => string,
): Generated {
  const pairs = pairsOf(generator, read);
  const data: Record<string, string> = {};
  for (const [key, value] of pairs) {
    if (key in data) throw new CliError(`configmap ${generator.name} illegally repeats the key \`${key}\``);
    data[key] = kind === 'Secret' ? encodeBase64(value) : value;
  }
  const options = { ...kustomization.generatorOptions, ...generator.options };
  const type = kind === 'Secret' ? (generator.type ?? 'Opaque') : undefined;
  const hash = contentHash({ data, kind, name: '', ...(type && { type }) });
  const name = options.disableNameSuffixHash ? generator.name : `${generator.name}-${hash}`;
  const object: Generated = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(generator.namespace && { namespace: generator.namespace }),
      ...(options.labels && { labels: { ...options.labels } }),
      ...(options.annotations && { annotations: { ...options.annotations } }),
    },
    data,
    ...(type && { type }),
  };
  object[ORIGINAL_NAME] = generator.name;
  return object;
}

function pairsOf({ literals = [], files = [], envs = [] }: MapGenerator, read: (path: string) => string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const literal of literals) {
    const equals = literal.indexOf('=');
    if (equals <= 0) throw new CliError(`literal values: invalid literal source ${literal}, expected key=value`);
    pairs.push([literal.slice(0, equals), literal.slice(equals + 1).replace(/^(["'])(.*)\1$/s, '$2')]);
  }
  for (const file of files) {
    const equals = file.indexOf('=');
    const path = file.slice(equals + 1);
    pairs.push([equals < 0 ? path.slice(path.lastIndexOf('/') + 1) : file.slice(0, equals), read(path)]);
  }
  for (const env of envs) {
    for (const line of read(env).split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith('#')) pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
    }
  }
  return pairs;
}
