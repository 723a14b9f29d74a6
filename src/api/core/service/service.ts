import { SERVICES } from '../../kinds.ts';
import { formatLabels } from '../../labels.ts';
import { isDns1035Label } from '../../names.ts';
import { nameChecker } from '../../object-meta.ts';
import { changeField } from '../../share.ts';
import { ageOf, row } from '../../table.ts';
import { defaultService } from './service-defaults.ts';
import { serviceWarnings, validateBalancerStatus, validateService, validateServiceUpdate } from './validate-service.ts';
import { prepareServiceUpdate, withSameClusterIps } from './service-update.ts';
import type { KindBehaviour } from '../../behaviour.ts';
import type { Service } from 'kubernetes-types/core/v1';

function balancerAddresses(service: Service): string[] {
  const addresses = (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(addresses.filter((address) => address !== ''))].sort();
}

function externalIpText(service: Service): string {
  const given = service.spec?.externalIPs ?? [];
  switch (service.spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return given.join(',') || '<none>';
    case 'LoadBalancer':
      return [...balancerAddresses(service), ...given].join(',') || '<pending>';
    case 'ExternalName':
      return service.spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portText(service: Service): string {
  const ports = service.spec?.ports ?? [];
  return (
    ports.map(({ port, nodePort, protocol }) => (nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`)).join(',') ||
    '<none>'
  );
}

export const serviceBehaviour: KindBehaviour<Service> = {
  kind: SERVICES,
  defaults: defaultService,
  initialStatus: () => ({ loadBalancer: {} }),
  prepareForCreate: (service) => changeField(service, 'spec', (spec) => withSameClusterIps(spec, undefined)),
  prepareForUpdate: prepareServiceUpdate,
  nameProblems: nameChecker(isDns1035Label),
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateBalancerStatus,
  warnings: serviceWarnings,
  returnsDeleted: true,
  allowsCreateOnUpdate: true,
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec?.clusterIP ?? '',
    'spec.type': ({ spec }) => spec?.type ?? '',
  },
  row: (service, context) =>
    row(
      service.metadata?.name ?? '',
      service.spec?.type ?? '',
      service.spec?.clusterIPs?.[0] || '<none>',
      externalIpText(service),
      portText(service),
      ageOf(service, context),
      formatLabels(service.spec?.selector),
    ),
};
