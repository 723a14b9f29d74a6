import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/* Runs at build time, in Node: facts of the API in, JSON schema with descriptions out. */

interface Field {
  readonly type?: string;
  readonly ref?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Field;
  readonly map?: Field;
  readonly required?: boolean;
  readonly default?: unknown;
}

interface TypeFacts {
  readonly fields?: Readonly<Record<string, Field>>;
  readonly gvk?: readonly string[];
  readonly type?: string;
  readonly format?: string;
  readonly oneOf?: readonly string[];
}

type Schema = Record<string, unknown>;

/** Versions a kind was once served under and the simulation still converts. */
const OLD_VERSIONS: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['apps/v1beta2', 'apps/v1beta1', 'extensions/v1beta1'],
  ReplicaSet: ['apps/v1beta2', 'extensions/v1beta1'],
  DaemonSet: ['apps/v1beta2', 'extensions/v1beta1'],
  StatefulSet: ['apps/v1beta2', 'apps/v1beta1'],
  Ingress: ['networking.k8s.io/v1beta1', 'extensions/v1beta1'],
  CronJob: ['batch/v1beta1', 'batch/v2alpha1'],
  PodDisruptionBudget: ['policy/v1beta1'],
  HorizontalPodAutoscaler: ['autoscaling/v1'],
};

/** One schema for every document: `if` by kind (and version, where a name is used twice), `then` the type. */
export function generateSchema(factsPath: string, discoveryPath: string): Schema {
  const facts: Record<string, TypeFacts> = JSON.parse(readFileSync(factsPath, 'utf8'));
  const discovery = JSON.parse(readFileSync(discoveryPath, 'utf8'));
  const types = new Map<string, string>();
  for (const [type, { gvk }] of Object.entries(facts)) for (const place of gvk ?? []) types.set(place, type);

  const writer = new DefinitionWriter(facts);
  const branches: Schema[] = [];
  const versions = new Map<string, string[]>();
  const served: { apiVersion: string; kind: string; type: string }[] = [];
  for (const [apiVersion, resources] of Object.entries<Record<string, { kind: string; verbs: string[] }>>(discovery.resources)) {
    for (const { kind, verbs } of Object.values(resources)) {
      const type = types.get(`${apiVersion}/${kind}`);
      if (!type || !verbs.includes('create')) continue;
      served.push({ apiVersion, kind, type });
      versions.set(kind, [...(versions.get(kind) ?? []), apiVersion]);
    }
  }
  for (const { apiVersion, kind, type } of served) {
    const all = versions.get(kind)!;
    const old = all[0] === apiVersion ? (OLD_VERSIONS[kind] ?? []).filter((version) => !all.includes(version)) : [];
    const mine = [apiVersion, ...old];
    const matchesKind = { required: ['kind'], properties: { kind: { const: kind } } };
    const when =
      all.length === 1
        ? matchesKind
        : { required: ['kind', 'apiVersion'], properties: { kind: { const: kind }, apiVersion: { enum: mine } } };
    const accepted = all.length === 1 ? mine : [...all, ...old];
    // oxlint-disable-next-line unicorn/no-thenable -- a JSON schema's own word
    branches.push({ if: when, then: { allOf: [writer.reference(type), { properties: { apiVersion: { enum: accepted } } }] } });
  }
  const kinds = [...versions.keys()].sort();
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: {
        type: 'string',
        enum: [...new Set([...served.map((one) => one.apiVersion), ...Object.values(OLD_VERSIONS).flat()])],
        description: 'The group and version of the API that defines this object.',
      },
      kind: { type: 'string', enum: [...kinds, 'List'], description: 'What this object is.' },
      metadata: writer.reference('meta/v1.ObjectMeta'),
    },
    allOf: branches,
    definitions: writer.definitions,
  };
}

class DefinitionWriter {
  readonly definitions: Record<string, Schema> = {};
  private readonly facts: Readonly<Record<string, TypeFacts>>;
  private readonly descriptions = new Descriptions();

  constructor(facts: Readonly<Record<string, TypeFacts>>) {
    this.facts = facts;
  }

  reference(type: string): Schema {
    const name = type.replaceAll('/', '.');
    if (!(name in this.definitions)) {
      this.definitions[name] = {};
      this.definitions[name] = this.definition(type);
    }
    return { $ref: `#/definitions/${name}` };
  }

  private definition(type: string): Schema {
    const facts = this.facts[type];
    if (!facts) return {};
    if (facts.oneOf) return { type: [...facts.oneOf] };
    if (!facts.fields || Object.keys(facts.fields).length === 0) return facts.type ? { type: facts.type } : { type: 'object' };
    const docs = this.descriptions.of(type);
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const [name, field] of Object.entries(facts.fields)) {
      const schema = this.field(field);
      const description = docs?.fields.get(name);
      properties[name] = description ? { ...schema, description } : schema;
      if (field.required) required.push(name);
    }
    const isObject = facts.gvk !== undefined;
    return {
      type: 'object',
      ...(docs?.text && { description: docs.text }),
      properties,
      ...(required.length && !isObject && { required }),
      additionalProperties: false,
    };
  }

  private field(field: Field): Schema {
    if (field.ref) return this.reference(field.ref);
    if (field.items) return { type: 'array', items: this.field(field.items) };
    if (field.map) return { type: 'object', additionalProperties: this.field(field.map) };
    return { ...(field.type && { type: field.type }), ...(field.enum && { enum: field.enum }) };
  }
}

interface TypeDocs {
  readonly text: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Documentation comments of the declarations in kubernetes-types. */
class Descriptions {
  private readonly root = dirname(createRequire(import.meta.url).resolve('kubernetes-types/package.json'));
  private readonly files = new Map<string, Map<string, TypeDocs>>();

  of(type: string): TypeDocs | undefined {
    const [file, name] = type.split('.') as [string, string];
    let types = this.files.get(file);
    if (!types) this.files.set(file, (types = this.read(join(this.root, `${file}.d.ts`))));
    return types.get(name);
  }

  private read(path: string): Map<string, TypeDocs> {
    const types = new Map<string, TypeDocs>();
    if (!existsSync(path)) return types;
    let comment = '';
    let fields: Map<string, string> | undefined;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const doc = /^\s*\/\*\* (.*) \*\/$/.exec(line);
      const type = /^export interface (\w+)/.exec(line);
      const field = /^\s+(?:readonly )?"?([\w$]+)"?\??: /.exec(line);
      if (doc) comment = shorten(doc[1]!);
      else if (type) types.set(type[1]!, { text: comment, fields: (fields = new Map()) });
      else if (field && fields && comment) fields.set(field[1]!, comment);
      if (!doc) comment = '';
    }
    return types;
  }
}

/** Without the links to contributors' documents that end many of them. */
function shorten(text: string): string {
  return text.replace(/ More info: https?:\/\/git\.k8s\.io\S*/, '').trim();
}
