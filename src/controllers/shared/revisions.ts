import { CONTROLLER_REVISIONS, type ControllerRevision } from '../../api/kinds.ts';
import { equalValues } from '../../api/equal.ts';
import { isApiError } from '../../api/status.ts';
import { controllerReference, ignoring, nameOf } from './ownership.ts';
import { createdAtMs } from './pods.ts';
import { templateHash } from './template-hash.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../sim/wait.ts';

export const REVISION_HASH_LABEL = 'controller-revision-hash';

/** What a revision of a stateful or daemon set holds: the patch that brings its template back. */
export function revisionData(owner: KubeObject): { spec: { template: Record<string, unknown> } } {
  return { spec: { template: { ...owner.spec?.template, $patch: 'replace' } } };
}

/** Oldest first: by number, then age, then name. */
export function byRevision(a: Stored<ControllerRevision>, b: Stored<ControllerRevision>): number {
  return a.revision - b.revision || createdAtMs(a) - createdAtMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}

/** The revision that a set would have now, before it is stored. */
export function newRevision(owner: Stored<KubeObject>, kind: Kind, number: number, collisionCount: number): ControllerRevision {
  const data = revisionData(owner);
  const hash = templateHash(data, collisionCount || undefined);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      namespace: owner.metadata.namespace,
      labels: { ...owner.spec?.template?.metadata?.labels, [REVISION_HASH_LABEL]: hash },
      ...(owner.metadata.annotations && { annotations: withoutLastApplied(owner.metadata.annotations) }),
      ownerReferences: [controllerReference(owner, kind)],
    },
    data: data as never,
    revision: number,
  };
}

function withoutLastApplied(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...rest } = annotations;
  return rest;
}

export function hashOf(revision: ControllerRevision): string {
  return revision.metadata?.labels?.[REVISION_HASH_LABEL] ?? '';
}

/** The stored revisions that hold the owner's present template, oldest first. */
export function equalRevisions(owner: Stored<KubeObject>, revisions: readonly Stored<ControllerRevision>[]): Stored<ControllerRevision>[] {
  const data = revisionData(owner);
  return revisions.filter((revision) => equalValues(revision.data, data));
}

/**
 * The revision of the owner's present template: found, given the highest number if it is an old one
 * that comes back, or made (controller_history.go, stateful_set_control.go getStatefulSetRevisions).
 */
export function* presentRevision(
  client: Client,
  owner: Stored<KubeObject>,
  kind: Kind,
  revisions: readonly Stored<ControllerRevision>[],
): Task<{ revision: Stored<ControllerRevision>; collisionCount: number }> {
  const sorted = [...revisions].sort(byRevision);
  const next = (sorted.at(-1)?.revision ?? 0) + 1;
  let collisionCount: number = owner.status?.collisionCount ?? 0;
  const equal = equalRevisions(owner, sorted).at(-1);
  if (equal) {
    if (equal === sorted.at(-1)) return { revision: equal, collisionCount };
    const revision = yield* client.update(CONTROLLER_REVISIONS, { ...equal, revision: next });
    return { revision, collisionCount };
  }
  for (;;) {
    const draft = newRevision(owner, kind, next, collisionCount);
    try {
      return { revision: yield* client.create(CONTROLLER_REVISIONS, draft), collisionCount };
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error;
      const present = yield* client.get(CONTROLLER_REVISIONS, { namespace: owner.metadata.namespace, name: draft.metadata!.name! });
      if (equalValues(present.data, draft.data)) return { revision: present, collisionCount };
      collisionCount++;
    }
  }
}

/** Deletes old revisions beyond the limit, the oldest first, but none that is `live`. */
export function* truncateRevisions(
  client: Client,
  revisions: readonly Stored<ControllerRevision>[],
  limit: number,
  isLive: (revision: Stored<ControllerRevision>) => boolean,
): Task<void> {
  const idle = [...revisions].sort(byRevision).filter((revision) => !isLive(revision));
  for (const revision of idle.slice(0, Math.max(0, idle.length - limit))) {
    yield* ignoring(['NotFound'], client.delete(CONTROLLER_REVISIONS, nameOf(revision)));
  }
}
