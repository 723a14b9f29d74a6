import type { ReactNode } from 'react';
import type { MachineRow, PodRow, Row, ServiceRow, WorkloadRow } from '../../../protocol/rows.ts';
import { ageText } from '../../kit/format.ts';
import { CONTAINER_LOOKS, POD_LOOKS } from '../../kit/states.ts';
import { StateIcon } from '../../kit/StateIcon.tsx';
import { model, useCluster, useVersion } from '../../store/cluster.ts';
import { inspect } from '../../store/view.ts';

export function Summary({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case 'pod':
      return <PodSummary pod={row} />;
    case 'service':
      return <ServiceSummary service={row} />;
    case 'workload':
      return <WorkloadSummary workload={row} />;
    case 'machine':
      return <MachineSummary machine={row} />;
    default:
      return <p className="note">The YAML tab shows the whole object.</p>;
  }
}

function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows
        .filter(([, value]) => value !== '' && value !== undefined && value !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Link({ to, children }: { readonly to: string | undefined; readonly children: ReactNode }) {
  if (to === undefined) return <>{children}</>;
  return (
    <button type="button" className="link" onClick={() => inspect(to)}>
      {children}
    </button>
  );
}

function PodSummary({ pod }: { readonly pod: PodRow }) {
  const epochMs = useCluster((state) => Math.floor(state.clock.epochMs / 1000) * 1000);
  const look = POD_LOOKS[pod.state];
  const owner = pod.owner && model.workload(pod.owner);
  return (
    <>
      <div className={`state-line ${look.tone}`}>
        <StateIcon look={look} size={18} />
        <div>
          <strong>{pod.status}</strong>
          {pod.message && <p>{pod.message}</p>}
        </div>
      </div>
      <Facts
        rows={[
          ['Minion', pod.node ? <Link to={`machine/${pod.node}`}>{pod.node}</Link> : 'none yet'],
          ['Address', pod.ip && <code>{pod.ip}</code>],
          ['Owner', pod.owner && <Link to={owner?.key}>{`${pod.owner.kind} ${pod.owner.name}`}</Link>],
          ['Restarts', pod.restarts ? String(pod.restarts) : ''],
          ['Age', pod.createdMs ? ageText(epochMs - pod.createdMs) : ''],
        ]}
      />
      <h3>Containers</h3>
      <ul className="containers">
        {pod.containers.map((container) => {
          const its = CONTAINER_LOOKS[container.state];
          return (
            <li key={container.name} className={its.tone}>
              <StateIcon look={its} />
              <div>
                <strong>{container.name}</strong> {container.init && <small>init</small>}
                <code>{container.image}</code>
                {container.message && <p>{container.message}</p>}
              </div>
              <span className="word">{container.word}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function ServiceSummary({ service }: { readonly service: ServiceRow }) {
  useVersion('slice');
  const endpoints = model.endpointsOf(service);
  return (
    <>
      <Facts
        rows={[
          ['Type', service.type],
          ['Cluster IP', service.clusterIP && <code>{service.clusterIP}</code>],
          ['External', service.external && <code>{service.external}</code>],
          ['Selector', service.selector ? <code>{service.selector}</code> : 'none'],
          [
            'Ports',
            service.ports.map((port) => (
              <code key={`${port.port}${port.protocol}`} className="block">
                {port.name ? `${port.name} ` : ''}
                {port.port}/{port.protocol} to {port.target}
                {port.nodePort ? `, node port ${port.nodePort}` : ''}
              </code>
            )),
          ],
        ]}
      />
      <h3>Endpoints</h3>
      {endpoints.length === 0 && (
        <p className="note">
          {service.selector ? 'No pod matches the selector, or none has an address yet.' : 'This service selects no pods.'}
        </p>
      )}
      <ul className="containers">
        {endpoints.slice(0, 100).map((endpoint) => {
          const its = endpoint.ready ? POD_LOOKS.ready : POD_LOOKS.running;
          return (
            <li key={`${endpoint.pod}${endpoint.address}`} className={its.tone}>
              <StateIcon look={its} />
              <div>
                <Link to={model.podKeys.get(endpoint.pod)}>{endpoint.pod.split('/')[1] ?? endpoint.address}</Link>
                <code>{endpoint.address}</code>
              </div>
              <span className="word">{endpoint.ready ? 'ready' : 'not ready'}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function WorkloadSummary({ workload }: { readonly workload: WorkloadRow }) {
  useVersion('workload');
  const owned = [...model.workloads.values()].filter(
    (other) => other.owner?.kind === workload.type && other.owner.name === workload.name && other.namespace === workload.namespace,
  );
  const owner = workload.owner && model.workload(workload.owner);
  return (
    <>
      {workload.problem && (
        <div className="state-line bad">
          <StateIcon look={POD_LOOKS.failed} size={18} />
          <p>{workload.problem}</p>
        </div>
      )}
      <Facts
        rows={[
          ['Desired', String(workload.desired)],
          ['Current', String(workload.current)],
          ['Ready', String(workload.ready)],
          ['Image', workload.image && <code>{workload.image}</code>],
          ['Owner', workload.owner && <Link to={owner?.key}>{`${workload.owner.kind} ${workload.owner.name}`}</Link>],
          ['Paused', workload.paused && 'yes'],
        ]}
      />
      {owned.length > 0 && (
        <>
          <h3>Owns</h3>
          <ul className="containers">
            {owned.map((other) => (
              <li key={other.key}>
                <StateIcon look={other.desired === other.ready ? POD_LOOKS.ready : POD_LOOKS.creating} />
                <div>
                  <Link to={other.key}>{other.name}</Link>
                  <code>{other.image}</code>
                </div>
                <span className="word">
                  {other.ready}/{other.desired}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function MachineSummary({ machine }: { readonly machine: MachineRow }) {
  useVersion('node');
  const node = model.nodes.get(machine.name);
  const look = !node || !machine.powered ? POD_LOOKS.unknown : node.ready === 'True' ? POD_LOOKS.ready : POD_LOOKS.failed;
  return (
    <>
      <div className={`state-line ${look.tone}`}>
        <StateIcon look={look} size={18} />
        <div>
          <strong>
            {!machine.powered ? 'Powered off' : !node ? 'No node yet' : node.ready === 'True' ? 'Ready' : `NotReady, ${node.reason}`}
          </strong>
          {node?.message && <p>{node.message}</p>}
        </div>
      </div>
      <Facts
        rows={[
          ['Address', <code key="ip">{machine.ip}</code>],
          ['Kubelet', node?.version],
          ['CPU', `${machine.cpuMillis / 1000} cores, ${(node?.requestedCpuMillis ?? 0) / 1000} requested`],
          ['Memory', `${gib(machine.memoryBytes)} GiB, ${gib(node?.requestedMemoryBytes ?? 0)} requested`],
          ['Pods', `${node?.pods ?? 0} of ${node?.podLimit ?? 110}`],
          ['Schedulable', node && !node.schedulable && 'no, cordoned'],
          ['Pressure', node?.pressures.join(', ')],
        ]}
      />
    </>
  );
}

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1).replace('.0', '');
