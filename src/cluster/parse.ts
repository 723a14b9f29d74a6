import { LineCounter, parseDocument, type Document } from 'yaml';
import type { ClusterDocument, MachineSpec } from './document.ts';

export const DEFAULT_RELEASE = 'v1.35.0';
/** What a cluster whose document says nothing starts at: any fixed instant, so that a link replays. */
const DEFAULT_START_TIME = '2026-01-05T09:00:00Z';
const MOST_MASTERS = 7;
const MOST_MINIONS = 5_000;
/** Masters are 10.0.0.10 and up, minions 10.0.1.1 and up. */
const MASTER_NETWORK = [10, 0, 0, 9] as const;
const MINION_NETWORK = [10, 0, 1, 0] as const;
/** A node takes a range of 8 bits: so many fit into the pod range that small clusters have. */
const MOST_NODES_OF_16_BITS = 256;
const MASTER_TAINT = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const ADDONS = ['ingress', 'metrics-server', 'heapster'];

/** A cluster document that cannot be used: what is wrong, and where. */
export class ClusterDocumentError extends Error {
  override name = 'ClusterDocumentError';
  /** `minions[2].ip`; empty for the document as a whole. */
  readonly path: string;
  /** Counted from 1; undefined if the document was not given as text. */
  readonly line: number | undefined;

  constructor(path: string, message: string, line?: number) {
    super(`${line === undefined ? '' : `line ${line}: `}${path === '' ? '' : `${path}: `}${message}`);
    this.path = path;
    this.line = line;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads YAML or JSON text: our own document, or kind's Cluster configuration. Throws {@link ClusterDocumentError}. */
export function parseClusterDocument(text: string): ClusterDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const [error] = document.errors;
  if (error) throw new ClusterDocumentError('', error.message.split('\n')[0]!, error.linePos?.[0].line);
  try {
    return readClusterDocument(document.toJS({ maxAliasCount: 100 }) ?? {});
  } catch (problem) {
    if (!(problem instanceof ClusterDocumentError)) throw problem;
    const { path, message } = problem;
    throw new ClusterDocumentError(path, path === '' ? message : message.slice(path.length + 2), lineOf(document, lines, path));
  }
}

/** Validates a value and fills in all defaults. */
export function readClusterDocument(value: unknown): ClusterDocument {
  const fields = object('', value);
  const apiVersion = fields['apiVersion'];
  if (typeof apiVersion === 'string' && apiVersion.startsWith('kind.x-k8s.io/')) return fromKind(fields);
  if (apiVersion !== undefined && apiVersion !== 'kubarium.dev/v1alpha1') {
    throw new ClusterDocumentError(
      'apiVersion',
      `"${String(apiVersion)}" is not known; use kubarium.dev/v1alpha1 or kind.x-k8s.io/v1alpha4`,
    );
  }
  if (fields['kind'] !== undefined && fields['kind'] !== 'Cluster') throw new ClusterDocumentError('kind', 'must be Cluster');
  known('', fields, [
    'apiVersion',
    'kind',
    'metadata',
    'release',
    'seed',
    'masters',
    'minions',
    'podCIDR',
    'serviceCIDR',
    'startTime',
    'flags',
    'addons',
  ]);
  const machines = {
    masters: readMachines(fields['masters'] ?? 1, 'master'),
    minions: readMachines(fields['minions'] ?? 3, 'minion'),
  };
  return finish({
    release: text('release', fields['release'], DEFAULT_RELEASE, /^v1\.\d+(\.\d+)?$/, 'a release like v1.35 or v1.35.0'),
    seed: integer('seed', fields['seed'] ?? 1, -(2 ** 31), 2 ** 31 - 1),
    ...machines,
    podCIDR: cidr(
      'podCIDR',
      fields['podCIDR'],
      machines.masters.length + machines.minions.length > MOST_NODES_OF_16_BITS ? '10.128.0.0/10' : '10.244.0.0/16',
    ),
    serviceCIDR: cidr('serviceCIDR', fields['serviceCIDR'], '10.96.0.0/16'),
    startTime: text(
      'startTime',
      fields['startTime'],
      DEFAULT_START_TIME,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      'a time like 2026-01-05T09:00:00Z',
    ),
    flags: readFlags(fields['flags']),
    addons: readAddons(fields['addons']),
  });
}

/** Checks what concerns several machines. */
function finish(document: ClusterDocument): ClusterDocument {
  if (document.masters.length > 1) throw new ClusterDocumentError('masters', 'clusters of several masters are not supported yet; give one');
  const names = new Map<string, string>();
  const addresses = new Map<string, string>();
  const places: [string, readonly MachineSpec[]][] = [
    ['masters', document.masters],
    ['minions', document.minions],
  ];
  for (const [list, machines] of places) {
    machines.forEach(({ name, ip }, i) => {
      const place = `${list}[${i}]`;
      if (names.has(name)) throw new ClusterDocumentError(`${place}.name`, `"${name}" is the name of ${names.get(name)} already`);
      if (addresses.has(ip)) throw new ClusterDocumentError(`${place}.ip`, `${ip} is the address of ${addresses.get(ip)} already`);
      names.set(name, place);
      addresses.set(ip, place);
    });
  }
  return document;
}

function readMachines(value: unknown, role: 'master' | 'minion'): MachineSpec[] {
  const list = `${role}s`;
  const least = role === 'master' ? 1 : 0;
  const most = role === 'master' ? MOST_MASTERS : MOST_MINIONS;
  const counted = typeof value === 'number';
  if (!counted && !Array.isArray(value)) throw new ClusterDocumentError(list, 'must be a number or a list of machines');
  const given: readonly unknown[] = counted ? new Array(integer(list, value, least, most)).fill({}) : (value as unknown[]);
  if (given.length < least || given.length > most)
    throw new ClusterDocumentError(list, `needs ${least} to ${most} machines, not ${given.length}`);
  return given.map((machine, i) => readMachine(`${list}[${i}]`, object(`${list}[${i}]`, machine ?? {}), role, i + 1));
}

function readMachine(path: string, fields: Fields, role: 'master' | 'minion', number: number): MachineSpec {
  known(path, fields, ['name', 'ip', 'cpu', 'memory', 'labels', 'taints', 'zone']);
  const name = text(
    `${path}.name`,
    fields['name'],
    `${role}-${number}`,
    /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/,
    'lower-case letters, digits, "-" and "."',
  );
  const zone = fields['zone'];
  if (zone !== undefined && typeof zone !== 'string') throw new ClusterDocumentError(`${path}.zone`, 'must be text');
  return {
    name,
    ip: address(`${path}.ip`, fields['ip'], role === 'master' ? MASTER_NETWORK : MINION_NETWORK, number),
    cpu: integer(`${path}.cpu`, fields['cpu'] ?? (role === 'master' ? 2 : 4), 1, 1024),
    memory: text(
      `${path}.memory`,
      fields['memory'],
      role === 'master' ? '4Gi' : '8Gi',
      /^\d+(Ki|Mi|Gi|Ti|k|M|G|T)?$/,
      'a quantity like 8Gi',
    ),
    labels: readStrings(`${path}.labels`, fields['labels']),
    taints: readTaints(`${path}.taints`, fields['taints'], role),
    ...(zone !== undefined && { zone }),
  };
}

function readTaints(path: string, value: unknown, role: 'master' | 'minion'): MachineSpec['taints'] {
  if (value === undefined) return role === 'master' ? [MASTER_TAINT] : [];
  if (!Array.isArray(value)) throw new ClusterDocumentError(path, 'must be a list');
  return value.map((taint: unknown, i) => {
    const at = `${path}[${i}]`;
    const fields = object(at, taint);
    known(at, fields, ['key', 'value', 'effect']);
    const key = text(`${at}.key`, fields['key'], undefined, /^\S+$/, 'a taint key');
    const effect = text(
      `${at}.effect`,
      fields['effect'],
      undefined,
      new RegExp(`^(${TAINT_EFFECTS.join('|')})$`),
      TAINT_EFFECTS.join(', '),
    );
    return fields['value'] === undefined ? { key, effect } : { key, value: String(fields['value']), effect };
  });
}

function readFlags(value: unknown): ClusterDocument['flags'] {
  const flags: Record<string, Record<string, string>> = {};
  for (const [component, given] of Object.entries(object('flags', value ?? {})))
    flags[component] = readStrings(`flags.${component}`, given);
  return flags;
}

function readAddons(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ClusterDocumentError('addons', 'must be a list');
  value.forEach((addon, i) => {
    if (!ADDONS.includes(addon as string))
      throw new ClusterDocumentError(`addons[${i}]`, `"${String(addon)}" is not known; there are ${ADDONS.join(', ')}`);
  });
  return value as string[];
}

/** kind's configuration: what has a meaning here is taken over, what has none is left aside. */
function fromKind(fields: Fields): ClusterDocument {
  if (fields['apiVersion'] !== 'kind.x-k8s.io/v1alpha4')
    throw new ClusterDocumentError('apiVersion', 'only kind.x-k8s.io/v1alpha4 is known of kind');
  const nodes = fields['nodes'] === undefined ? [{ role: 'control-plane' }] : fields['nodes'];
  if (!Array.isArray(nodes)) throw new ClusterDocumentError('nodes', 'must be a list');
  const masters: unknown[] = [];
  const minions: unknown[] = [];
  const prefix = typeof fields['name'] === 'string' ? fields['name'] : 'kind';
  nodes.forEach((node: unknown, i) => {
    const { role = 'control-plane', labels } = object(`nodes[${i}]`, node);
    if (role !== 'control-plane' && role !== 'worker')
      throw new ClusterDocumentError(`nodes[${i}].role`, 'must be control-plane or worker');
    const list = role === 'worker' ? minions : masters;
    const number = list.length === 0 ? '' : String(list.length + 1);
    list.push({ name: `${prefix}-${role}${number}`, ...(labels !== undefined && { labels }) });
  });
  if (minions.length === 0) masters.forEach((master) => ((master as Record<string, unknown>)['taints'] = []));
  const { podSubnet, serviceSubnet } = object('networking', fields['networking'] ?? {});
  return readClusterDocument({ masters, minions, podCIDR: podSubnet, serviceCIDR: serviceSubnet });
}

function object(path: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ClusterDocumentError(path, 'must be a mapping');
  return value as Fields;
}

function known(path: string, fields: Fields, names: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (!names.includes(name))
      throw new ClusterDocumentError(path === '' ? name : `${path}.${name}`, `unknown field; known are ${names.join(', ')}`);
  }
}

function text(path: string, value: unknown, otherwise: string | undefined, form: RegExp, wanted: string): string {
  const given = value ?? otherwise;
  if (typeof given !== 'string' || !form.test(given)) throw new ClusterDocumentError(path, `must be ${wanted}`);
  return given;
}

function integer(path: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new ClusterDocumentError(path, `must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function readStrings(path: string, value: unknown): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [key, given] of Object.entries(object(path, value ?? {}))) {
    if (typeof given === 'object') throw new ClusterDocumentError(`${path}.${key}`, 'must be text');
    strings[key] = String(given);
  }
  return strings;
}

function octets(value: unknown): number[] | undefined {
  if (typeof value !== 'string' || !/^\d{1,3}(\.\d{1,3}){3}$/.test(value)) return undefined;
  const parts = value.split('.').map(Number);
  return parts.every((part) => part <= 255) ? parts : undefined;
}

function address(path: string, value: unknown, base: readonly number[], number: number): string {
  if (value === undefined) {
    const last = base[2]! * 256 + base[3]! + number;
    return `${base[0]}.${base[1]}.${last >> 8}.${last & 255}`;
  }
  if (!octets(value)) throw new ClusterDocumentError(path, 'must be an IPv4 address');
  return value as string;
}

function cidr(path: string, value: unknown, otherwise: string): string {
  const given = value ?? otherwise;
  const [network, bits] = typeof given === 'string' ? given.split('/') : [];
  if (!octets(network) || !/^\d+$/.test(bits ?? '') || Number(bits) < 8 || Number(bits) > 28) {
    throw new ClusterDocumentError(path, 'must be an IPv4 range like 10.96.0.0/16, with 8 to 28 bits');
  }
  return given as string;
}

function lineOf(document: Document, lines: LineCounter, path: string): number | undefined {
  const keys = path.split(/[.[\]]+/).filter((part) => part !== '');
  for (let length = keys.length; length > 0; length--) {
    const node = document.getIn(
      keys.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
      true,
    ) as { range?: [number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
