import { addQuantities, compareQuantities, parseQuantity } from '../../api/quantity.ts';
import { forbidden } from '../../api/status.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Lookup } from './lookup.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type Amounts = Readonly<Record<string, string>>;

interface Resources {
  readonly requests?: Amounts;
  readonly limits?: Amounts;
}

interface Container {
  readonly name: string;
  readonly resources?: Resources;
  readonly restartPolicy?: string;
}

interface Limit {
  readonly type: string;
  readonly min?: Amounts;
  readonly max?: Amounts;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

function limitsOf(range: KubeObject): readonly Limit[] {
  return (range.spec?.limits ?? []) as readonly Limit[];
}

/** Fills in default requests and limits, and refuses what lies outside the ranges of the namespace (plugin/limitranger). */
export function limitRanger(lookup: Lookup): AdmissionPlugin {
  const rangesFor = (request: AdmissionRequest): KubeObject[] => {
    if (request.subresource !== '' && request.subresource !== 'resize') return [];
    return lookup.list('limitranges', request.namespace);
  };
  return {
    name: 'LimitRanger',
    resources: ['pods', 'persistentvolumeclaims'],
    operations: ['CREATE', 'UPDATE'],
    mutate(request) {
      if (request.resource.name !== 'pods' || request.operation !== 'CREATE') return;
      for (const range of rangesFor(request)) request.object = withDefaults(request.object!, limitsOf(range));
    },
    validate(request) {
      const isPod = request.resource.name === 'pods';
      if (isPod && request.operation === 'UPDATE' && request.subresource !== 'resize') return;
      for (const range of rangesFor(request)) {
        const problems = limitsOf(range).flatMap((limit) =>
          isPod ? podProblems(request.object!, limit) : claimProblems(request.object!, limit),
        );
        if (problems.length === 0) continue;
        throw forbidden(
          request.resource,
          request.object!.metadata?.name ?? '',
          problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`,
        );
      }
    },
  };
}

function withDefaults(pod: KubeObject, limits: readonly Limit[]): KubeObject {
  const requests: Record<string, string> = {};
  const maxima: Record<string, string> = {};
  for (const limit of limits) {
    if (limit.type !== 'Container') continue;
    Object.assign(requests, limit.defaultRequest);
    Object.assign(maxima, limit.default);
  }
  if (Object.keys(requests).length === 0 && Object.keys(maxima).length === 0) return pod;
  const notes: string[] = [];
  const fill = (what: string) => (container: Container) => filled(container, requests, maxima, what, notes);
  const spec = { ...pod.spec, containers: ((pod.spec.containers ?? []) as Container[]).map(fill('container')) };
  if (pod.spec.initContainers) spec.initContainers = (pod.spec.initContainers as Container[]).map(fill('init container'));
  if (notes.length === 0) return pod;
  const annotations = { ...pod.metadata?.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec };
}

function filled(container: Container, requests: Amounts, limits: Amounts, what: string, notes: string[]): Container {
  const present = container.resources ?? {};
  const setLimits = Object.keys(limits).filter((name) => present.limits?.[name] === undefined);
  const setRequests = Object.keys(requests).filter((name) => present.requests?.[name] === undefined);
  if (setLimits.length === 0 && setRequests.length === 0) return container;
  if (setRequests.length > 0) notes.push(`${setRequests.sort().join(', ')} request for ${what} ${container.name}`);
  if (setLimits.length > 0) notes.push(`${setLimits.sort().join(', ')} limit for ${what} ${container.name}`);
  const add = (given: Amounts | undefined, names: readonly string[], from: Amounts): Amounts => ({
    ...given,
    ...Object.fromEntries(names.map((name) => [name, from[name]!])),
  });
  return {
    ...container,
    resources: {
      ...present,
      ...((present.limits ?? setLimits.length > 0) && { limits: add(present.limits, setLimits, limits) }),
      ...((present.requests ?? setRequests.length > 0) && { requests: add(present.requests, setRequests, requests) }),
    },
  };
}

function podProblems(pod: KubeObject, limit: Limit): string[] {
  const containers = (pod.spec.containers ?? []) as Container[];
  const init = (pod.spec.initContainers ?? []) as Container[];
  if (limit.type === 'Container') return [...containers, ...init].flatMap((container) => problemsOf(limit, container.resources ?? {}));
  return limit.type === 'Pod' ? problemsOf(limit, podResources(containers, init)) : [];
}

function claimProblems(claim: KubeObject, limit: Limit): string[] {
  if (limit.type !== 'PersistentVolumeClaim') return [];
  const requests = (claim.spec?.resources?.requests ?? {}) as Amounts;
  const problems: string[] = [];
  for (const name of names(limit.min)) problems.push(...minProblem(limit, name, requests, {}));
  for (const name of names(limit.max)) {
    const most = limit.max![name]!;
    const asked = requests[name];
    if (asked === undefined) problems.push(`maximum ${name} usage per ${limit.type} is ${most}.  No request is specified`);
    else if (compareQuantities(asked, most) > 0)
      problems.push(`maximum ${name} usage per ${limit.type} is ${most}, but request is ${asked}`);
  }
  return problems;
}

function names(amounts: Amounts | undefined): string[] {
  return Object.keys(amounts ?? {}).sort();
}

function problemsOf(limit: Limit, { requests = {}, limits = {} }: Resources): string[] {
  return [
    ...names(limit.min).flatMap((name) => minProblem(limit, name, requests, limits)),
    ...names(limit.max).flatMap((name) => maxProblem(limit, name, requests, limits)),
    ...names(limit.maxLimitRequestRatio).flatMap((name) => ratioProblem(limit, name, requests, limits)),
  ];
}

function minProblem(limit: Limit, name: string, requests: Amounts, limits: Amounts): string[] {
  const least = limit.min![name]!;
  const text = `minimum ${name} usage per ${limit.type} is ${least}`;
  if (requests[name] === undefined) return [`${text}.  No request is specified`];
  if (compareQuantities(requests[name]!, least) < 0) return [`${text}, but request is ${requests[name]}`];
  return limits[name] !== undefined && compareQuantities(limits[name]!, least) < 0 ? [`${text}, but limit is ${limits[name]}`] : [];
}

function maxProblem(limit: Limit, name: string, requests: Amounts, limits: Amounts): string[] {
  const most = limit.max![name]!;
  const text = `maximum ${name} usage per ${limit.type} is ${most}`;
  if (limits[name] === undefined) return [`${text}.  No limit is specified`];
  if (compareQuantities(limits[name]!, most) > 0) return [`${text}, but limit is ${limits[name]}`];
  return requests[name] !== undefined && compareQuantities(requests[name]!, most) > 0 ? [`${text}, but request is ${requests[name]}`] : [];
}

function ratioProblem(limit: Limit, name: string, requests: Amounts, limits: Amounts): string[] {
  const most = limit.maxLimitRequestRatio![name]!;
  const text = `${name} max limit to request ratio per ${limit.type} is ${most}`;
  const asked = requests[name] === undefined ? 0 : parseQuantity(requests[name]!).millis;
  const bound = limits[name] === undefined ? 0 : parseQuantity(limits[name]!).millis;
  if (asked === 0) return [`${text}, but no request is specified or request is 0`];
  if (bound === 0) return [`${text}, but no limit is specified or limit is 0`];
  const ratio = bound / asked;
  return ratio > parseQuantity(most).millis / 1000 ? [`${text}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}

/** What a pod asks for in all: its containers together, or its largest init container. */
function podResources(containers: readonly Container[], init: readonly Container[]): Resources {
  const total = (of: 'requests' | 'limits'): Amounts => {
    const sums: Record<string, string> = {};
    const complete = new Set(containers.flatMap((container) => Object.keys(container.resources?.[of] ?? {})));
    for (const name of complete) {
      for (const { resources } of containers) {
        const amount = resources?.[of]?.[name];
        if (amount !== undefined) sums[name] = sums[name] === undefined ? amount : addQuantities(sums[name]!, amount);
      }
    }
    for (const { resources } of init) {
      for (const [name, amount] of Object.entries(resources?.[of] ?? {}))
        if (sums[name] === undefined || compareQuantities(amount, sums[name]!) > 0) sums[name] = amount;
    }
    return sums;
  };
  return { requests: total('requests'), limits: total('limits') };
}
