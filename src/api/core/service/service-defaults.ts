import { changeField, changeItems, withDefaults, withField, withoutField } from '../../share.ts';
import type { Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';

/** Whether traffic from outside the cluster reaches the service. */
export function isExternallyAccessible(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}

export function needsClusterIp(spec: ServiceSpec): boolean {
  return spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

export function needsNodePort(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

export function needsHealthCheckNodePort(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function defaultPort(given: ServicePort): ServicePort {
  const port = given.protocol ? given : { ...given, protocol: 'TCP' };
  return port.targetPort ? port : { ...port, targetPort: port.port };
}

/** Defaults of a service; what is allocated to it is the API server's to choose (pkg/apis/core/v1/defaults.go). */
export function defaultService(service: Service): Service {
  let spec: ServiceSpec = withDefaults(service.spec ?? {}, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec.sessionAffinity === 'None') spec = withoutField(spec, 'sessionAffinityConfig');
  if (spec.sessionAffinity === 'ClientIP' && !spec.sessionAffinityConfig?.clientIP?.timeoutSeconds) {
    spec = { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } };
  }
  spec = changeItems(spec, 'ports', defaultPort);
  if (isExternallyAccessible(spec)) spec = withDefaults(spec, { externalTrafficPolicy: 'Cluster' });
  if (needsClusterIp(spec)) spec = withDefaults(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') spec = withDefaults(spec, { allocateLoadBalancerNodePorts: true });
  return defaultIngressModes(withField(service, 'spec', spec));
}

/** Addresses of a load balancer are its own unless it says otherwise. */
function defaultIngressModes(service: Service): Service {
  return changeField(service, 'status', (status) =>
    changeField(status, 'loadBalancer', (balancer) =>
      changeItems(balancer, 'ingress', (ingress) => (ingress.ip && !ingress.ipMode ? { ...ingress, ipMode: 'VIP' } : ingress)),
    ),
  );
}
