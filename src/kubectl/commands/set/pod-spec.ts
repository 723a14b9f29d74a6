import { compactJson } from '../../../api/print.ts';
import { isApiError } from '../../../api/status.ts';
import { changePrinter, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, type ChangePrinter, type DryRun } from '../../changes.ts';
import { CliError, throwAll } from '../../errors.ts';
import { typeOf } from '../../../api/schema.ts';
import { createStrategicPatch } from '../../../api/strategic-diff.ts';
import { typedShape } from '../../typed.ts';
import { ALL_NAMESPACES_FLAG, FILE_FLAGS, planOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../../resource.ts';
import { presentKind } from '../../legacy-kinds.ts';
import { PRINT_FLAGS, qualifiedName } from '../../printers/output.ts';
import type { PodSpec } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../../../api/object.ts';
import type { Task } from '../../../sim/wait.ts';
import type { Cli } from '../../cli.ts';
import type { Flags, FlagSpec } from '../../flags.ts';

/* What the `kubectl set ...` commands share: they change the pod spec within an object. */

export const SET_FLAGS: readonly FlagSpec[] = [
  ...FILE_FLAGS,
  ...PRINT_FLAGS,
  SELECTOR_FLAG,
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  FIELD_MANAGER_FLAG('kubectl-set'),
  { name: 'all', kind: 'bool', usage: 'Select all resources, in the namespace of the specified resource types' },
  { name: 'local', kind: 'bool', usage: 'If true, set will NOT contact api-server but run locally.' },
];

export interface SetOptions {
  readonly request: ResourceRequest;
  readonly dryRun: DryRun;
  readonly local: boolean;
  readonly fieldManager: string;
  readonly printer: ChangePrinter;
}

export function setOptions(cli: Cli, flags: Flags, request: ResourceRequest, done: string): SetOptions {
  const dryRun = dryRunOf(flags);
  const local = flags.bool('local');
  return {
    request: { ...request, latest: !local },
    dryRun: local ? 'client' : dryRun,
    local,
    fieldManager: flags.string('field-manager'),
    printer: changePrinter(cli, flags, done, dryRun),
  };
}

/** Where an object keeps its pod spec. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
const TEMPLATE = ['spec', 'template', 'spec'];
const WITH_TEMPLATE = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'ReplicationController', 'Job']);

function placeOfSpec(object: KubeObject): readonly string[] | undefined {
  return PLACES[object.kind ?? ''] ?? (WITH_TEMPLATE.has(object.kind ?? '') ? TEMPLATE : undefined);
}

/** The pod spec within an object; undefined for kinds that have none. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  const place = placeOfSpec(object);
  let value: any = place && object;
  for (const field of place ?? []) value = value?.[field];
  return value as PodSpec | undefined;
}

/** The object with another pod spec. */
export function withPodSpec(object: KubeObject, spec: PodSpec): KubeObject {
  return put(object, placeOfSpec(object) ?? [], spec) as KubeObject;
}

function put(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [field, ...rest] = path;
  if (field === undefined) return value;
  const record = (tree ?? {}) as Record<string, unknown>;
  return { ...record, [field]: put(record[field], rest, value) };
}

/** A change of an object: the object as it is to be, or undefined for no change. */
export type Change = (info: Info) => KubeObject | undefined;

/** Changes every object of a request and tells of those that did change. `what`: as in `failed to patch <what> to pod template`. */
export function* setAll(cli: Cli, options: SetOptions, what: string, change: Change): Task<void> {
  const plan = yield* planOf(cli, options.request);
  yield* visit(cli, plan, {}, (info) => setOne(cli, options, what, info, change));
}

export function* setOne(cli: Cli, options: SetOptions, what: string, info: Info, change: Change): Task<void> {
  const { kind, namespace, name, object } = info;
  const after = change(info);
  if (!after) return;
  if (options.dryRun === 'client') return yield* options.printer(typedShape(after), kind);
  const { apiVersion, kind: kindName } = presentKind(kind);
  const type = typeOf(apiVersion, kindName);
  if (!type) throw new CliError(`the ${what} is not supported for ${qualifiedName(kind, name)}`);
  const patch = createStrategicPatch(type, object, after);
  if (compactJson(patch) === '{}') return;
  let patched: KubeObject;
  try {
    patched = yield* cli.api.patch(kind, { namespace, name }, 'strategic', patch, {
      dryRun: options.dryRun === 'server',
      fieldManager: options.fieldManager,
    });
  } catch (error) {
    if (isApiError(error))
      throw new CliError(`failed to patch ${what} to pod template${what === 'resources update' ? '' : ':'} ${error.message}`);
    throw error;
  }
  yield* options.printer(patched, kind);
}

/** The containers that a pattern selects: a name, or `*` for all. */
export function isSelected(name: string, pattern: string): boolean {
  return pattern === '*' || new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
}

/** Throws one error for all of the names that no object had. */
export function refuseUnknownContainers(names: readonly string[]): void {
  throwAll(names.map((name) => new CliError(`unable to find container named "${name}"`)));
}
