import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { DEPLOYMENTS } from '../kinds.ts';
import { formatLabelSelector } from '../labels.ts';
import { withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Deployment, DeploymentSpec, DeploymentStrategy } from 'kubernetes-types/apps/v1';

const SPEC: Partial<DeploymentSpec> = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 };
const ROLLING = { maxUnavailable: '25%', maxSurge: '25%' };

function defaultStrategy(given: DeploymentStrategy): DeploymentStrategy {
  const strategy = given.type ? given : { ...given, type: 'RollingUpdate' };
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(strategy.rollingUpdate ?? {}, ROLLING));
}

function defaults(deployment: Deployment): Deployment {
  let spec = withDefaults(deployment.spec ?? ({} as DeploymentSpec), SPEC);
  spec = withField(spec, 'template', defaultTemplate(spec.template));
  return withField(deployment, 'spec', withField(spec, 'strategy', defaultStrategy(spec.strategy ?? {})));
}

export const deploymentBehaviour: KindBehaviour<Deployment> = {
  kind: DEPLOYMENTS,
  defaults,
  counted: true,
  countsMetadata: 'annotations',
  initialStatus: () => ({}),
  row: (deployment, context) =>
    row(
      deployment.metadata?.name ?? '',
      `${deployment.status?.readyReplicas ?? 0}/${deployment.spec?.replicas ?? 0}`,
      deployment.status?.updatedReplicas ?? 0,
      deployment.status?.availableReplicas ?? 0,
      ageOf(deployment, context),
      ...containerCells(deployment.spec?.template?.spec),
      formatLabelSelector(deployment.spec?.selector),
    ),
};
