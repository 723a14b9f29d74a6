import { ENDPOINT_SLICES, type Endpoints, type EndpointSlice, type Service } from '../../api/kinds.ts';
import { formatLabels } from '../../api/labels.ts';
import { describeHead, describeOwnEvents, type Describer } from './describer.ts';

const MOST_SHOWN = 3;

export const describeService: Describer<Service> = function* (w, service, context) {
  const { metadata = {}, spec, status } = service;
  const slices = (yield* context.api.list(ENDPOINT_SLICES, {
    namespace: metadata.namespace,
    labelSelector: `kubernetes.io/service-name=${metadata.name}`,
  })).items as unknown as EndpointSlice[];
  describeHead(w, service);
  w.field('Selector', formatLabels(spec?.selector));
  w.field('Type', spec?.type);
  if (spec?.ipFamilyPolicy) w.field('IP Family Policy', spec.ipFamilyPolicy);
  w.field('IP Families', spec?.ipFamilies?.length ? spec.ipFamilies.join(',') : '<none>');
  w.field('IP', spec?.clusterIP);
  w.field('IPs', spec?.clusterIPs?.length ? spec.clusterIPs.join(',') : '<none>');
  if (spec?.externalIPs?.length) w.field('External IPs', spec.externalIPs.join(','));
  if (spec?.loadBalancerIP) w.field('Desired LoadBalancer IP', spec.loadBalancerIP);
  const ingress = (status?.loadBalancer?.ingress ?? []) as readonly { ip?: string; hostname?: string; ipMode?: string }[];
  if (ingress.length > 0)
    w.field(
      'LoadBalancer Ingress',
      ingress.map(({ ip, hostname, ipMode }) => (ip ? `${ip}${ipMode ? ` (${ipMode})` : ''}` : (hostname ?? ''))).join(', '),
    );
  if (spec?.externalName) w.field('External Name', spec.externalName);
  for (const { name, port, protocol = 'TCP', targetPort, nodePort } of spec?.ports ?? []) {
    const shown = name || '<unset>';
    w.line(0, `Port:\t${shown}\t${port}/${protocol}`);
    w.field('TargetPort', `${targetPort ?? 0}/${protocol}`);
    if (nodePort) w.line(0, `NodePort:\t${shown}\t${nodePort}/${protocol}`);
    w.field('Endpoints', endpointsText(slices, name ?? ''));
  }
  w.field('Session Affinity', spec?.sessionAffinity);
  if (spec?.externalTrafficPolicy) w.field('External Traffic Policy', spec.externalTrafficPolicy);
  if (spec?.internalTrafficPolicy) w.field('Internal Traffic Policy', spec.internalTrafficPolicy);
  if (spec?.healthCheckNodePort) w.field('HealthCheck NodePort', spec.healthCheckNodePort);
  if (spec?.loadBalancerSourceRanges?.length) w.field('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','));
  yield* describeOwnEvents(w, service, context);
};

/** The ready addresses of a port, three at most: `10.0.0.1:80,10.0.0.2:80 + 1 more...`. */
function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const addresses: string[] = [];
  let more = 0;
  for (const slice of slices) {
    const ports = (slice.ports ?? []).filter(({ name }) => (name ?? '') === portName);
    for (const { port } of ports) {
      for (const endpoint of slice.endpoints) {
        if (endpoint.conditions?.ready === false) continue;
        if (addresses.length < MOST_SHOWN) addresses.push(`${bracketed(endpoint.addresses[0] ?? '')}:${port}`);
        else more++;
      }
    }
  }
  return more > 0 ? `${addresses.join(',')} + ${more} more...` : addresses.join(',');
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

export const describeEndpoints: Describer<Endpoints> = function* (w, endpoints, context) {
  describeHead(w, endpoints);
  w.line(0, 'Subsets:');
  for (const { addresses, notReadyAddresses, ports } of endpoints.subsets ?? []) {
    const list = (items: typeof addresses) => (items ?? []).map(({ ip }) => ip).join(',') || '<none>';
    w.line(1, `Addresses:\t${list(addresses)}`);
    w.line(1, `NotReadyAddresses:\t${list(notReadyAddresses)}`);
    if (ports?.length) {
      w.line(1, 'Ports:');
      w.line(2, 'Name\tPort\tProtocol');
      w.line(2, '----\t----\t--------');
      for (const { name, port, protocol = 'TCP' } of ports) w.line(2, `${name || '<unset>'}\t${port}\t${protocol}`);
    }
    w.line(0, '');
  }
  yield* describeOwnEvents(w, endpoints, context);
};

export const describeEndpointSlice: Describer<EndpointSlice> = function* (w, slice, context) {
  describeHead(w, slice);
  w.field('AddressType', slice.addressType);
  if (!slice.ports?.length) w.line(0, 'Ports: <unset>');
  else {
    w.line(0, 'Ports:');
    w.line(1, 'Name\tPort\tProtocol');
    w.line(1, '----\t----\t--------');
    for (const { name, port, protocol = 'TCP' } of slice.ports) w.line(1, `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol}`);
  }
  if (slice.endpoints.length === 0) w.line(0, 'Endpoints:\t<none>');
  else w.line(0, 'Endpoints:');
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of slice.endpoints) {
    w.line(1, `- Addresses:\t${addresses.join(',')}`);
    w.line(2, 'Conditions:');
    w.line(3, `Ready:\t${conditions?.ready ?? '<unset>'}`);
    w.line(2, `Hostname:\t${hostname ?? '<unset>'}`);
    if (targetRef) w.line(2, `TargetRef:\t${targetRef.kind}/${targetRef.name}`);
    w.line(2, `NodeName:\t${nodeName ?? '<unset>'}`);
    w.line(2, `Zone:\t${zone ?? '<unset>'}`);
  }
  yield* describeOwnEvents(w, slice, context);
};
