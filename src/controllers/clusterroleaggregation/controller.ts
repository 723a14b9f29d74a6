import { CLUSTER_ROLES, type ClusterRole } from '../shared/kinds.ts';
import { equalValues } from '../../api/equal.ts';
import { labelPredicate } from '../shared/selector.ts';
import { startWorkers } from '../shared/workers.ts';
import type { Stored } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

/** Gives aggregated cluster roles the rules of the roles they select (pkg/controller/clusterroleaggregation). */
export const clusterRoleAggregationController: Controller = {
  name: 'clusterrole-aggregation-controller',
  start(context) {
    const roles = context.informers.informer(CLUSTER_ROLES);
    const queue = context.queue('ClusterRoleAggregator');
    const aggregated = new Set<string>();
    const enqueueAll = (): void => {
      for (const name of aggregated) queue.add(name);
    };
    const changed = (role: Stored<ClusterRole>): void => {
      if (role.aggregationRule) aggregated.add(role.metadata.name);
      else aggregated.delete(role.metadata.name);
      enqueueAll();
    };
    roles.onChange({
      added: changed,
      updated: (_before, role) => changed(role),
      deleted: (role) => {
        aggregated.delete(role.metadata.name);
        enqueueAll();
      },
    });
    const reconcile = function* (name: string): Task<void> {
      const role = roles.get(name);
      if (!role?.aggregationRule) return;
      const rules: NonNullable<ClusterRole['rules']> = [];
      for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
        const matches = labelPredicate(selector);
        const selected = [...roles.list()].filter((each) => each.metadata.name !== name && matches(each.metadata.labels));
        selected.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
        for (const each of selected)
          for (const rule of each.rules ?? []) if (!rules.some((known) => equalValues(known, rule))) rules.push(rule);
      }
      if (!equalValues(role.rules ?? [], rules)) yield* context.client.update(CLUSTER_ROLES, { ...role, rules });
    };
    startWorkers(context, 'clusterrole aggregation', queue, 5, reconcile);
  },
};
