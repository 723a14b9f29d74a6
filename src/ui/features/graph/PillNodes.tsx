import type { NodeProps } from '@xyflow/react';
import { Boxes, Waypoints } from 'lucide-react';
import { memo } from 'react';
import type { ServiceRow, WorkloadRow } from '../../../protocol/rows.ts';
import { model, useRow, useVersion } from '../../store/cluster.ts';
import { Scaled } from './Scaled.tsx';
import { inspect, setView, useView } from '../../store/view.ts';

function usePill(key: string, namespace: string | undefined) {
  const selected = useView((view) => view.selected === key);
  const dimmed = useView((view) => view.namespace !== '' && view.namespace !== namespace);
  const handlers = {
    onClick: () => inspect(key),
    onPointerEnter: () => setView({ hovered: key }),
    onPointerLeave: () => setView({ hovered: undefined }),
    onFocus: () => setView({ hovered: key }),
    onBlur: () => setView({ hovered: undefined }),
  };
  return { classes: `${selected ? 'selected' : ''} ${dimmed ? 'dimmed' : ''}`, handlers };
}

export const ServiceNode = memo(function ServiceNode({ data }: NodeProps) {
  const key = data['key'] as string;
  const service = useRow<ServiceRow>(key);
  useVersion('slice');
  const { classes, handlers } = usePill(key, service?.namespace);
  if (!service) return null;
  const endpoints = model.endpointsOf(service);
  const ready = endpoints.filter((endpoint) => endpoint.ready).length;
  const address = service.type === 'ExternalName' ? service.external : service.external || service.clusterIP;
  const ports = service.ports.map((port) => (port.nodePort ? `${port.port}:${port.nodePort}` : port.port)).join(',');
  return (
    <Scaled by={data['scale']}>
      <button
        type="button"
        className={`pill service ${ready ? '' : 'without'} ${classes}`}
        data-service={service.name}
        data-ready={ready}
        aria-label={`Service ${service.name}, ${ready} ready endpoints`}
        title={`${service.type} ${service.namespace}/${service.name}\n${address}:${ports}\n${ready} of ${endpoints.length} endpoints ready`}
        {...handlers}
      >
        <Waypoints size={15} aria-hidden />
        <span className="pill-name">
          <strong>{service.name}</strong>
          <small>{address === 'None' ? 'headless' : `${address}${ports ? `:${ports}` : ''}`}</small>
        </span>
        <span className={`chip ${ready ? 'ok' : service.selector ? 'warn' : ''}`}>{ready}</span>
      </button>
    </Scaled>
  );
});

const SHORT_TYPES: Readonly<Record<string, string>> = {
  Deployment: 'Deployment',
  ReplicaSet: 'ReplicaSet',
  ReplicationController: 'ReplicationController',
};

export const WorkloadNode = memo(function WorkloadNode({ data }: NodeProps) {
  const key = data['key'] as string;
  const workload = useRow<WorkloadRow>(key);
  const { classes, handlers } = usePill(key, workload?.namespace);
  if (!workload) return null;
  const { type, name, desired, ready, problem, paused } = workload;
  const settled = ready === desired;
  return (
    <Scaled by={data['scale']}>
      <button
        type="button"
        className={`pill workload ${classes}`}
        data-workload={`${type}/${name}`}
        data-ready={`${ready}/${desired}`}
        aria-label={`${type} ${name}, ${ready} of ${desired} ready`}
        title={`${type} ${workload.namespace}/${name}\n${ready} of ${desired} ready${problem ? `\n${problem}` : ''}`}
        {...handlers}
      >
        <Boxes size={15} aria-hidden />
        <span className="pill-name">
          <strong>{name}</strong>
          <small>{paused ? 'paused' : (SHORT_TYPES[type] ?? type)}</small>
        </span>
        <span className={`chip ${problem ? 'bad' : settled ? 'ok' : 'busy'}`}>
          {ready}/{desired}
        </span>
      </button>
    </Scaled>
  );
});
