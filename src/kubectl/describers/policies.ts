import { ENDPOINT_SLICES, SERVICES, type EndpointSlice, type Service } from '../../api/kinds.ts';
import { formatLabels, formatLabelSelector } from '../../api/labels.ts';
import { isApiError } from '../../api/status.ts';
import { describeHead, describeOwnEvents, type DescribeContext, type Describer } from './describer.ts';
import { longTime } from './format.ts';
import type { DescriptionWriter } from './writer.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from 'kubernetes-types/autoscaling/v2';
import type { Ingress, IngressBackend, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';
import type { Task } from '../../sim/wait.ts';

export const describeBudget: Describer<PodDisruptionBudget> = function* (w, budget, context) {
  const { metadata = {}, spec, status } = budget;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  if (spec?.minAvailable !== undefined) w.field('Min available', spec.minAvailable);
  else if (spec?.maxUnavailable !== undefined) w.field('Max unavailable', spec.maxUnavailable);
  w.field('Selector', spec?.selector ? formatLabelSelector(spec.selector) : '<unset>');
  w.line(0, 'Status:');
  w.line(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`);
  w.line(2, `Current:\t${status?.currentHealthy ?? 0}`);
  w.line(2, `Desired:\t${status?.desiredHealthy ?? 0}`);
  w.line(2, `Total:\t${status?.expectedPods ?? 0}`);
  yield* describeOwnEvents(w, budget, context);
};

export const describePriorityClass: Describer<PriorityClass> = function* (w, priority, context) {
  w.field('Name', priority.metadata?.name);
  w.field('Value', priority.value);
  w.field('GlobalDefault', priority.globalDefault ?? false);
  if (priority.preemptionPolicy) w.field('PreemptionPolicy', priority.preemptionPolicy);
  w.field('Description', priority.description);
  w.field('Annotations', formatLabels(priority.metadata?.annotations));
  yield* describeOwnEvents(w, priority, context);
};

export const describeAutoscaler: Describer<HorizontalPodAutoscaler> = function* (w, autoscaler, context) {
  const { metadata = {}, spec, status } = autoscaler;
  describeHead(w, autoscaler);
  w.field('CreationTimestamp', longTime(metadata.creationTimestamp));
  w.field('Reference', `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`);
  w.field('Metrics', '( current / target )');
  (spec?.metrics ?? []).forEach((metric, at) => describeMetric(w, metric, status?.currentMetrics?.[at]));
  w.field('Min replicas', spec?.minReplicas ?? '<unset>');
  w.field('Max replicas', spec?.maxReplicas);
  w.field(`${spec?.scaleTargetRef.kind} pods`, `${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`);
  if (status?.conditions?.length) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tReason\tMessage');
    w.line(1, '----\t------\t------\t-------');
    for (const condition of status.conditions)
      w.line(1, `${condition.type}\t${condition.status}\t${condition.reason ?? ''}\t${condition.message ?? ''}`);
  }
  yield* describeOwnEvents(w, autoscaler, context);
};

function describeMetric(w: DescriptionWriter, metric: MetricSpec, current: MetricStatus | undefined): void {
  const source = metric.resource ?? metric.containerResource;
  if (!source) {
    w.line(1, `${metric.type.toLowerCase()} metric:\t<unknown> / <unknown>`);
    return;
  }
  const now = (current?.resource ?? current?.containerResource)?.current;
  if (source.target.averageValue !== undefined) {
    w.line(1, `resource ${source.name} on pods:\t${now?.averageValue ?? '<unknown>'} / ${source.target.averageValue}`);
    return;
  }
  const used = now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}% (${now.averageValue ?? '0'})`;
  w.line(1, `resource ${source.name} on pods  (as a percentage of request):\t${used} / ${source.target.averageUtilization ?? '<auto>'}%`);
}

export const describeIngress: Describer<Ingress> = function* (w, ingress, context) {
  const { metadata = {}, spec, status } = ingress;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.field('Namespace', metadata.namespace);
  w.field('Address', (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').join(','));
  w.field('Ingress Class', spec?.ingressClassName ?? '<none>');
  w.field('Default backend', spec?.defaultBackend ? yield* backendText(spec.defaultBackend, metadata.namespace, context) : '<default>');
  if (spec?.tls?.length) {
    w.line(0, 'TLS:');
    for (const { secretName, hosts } of spec.tls)
      w.line(1, secretName ? `${secretName} terminates ${(hosts ?? []).join(',')}` : `SNI routes ${(hosts ?? []).join(',')}`);
  }
  w.line(0, 'Rules:');
  w.line(1, 'Host\tPath\tBackends');
  w.line(1, '----\t----\t--------');
  for (const { host, http } of spec?.rules ?? []) {
    w.line(1, `${host ?? '*'}\t`);
    for (const { path, backend } of http?.paths ?? [])
      w.line(2, `\t${path ?? ''} \t${yield* backendText(backend, metadata.namespace, context)}`);
  }
  if (!spec?.rules?.length)
    w.line(1, `*\t* \t${spec?.defaultBackend ? yield* backendText(spec.defaultBackend, metadata.namespace, context) : '<default>'}`);
  w.annotations('Annotations', metadata.annotations);
  yield* describeOwnEvents(w, ingress, context);
};

/** `web:80 (10.0.0.1:80,10.0.0.2:80)`. */
function* backendText({ service, resource }: IngressBackend, namespace: string | undefined, { api }: DescribeContext): Task<string> {
  if (!service) return resource ? `APIGroup: ${resource.apiGroup ?? ''}, Kind: ${resource.kind}, Name: ${resource.name}` : '';
  const port = service.port?.number ?? service.port?.name ?? '';
  const text = `${service.name}:${port}`;
  try {
    const found = (yield* api.get(SERVICES, { namespace, name: service.name })) as Service;
    const servicePort = found.spec?.ports?.find((one) => one.port === service.port?.number || one.name === service.port?.name);
    const { items } = yield* api.list(ENDPOINT_SLICES, { namespace, labelSelector: `kubernetes.io/service-name=${service.name}` });
    const addresses = (items as unknown as EndpointSlice[]).flatMap((slice) =>
      (slice.ports ?? [])
        .filter(({ name }) => (name ?? '') === (servicePort?.name ?? ''))
        .flatMap((slicePort) =>
          slice.endpoints
            .filter(({ conditions }) => conditions?.ready !== false)
            .map((endpoint) => `${endpoint.addresses[0]}:${slicePort.port}`),
        ),
    );
    return `${text} (${addresses.slice(0, 3).join(',')}${addresses.length > 3 ? ` + ${addresses.length - 3} more...` : ''})`;
  } catch (error) {
    if (isApiError(error)) return `${text} (<error: ${error.message}>)`;
    throw error;
  }
}

export const describeNetworkPolicy: Describer<NetworkPolicy> = function* (w, policy) {
  const { metadata = {}, spec } = policy;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('Created on', longTime(metadata.creationTimestamp));
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.line(0, 'Spec:');
  const selector = formatLabelSelector(spec?.podSelector);
  w.line(
    1,
    `PodSelector: ${selector === '<none>' ? '    <none> (Allowing the specific traffic to all pods in this namespace)' : `    ${selector}`}`,
  );
  const types = spec?.policyTypes ?? [];
  if (types.includes('Ingress')) {
    w.line(1, 'Allowing ingress traffic:');
    describeTraffic(
      w,
      (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports })),
      'From',
      'ingress',
    );
  } else w.line(1, 'Not affecting ingress traffic');
  if (types.includes('Egress')) {
    w.line(1, 'Allowing egress traffic:');
    describeTraffic(
      w,
      (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports })),
      'To',
      'egress',
    );
  } else w.line(1, 'Not affecting egress traffic');
  w.line(1, `Policy Types: ${types.join(', ')}`);
};

interface TrafficRule {
  readonly peers: readonly NetworkPolicyPeer[] | undefined;
  readonly ports: readonly NetworkPolicyPort[] | undefined;
}

function describeTraffic(w: DescriptionWriter, rules: readonly TrafficRule[], word: string, direction: string): void {
  if (rules.length === 0) w.line(2, `<none> (Selected pods are isolated for ${direction} connectivity)`);
  rules.forEach(({ peers, ports }, at) => {
    if (!ports?.length) w.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const { port, protocol = 'TCP', endPort } of ports ?? [])
      w.line(2, `To Port: ${port ?? '<any>'}${endPort ? `-${endPort}` : ''}/${protocol}`);
    if (!peers?.length) w.line(2, `${word}: <any> (traffic not restricted by ${word === 'From' ? 'source' : 'destination'})`);
    for (const { podSelector, namespaceSelector, ipBlock } of peers ?? []) {
      w.line(2, `${word}:`);
      if (namespaceSelector) w.line(3, `NamespaceSelector: ${formatLabelSelector(namespaceSelector)}`);
      if (podSelector) w.line(3, `PodSelector: ${formatLabelSelector(podSelector)}`);
      if (ipBlock) {
        w.line(3, 'IPBlock:');
        w.line(4, `CIDR: ${ipBlock.cidr}`);
        w.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`);
      }
    }
    if (at < rules.length - 1) w.line(2, '----------');
  });
}
