import { applyJsonPatch, readJsonPatch } from '../../api/json-patch.ts';
import { parseSelector } from '../../api/label-parser.ts';
import { applyMergePatch } from '../../api/merge-patch.ts';
import { PatchError } from '../../api/patch-error.ts';
import { splitApiVersion } from '../../api/kind.ts';
import { typeOf } from '../../api/schema.ts';
import { applyStrategicPatch } from '../../api/strategic-merge.ts';
import { readYaml, readYamlDocuments, YamlError } from '../../api/yaml.ts';
import { CliError } from '../errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Kustomization, PatchEntry, PatchTarget } from './build.ts';

/** Applies the patches of a kustomization, of all three spellings. Throws {@link CliError}. */
export function applyPatches(objects: readonly KubeObject[], kustomization: Kustomization, read: (path: string) => string): KubeObject[] {
  let result = [...objects];
  const strategic = kustomization.patchesStrategicMerge ?? [];
  const entries: PatchEntry[] = [
    ...strategic.map((text) => (text.includes('\n') ? { patch: text } : { path: text })),
    ...(kustomization.patches ?? []),
    ...(kustomization.patchesJson6902 ?? []),
  ];
  for (const entry of entries) {
    const text = entry.patch ?? read(entry.path ?? '');
    for (const patch of patchesOf(text)) result = applyOne(result, patch, entry.target);
  }
  return result;
}

/** One list of operations, or strategic patches as documents. */
function patchesOf(text: string): unknown[] {
  try {
    const whole = readYaml(text);
    if (Array.isArray(whole)) return [whole];
  } catch (error) {
    if (error instanceof YamlError) throw new CliError(`unable to parse SM or JSON patch from [patch: ${JSON.stringify(text)}]`);
    throw error;
  }
  return readYamlDocuments(text)
    .map(({ value }) => value)
    .filter((value) => value !== null && value !== undefined);
}

function applyOne(objects: readonly KubeObject[], patch: unknown, target: PatchTarget | undefined): KubeObject[] {
  const wanted = target ?? targetOf(patch as KubeObject);
  let found = false;
  const result = objects.flatMap((object) => {
    if (!matches(object, wanted)) return [object];
    found = true;
    const patched = patchedBy(object, patch);
    return patched ? [patched] : [];
  });
  if (!found && !target)
    throw new CliError(
      `no matches for Id ${wanted.kind}.${wanted.version}.${wanted.group || '[noGrp]'}/${wanted.name}.${wanted.namespace ?? '[noNs]'}; failed to find unique target for patch`,
    );
  return result;
}

function targetOf({ apiVersion = '', kind, metadata }: KubeObject): PatchTarget {
  const { group, version } = splitApiVersion(apiVersion);
  return { group, version, kind, name: metadata?.name, namespace: metadata?.namespace };
}

function matches(object: KubeObject, target: PatchTarget): boolean {
  const { group, version } = splitApiVersion(object.apiVersion ?? '');
  const isLike = (pattern: string | undefined, text: string | undefined) =>
    pattern === undefined || pattern === '' || new RegExp(`^(?:${pattern})$`).test(text ?? '');
  return (
    (target.group === undefined || target.group === '' || target.group === group) &&
    (target.version === undefined || target.version === '' || target.version === version) &&
    isLike(target.kind, object.kind) &&
    isLike(target.name, object.metadata?.name) &&
    isLike(target.namespace, object.metadata?.namespace) &&
    (!target.labelSelector || parseSelector(target.labelSelector).matches(object.metadata?.labels ?? {}))
  );
}

function patchedBy(object: KubeObject, patch: unknown): KubeObject | undefined {
  try {
    if (Array.isArray(patch)) return applyJsonPatch(object, readJsonPatch(patch));
    const tree = patch as Record<string, unknown>;
    if (tree.$patch === 'delete') return undefined;
    const type = typeOf(object.apiVersion ?? '', object.kind ?? '');
    const { name: _name, ...metadata } = (tree.metadata ?? {}) as Record<string, unknown>;
    const body = { ...tree, metadata };
    return type ? applyStrategicPatch(type, object, body) : applyMergePatch(object, body);
  } catch (error) {
    if (error instanceof PatchError) throw new CliError(`replace operation does not apply: ${error.message}`);
    throw error;
  }
}
