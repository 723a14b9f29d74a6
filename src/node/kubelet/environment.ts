import { CONFIG_MAPS, SECRETS, type Pod, type Service } from '../../api/kinds.ts';
import { isApiError } from '../../api/status.ts';
import { cpuMillis, quantityValue } from '../../api/quantity.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../sim/wait.ts';
import type { Env } from '../runtime/runtime.ts';
import type { ContainerSpec } from './container-status.ts';

/** A container cannot be set up as its spec says: `CreateContainerConfigError`. */
export class ConfigProblem extends Error {
  override name = 'ConfigProblem';
}

export interface EnvFacts {
  readonly client: Client;
  readonly pod: Stored<Pod>;
  readonly spec: ContainerSpec;
  readonly podIp: string;
  readonly hostIp: string;
  readonly nodeName: string;
  readonly allocatable: Readonly<Record<string, string>>;
  /** Variables of the services of the pod's namespace. */
  readonly services: Env;
}

interface Data {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const NOTHING: Env = [];
const NO_LISTS: readonly Env[] = [];
const serviceLists = new WeakMap<Env, readonly Env[]>();

/** Shared by all containers that have no variables of their own. */
function onlyServices(services: Env): readonly Env[] {
  let lists = serviceLists.get(services);
  if (!lists) serviceLists.set(services, (lists = [services]));
  return lists;
}

/** A container's variables beyond those of its image, in order of precedence. Throws {@link ConfigProblem}. */
export function* containerEnv(facts: EnvFacts): Task<readonly Env[]> {
  const { spec, pod, services } = facts;
  const hasServices = pod.spec?.enableServiceLinks !== false && services.length > 0;
  if (!spec.envFrom && !(spec.env && spec.env.length > 0)) return hasServices ? onlyServices(services) : NO_LISTS;
  const lists: Env[] = hasServices ? [services] : [];
  if (spec.envFrom) lists.push(yield* fromSources(facts));
  if (spec.env && spec.env.length > 0) lists.push(yield* fromEntries(facts, lists));
  return lists;
}

function* fromSources(facts: EnvFacts): Task<Env> {
  const { pod, spec } = facts;
  const namespace = pod.metadata.namespace!;
  const result: [string, string][] = [];
  for (const { prefix = '', configMapRef, secretRef } of spec.envFrom ?? NO_SOURCES) {
    const source = configMapRef ?? secretRef;
    if (!source) continue;
    const object = yield* fetchData(
      facts.client,
      configMapRef ? CONFIG_MAPS : SECRETS,
      namespace,
      source.name ?? '',
      source.optional === true,
    );
    for (const [key, value] of Object.entries(object?.data ?? {})) result.push([prefix + key, configMapRef ? value : decode(value)]);
  }
  return result;
}

function* fromEntries(facts: EnvFacts, before: readonly Env[]): Task<Env> {
  const known = new Map<string, string>();
  for (const list of before) for (const [name, value] of list) known.set(name, value);
  const result: [string, string][] = [];
  for (const { name, value, valueFrom } of facts.spec.env ?? []) {
    const text = valueFrom ? yield* fromReference(facts, valueFrom) : expand(value ?? '', (variable) => known.get(variable));
    if (text === undefined) continue;
    known.set(name, text);
    result.push([name, text]);
  }
  return result;
}

type Reference = NonNullable<NonNullable<ContainerSpec['env']>[number]['valueFrom']>;

function* fromReference(
  facts: EnvFacts,
  { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef }: Reference,
): Task<string | undefined> {
  if (fieldRef) return fieldValue(facts, fieldRef.fieldPath);
  if (resourceFieldRef) return resourceValue(facts, resourceFieldRef);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (!reference) return '';
  const namespace = facts.pod.metadata.namespace!;
  const { name = '', key, optional = false } = reference;
  const object = yield* fetchData(facts.client, configMapKeyRef ? CONFIG_MAPS : SECRETS, namespace, name, optional);
  const value = object?.data?.[key];
  if (value === undefined) {
    if (optional) return undefined;
    throw new ConfigProblem(`couldn't find key ${key} in ${configMapKeyRef ? 'ConfigMap' : 'Secret'} ${namespace}/${name}`);
  }
  return configMapKeyRef ? value : decode(value);
}

/** A config map or secret; undefined if it is missing and may be. Throws {@link ConfigProblem}. */
export function* fetchData(client: Client, kind: Kind, namespace: string, name: string, optional: boolean): Task<Data | undefined> {
  try {
    return (yield* client.get(kind as Kind<KubeObject>, { namespace, name })) as Data;
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
    if (optional) return undefined;
    throw new ConfigProblem(`${kind.singular} "${name}" not found`);
  }
}

/** The downward API's `fieldPath`. */
export function fieldValue({ pod, podIp, hostIp, nodeName }: EnvFacts, path: string): string {
  const { metadata } = pod;
  const entry = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (entry) return metadata[entry[1] as 'labels' | 'annotations']?.[entry[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'spec.nodeName':
      return nodeName;
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIp;
    case 'status.podIP':
    case 'status.podIPs':
      return podIp;
    default:
      throw new ConfigProblem(`unsupported fieldPath: ${path}`);
  }
}

function resourceValue(
  facts: EnvFacts,
  { containerName, resource, divisor }: { containerName?: string; resource: string; divisor?: string },
): string {
  const container = containerName ? facts.pod.spec?.containers.find(({ name }) => name === containerName) : facts.spec;
  const [kind = '', name = ''] = resource.split('.');
  const { limits, requests } = container?.resources ?? {};
  const amount = kind === 'limits' ? (limits?.[name] ?? facts.allocatable[name]) : requests?.[name];
  const unit = divisor && divisor !== '0' ? divisor : '1';
  if (amount === undefined) return '0';
  if (name === 'cpu') return String(Math.ceil(cpuMillis(amount) / cpuMillis(unit)));
  return String(Math.ceil(quantityValue(amount) / quantityValue(unit)));
}

/** `$(NAME)` of known names; `$$` is a dollar sign; what is not known stays as it is (third_party/forked/golang/expansion). */
export function expand(text: string, valueOf: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text;
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, dollar: string, name: string | undefined) =>
    dollar === '$' ? '$' : (valueOf(name ?? '') ?? whole),
  );
}

/** Expands the references in a command or its arguments. */
export function expandAll(texts: readonly string[] | undefined, env: readonly Env[]): readonly string[] | undefined {
  if (!texts?.some((text) => text.includes('$'))) return texts;
  const known = new Map<string, string>();
  for (const list of env) for (const [name, value] of list) known.set(name, value);
  return texts.map((text) => expand(text, (name) => known.get(name)));
}

/** The variables that tell a container of the services of its namespace (pkg/kubelet/envvars). */
export function serviceEnv(services: Iterable<Stored<Service>>, namespace: string): Env {
  const seen = [...services];
  if (last?.namespace === namespace && last.services.length === seen.length && last.services.every((service, i) => service === seen[i]))
    return last.env;
  const env = makeServiceEnv(seen, namespace);
  last = { services: seen, namespace, env };
  return env;
}

/** What was made last: all kubelets see the same services. */
let last: { readonly services: readonly Stored<Service>[]; readonly namespace: string; readonly env: Env } | undefined;

function makeServiceEnv(services: readonly Stored<Service>[], namespace: string): Env {
  const result: [string, string][] = [];
  for (const { metadata, spec } of services) {
    const isMaster = metadata.namespace === 'default' && metadata.name === 'kubernetes';
    if (metadata.namespace !== namespace && !isMaster) continue;
    const ip = spec?.clusterIP;
    const [first] = spec?.ports ?? [];
    if (!ip || ip === 'None' || !first) continue;
    const prefix = metadata.name.toUpperCase().replace(/-/g, '_');
    result.push([`${prefix}_SERVICE_HOST`, ip], [`${prefix}_SERVICE_PORT`, String(first.port)]);
    for (const { name, port } of spec.ports!) {
      if (name) result.push([`${prefix}_SERVICE_PORT_${name.toUpperCase().replace(/-/g, '_')}`, String(port)]);
    }
    spec.ports!.forEach(({ port, protocol = 'TCP' }, i) => {
      const url = `${protocol.toLowerCase()}://${ip}:${port}`;
      if (i === 0) result.push([`${prefix}_PORT`, url]);
      const one = `${prefix}_PORT_${port}_${protocol}`;
      result.push([one, url], [`${one}_PROTO`, protocol.toLowerCase()], [`${one}_PORT`, String(port)], [`${one}_ADDR`, ip]);
    });
  }
  return result.length > 0 ? result : NOTHING;
}

function decode(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}

const NO_SOURCES: NonNullable<ContainerSpec['envFrom']> = [];
