import { notAcceptable } from './errors.ts';
import type { Call } from './call.ts';

/** How an answer is to be written. */
export interface Representation {
  readonly mediaType: 'application/json' | 'application/yaml';
  /** `Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, `APIGroupDiscoveryList`; undefined: as it is. */
  readonly as: string | undefined;
  readonly group: string;
  readonly version: string;
}

export const WRITTEN_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;

export const PLAIN: Representation = { mediaType: 'application/json', as: undefined, group: '', version: '' };

/** Clients send the same few headers again and again. */
const read = new Map<string, readonly Representation[]>();
const MOST_READ = 200;

/** The representations an Accept header asks for that can be written at all, in its order. */
function clausesOf(accept: string): readonly Representation[] {
  let clauses = read.get(accept);
  if (clauses) return clauses;
  clauses = accept.split(',').flatMap(readClause);
  if (read.size >= MOST_READ) read.clear();
  read.set(accept, clauses);
  return clauses;
}

function readClause(clause: string): Representation[] {
  const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
  const mediaType =
    type === '*/*' || type === 'application/*' || type === 'application/json'
      ? 'application/json'
      : type === 'application/yaml' || type === 'text/yaml'
        ? 'application/yaml'
        : undefined;
  if (!mediaType) return [];
  const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
  return [{ mediaType, as: given.get('as'), group: given.get('g') ?? '', version: given.get('v') ?? '' }];
}

/** The first representation asked for that `canWrite` accepts. Throws NotAcceptable. */
export function negotiate(call: Call, canWrite: (asked: Representation) => boolean): Representation {
  const accept = call.header('accept');
  if (!accept || accept === 'application/json') return PLAIN;
  for (const clause of clausesOf(accept)) if (clause.as === undefined || canWrite(clause)) return clause;
  throw notAcceptable(WRITTEN_TYPES);
}
