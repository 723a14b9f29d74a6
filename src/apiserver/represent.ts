import { ApiError } from '../api/status.ts';
import { negotiate, type Representation } from './negotiate.ts';
import type { KubeList, KubeObject, WatchEvent } from '../api/object.ts';
import type { Call } from './call.ts';
import type { Served } from './resource.ts';

const META = 'meta.k8s.io/v1';

/** Tables and metadata in version v1 of meta.k8s.io; what is asked for in others is passed over. */
function isKnown({ as, group, version }: Representation): boolean {
  return (
    group === 'meta.k8s.io' && version === 'v1' && (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
  );
}

function isList(value: object): value is KubeList<KubeObject> {
  return Array.isArray((value as { items?: unknown }).items);
}

/** Annotations that stand for fields of the server's internal form: only the object as a whole shows them. */
const INTERNAL_ANNOTATION = 'deprecated.daemonset.template.generation';

function metadataOnly(object: KubeObject): KubeObject {
  const { metadata } = object;
  if (metadata?.annotations?.[INTERNAL_ANNOTATION] === undefined) return { kind: 'PartialObjectMetadata', apiVersion: META, metadata };
  const { [INTERNAL_ANNOTATION]: _, ...annotations } = metadata.annotations;
  const { annotations: __, ...rest } = metadata;
  const shown = Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
  return { kind: 'PartialObjectMetadata', apiVersion: META, metadata: shown };
}

function refuse(asked: string, served: Served, list: boolean): never {
  const group = served.kind.group === '' ? 'core' : served.kind.group.split('.')[0]!;
  const name = `*${group}.${served.kind.kind}${list ? 'List' : ''}`;
  throw new ApiError(406, 'NotAcceptable', `you requested ${asked}, but the requested object is ${list ? '' : 'not '}a list (${name})`);
}

/** Writes answers about one resource the way one request asks for. */
export class Representer {
  readonly representation: Representation;
  private readonly served: Served;
  private readonly nowMs: () => number;
  private readonly includeObject: string;

  /** Throws NotAcceptable. */
  constructor(call: Call, served: Served, nowMs: () => number) {
    this.representation = negotiate(call, isKnown);
    this.served = served;
    this.nowMs = nowMs;
    this.includeObject = this.representation.as === 'Table' ? (call.query('includeObject') ?? 'Metadata') : '';
  }

  get isPlain(): boolean {
    return this.representation.as === undefined;
  }

  /** An object or a list in the served version, as it is to be answered. Status objects stay as they are. */
  write(value: KubeObject | KubeList<KubeObject>): object {
    const { as } = this.representation;
    if (as === undefined || value.kind === 'Status') return value;
    const list = isList(value);
    if (as === 'Table') return this.table(value.metadata as object, list ? value.items : [value], true);
    if (as === 'PartialObjectMetadata') return list ? refuse(as, this.served, true) : metadataOnly(value);
    if (!list) return refuse(as, this.served, false);
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: META,
      metadata: value.metadata,
      items: value.items.length > 0 ? value.items.map(metadataOnly) : null,
    };
  }

  /** Watch events the same way; only the first Table of a watch has columns. */
  writeEvents(): (event: WatchEvent) => WatchEvent {
    const { as } = this.representation;
    if (as === undefined) return (event) => event;
    let isFirst = true;
    return (event) => {
      if (event.type === 'ERROR') return event;
      if (event.type === 'BOOKMARK')
        return as === 'Table'
          ? { type: event.type, object: this.table(event.object.metadata ?? {}, [], false) as KubeObject }
          : { type: event.type, object: metadataOnly(event.object) };
      if (as !== 'Table') return { type: event.type, object: metadataOnly(event.object) };
      const object = this.table({ resourceVersion: event.object.metadata?.resourceVersion }, [event.object], isFirst) as KubeObject;
      isFirst = false;
      return { type: event.type, object };
    };
  }

  private table(metadata: object, objects: readonly KubeObject[], withColumns: boolean): object {
    const { behaviour } = this.served;
    const {
      resourceVersion,
      continue: more,
      remainingItemCount,
    } = metadata as { resourceVersion?: string; continue?: string; remainingItemCount?: number };
    const context = { nowMs: this.nowMs() };
    return {
      kind: 'Table',
      apiVersion: META,
      metadata: { resourceVersion, ...(more && { continue: more }), ...(remainingItemCount !== undefined && { remainingItemCount }) },
      columnDefinitions: withColumns ? behaviour.columns : null,
      rows: objects.map((object) => ({ ...behaviour.row(object, context), ...this.included(object) })),
    };
  }

  private included(object: KubeObject): { object: KubeObject | null } {
    if (this.includeObject === 'None') return { object: null };
    return { object: this.includeObject === 'Object' ? object : metadataOnly(object) };
  }
}
