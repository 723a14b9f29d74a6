import { BUILTIN_KINDS } from '../api/kind.ts';
import { compactJson } from '../api/print.ts';
import { isApiError } from '../api/status.ts';
import { quote } from '../base/quote.ts';
import { parseJson } from '../api/json.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { CliError, withSource } from './errors.ts';
import { LAST_APPLIED, lastApplied, withLastApplied } from './last-applied.ts';
import { LEGACY_KINDS, presentKind } from './legacy-kinds.ts';
import { createThreeWayMergePatch } from '../api/merge-patch.ts';
import { PatchError } from '../api/patch-error.ts';
import { typeOf } from '../api/schema.ts';
import { createThreeWayStrategicPatch } from '../api/strategic-diff.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Api } from './api.ts';
import type { DryRun } from './changes.ts';
import type { Info } from './resource.ts';

/* What `kubectl apply` does with one object (kubectl pkg/cmd/apply). */

export interface ApplyOptions {
  readonly dryRun: DryRun;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** Delete and create again what cannot be changed. */
  readonly force: boolean;
  /** Told of what kubectl itself has to warn of. */
  readonly warn: (text: string) => Task<void>;
}

export type ApplyOutcome = 'created' | 'configured' | 'unchanged';

export interface Applied {
  readonly outcome: ApplyOutcome;
  readonly object: KubeObject;
}

const MOST_TRIES = 5;
const RETRY_MS = 1_000;

/** Creates an object or brings it into line with its new configuration. Failures name the file. */
export function* applyObject(api: Api, info: Info, options: ApplyOptions): Task<Applied> {
  if (!info.name && info.object.metadata?.generateName)
    throw withSource('applying', info.source, new CliError('cannot use generate name with apply'));
  const current = yield* find(api, info);
  if (!current) return { outcome: 'created', object: yield* createNew(api, info, options) };
  if (lastApplied(current) === undefined) yield* options.warn(missingAnnotation(info));
  return yield* change(api, info, current, options);
}

function missingAnnotation({ kind, name }: Info): string {
  return `resource ${kind.resource}/${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`;
}

function* find(api: Api, info: Info): Task<KubeObject | undefined> {
  const { kind, namespace, name } = info;
  try {
    return yield* api.get(kind, { namespace, name });
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw withSource(`retrieving current configuration of:\n${infoText(info)}\nfrom server for:`, info.source, error);
  }
}

function* createNew(api: Api, info: Info, options: ApplyOptions): Task<KubeObject> {
  const object = withLastApplied(info.object);
  if (options.dryRun === 'client') return object;
  const { fieldManager, fieldValidation } = options;
  try {
    return yield* api.create(info.kind, object, info.namespace, { fieldManager, fieldValidation, dryRun: options.dryRun === 'server' });
  } catch (error) {
    throw withSource('creating', info.source, error);
  }
}

function* change(api: Api, info: Info, found: KubeObject, options: ApplyOptions): Task<Applied> {
  const { kind, namespace, name } = info;
  const { fieldManager, fieldValidation } = options;
  let current = found;
  for (let tries = 1; ; tries++) {
    const { type, patch } = patchOf(kind, info.object, current);
    if (Object.keys(patch).length === 0) return { outcome: 'unchanged', object: current };
    if (current.metadata?.deletionTimestamp) yield* options.warn(`Detected changes to resource ${name} which is currently being deleted.`);
    if (options.dryRun === 'client') return { outcome: 'configured', object: info.object };
    try {
      const object = yield* api.patch(kind, { namespace, name }, type, patch, {
        fieldManager,
        fieldValidation,
        dryRun: options.dryRun === 'server',
      });
      return { outcome: 'configured', object };
    } catch (error) {
      if (isApiError(error, 'Conflict') && tries < MOST_TRIES) {
        yield* sleep(RETRY_MS);
        current = yield* api.get(kind, { namespace, name });
        continue;
      }
      if (options.force && (isApiError(error, 'Conflict') || isApiError(error, 'Invalid'))) {
        yield* api.delete(kind, { namespace, name }, { propagationPolicy: 'Background', gracePeriodSeconds: 1 });
        return { outcome: 'configured', object: yield* createNew(api, info, options) };
      }
      throw withSource(`applying patch:\n${compactJson(patch)}\nto:\n${infoText(info)}\nfor:`, info.source, error);
    }
  }
}

/** The patch from a live object to a new configuration, its annotation included. Throws {@link CliError}. */
export function patchOf(
  kind: Kind,
  object: KubeObject,
  current: KubeObject,
): { type: 'strategic' | 'merge'; patch: Readonly<Record<string, unknown>> } {
  const { apiVersion } = presentKind(kind);
  // The live object may be of a later version of the kind; the patch speaks of fields that both have.
  const versioned = (value: KubeObject): Tree => ({ ...value, apiVersion });
  const text = lastApplied(current);
  const original = (text === undefined ? undefined : (readConfiguration(text) as KubeObject | undefined)) ?? {};
  const modified = versioned(withLastApplied(object));
  const type = isBuiltin(kind) ? typeOf(apiVersion, kind.kind) : undefined;
  try {
    if (type) return { type: 'strategic', patch: createThreeWayStrategicPatch(type, versioned(original), modified, versioned(current)) };
    return { type: 'merge', patch: createThreeWayMergePatch(versioned(original), modified, versioned(current)) };
  } catch (error) {
    if (error instanceof PatchError)
      throw new CliError(
        `creating patch with:\noriginal:\n${text ?? ''}\nmodified:\n${compactJson(modified)}\ncurrent:\n${compactJson(current)}\nfor: ${error.message}`,
      );
    throw error;
  }
}

type Tree = Record<string, unknown>;

function readConfiguration(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function isBuiltin(kind: Kind): boolean {
  return BUILTIN_KINDS.has(`${kind.apiVersion}/${kind.resource}`) || LEGACY_KINDS.has(`${kind.apiVersion}/${kind.kind}`);
}

function infoText({ kind, namespace, name }: Info): string {
  const { group, version, resource, kind: kindName } = kind;
  const place = `${group}/${version}`;
  return `Resource: ${quote(`${place}, Resource=${resource}`)}, GroupVersionKind: ${quote(`${place}, Kind=${kindName}`)}\nName: ${quote(name)}, Namespace: ${quote(namespace ?? '')}`;
}

/** What `apply set-last-applied` writes: the object as it stands in the file. */
export function lastAppliedPatch(object: KubeObject): KubeObject {
  return { metadata: { annotations: { [LAST_APPLIED]: `${compactJson(object)}\n` } } };
}
