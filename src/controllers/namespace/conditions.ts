import { findCondition } from '../shared/conditions.ts';
import type { NamespaceCondition } from 'kubernetes-types/core/v1';

/** What is left of a namespace's content after a round of deletion. */
export interface Remains {
  /** `configmaps.` or `deployments.apps` → how many. */
  readonly objects: ReadonlyMap<string, number>;
  /** Finalizer → how many objects it holds. */
  readonly finalizers: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
}

interface Finding {
  readonly type: string;
  readonly failed: readonly [reason: string, message: string] | undefined;
  readonly fine: readonly [reason: string, message: string];
}

/** A namespace's conditions while it goes (namespaced_resources_deleter status_condition_utils.go). */
export function namespaceConditions(
  present: readonly NamespaceCondition[] | undefined,
  remains: Remains,
  now: string,
): NamespaceCondition[] {
  const { objects, finalizers, errors } = remains;
  const findings: Finding[] = [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      failed: undefined,
      fine: ['ResourcesDiscovered', 'All resources successfully discovered'],
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      failed: undefined,
      fine: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    },
    {
      type: 'NamespaceDeletionContentFailure',
      failed:
        errors.length > 0
          ? ['ContentDeletionFailed', `Failed to delete all resource types, ${errors.length} remaining: ${errors.join(', ')}`]
          : undefined,
      fine: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    },
    {
      type: 'NamespaceContentRemaining',
      failed: objects.size > 0 ? ['SomeResourcesRemain', `Some resources are remaining: ${counted(objects, 'has')}`] : undefined,
      fine: ['ContentRemoved', 'All content successfully removed'],
    },
    {
      type: 'NamespaceFinalizersRemaining',
      failed:
        finalizers.size > 0
          ? ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${counted(finalizers, 'in')}`]
          : undefined,
      fine: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    },
  ];
  const conditions = [...(present ?? [])];
  for (const finding of findings) {
    const [reason, message] = finding.failed ?? finding.fine;
    const status = finding.failed ? 'True' : 'False';
    const known = findCondition(conditions, finding.type);
    if (!known) conditions.push({ type: finding.type, status, lastTransitionTime: now, reason, message } as unknown as NamespaceCondition);
    else if (known.status !== status || known.reason !== reason || known.message !== message) {
      const lastTransitionTime = known.status === status ? known.lastTransitionTime : now;
      conditions[conditions.indexOf(known)] = {
        type: finding.type,
        status,
        lastTransitionTime,
        reason,
        message,
      } as unknown as NamespaceCondition;
    }
  }
  return conditions;
}

function counted(counts: ReadonlyMap<string, number>, word: string): string {
  return [...counts.keys()]
    .sort()
    .map((what) => `${what} ${word} ${counts.get(what)} resource instances`)
    .join(', ');
}
