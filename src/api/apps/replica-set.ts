import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { REPLICA_SETS } from '../kinds.ts';
import { formatLabelSelector } from '../labels.ts';
import { withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ReplicaSet, ReplicaSetSpec } from 'kubernetes-types/apps/v1';

function defaults(set: ReplicaSet): ReplicaSet {
  const spec = withDefaults(set.spec ?? ({} as ReplicaSetSpec), { replicas: 1 });
  return withField(set, 'spec', withField(spec, 'template', defaultTemplate(spec.template)));
}

export const replicaSetBehaviour: KindBehaviour<ReplicaSet> = {
  kind: REPLICA_SETS,
  defaults,
  counted: true,
  initialStatus: () => ({ replicas: 0 }),
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  row: (set, context) =>
    row(
      set.metadata?.name ?? '',
      set.spec?.replicas ?? 0,
      set.status?.replicas ?? 0,
      set.status?.readyReplicas ?? 0,
      ageOf(set, context),
      ...containerCells(set.spec?.template?.spec),
      formatLabelSelector(set.spec?.selector),
    ),
};
