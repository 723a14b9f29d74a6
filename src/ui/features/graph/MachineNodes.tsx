import type { NodeProps } from '@xyflow/react';
import { Cpu, Power, PowerOff, Server } from 'lucide-react';
import { memo } from 'react';
import type { MachineRow, NodeRow, UnitRow } from '../../../protocol/rows.ts';
import { model, useCluster } from '../../store/cluster.ts';
import { inspect, setView, useView } from '../../store/view.ts';
import { Scaled } from './Scaled.tsx';
import { healthTone } from './painter.ts';

function useMachine(name: string): { machine: MachineRow | undefined; node: NodeRow | undefined } {
  const machine = useCluster(() => model.machines.get(name));
  const node = useCluster(() => model.nodes.get(name));
  return { machine, node };
}

/** What a machine's light says, in a word. */
export function healthWord(machine: MachineRow | undefined, node: NodeRow | undefined): string {
  if (machine && !machine.powered) return 'Powered off';
  if (!node) return 'Booting';
  if (node.ready !== 'True') return 'NotReady';
  if (!node.schedulable) return 'Ready, cordoned';
  return node.pressures[0] ?? 'Ready';
}

/** A unit that should run and does not, while the machine does: the cluster itself may not know yet. */
function stoppedUnit(machine: MachineRow | undefined): string | undefined {
  if (!machine?.powered) return undefined;
  return machine.units.find((unit) => unit.state === 'inactive' || unit.state === 'failed')?.name;
}

function useSelected(key: string): boolean {
  return useView((view) => view.selected === key);
}

function PlateTitle({ name, role }: { readonly name: string; readonly role: 'master' | 'minion' }) {
  const { machine, node } = useMachine(name);
  const tone = machine && !machine.powered ? 'idle' : healthTone(node);
  const word = healthWord(machine, node);
  const Icon = machine && !machine.powered ? PowerOff : tone === 'idle' ? Power : role === 'master' ? Cpu : Server;
  const key = `machine/${name}`;
  const stopped = role === 'minion' ? stoppedUnit(machine) : undefined;
  return (
    <button
      type="button"
      className="plate-title"
      title={node?.message ? `${name}: ${node.message}` : `${name}: ${word}`}
      aria-label={`${role} ${name}, ${word}`}
      onClick={() => inspect(key)}
      onFocus={() => setView({ hovered: key })}
      onBlur={() => setView({ hovered: undefined })}
    >
      <span className={`lamp ${tone}`} aria-hidden>
        <Icon size={14} />
      </span>
      <strong>{name}</strong>
      <span className={`chip ${tone === 'idle' ? '' : tone}`}>{word}</span>
      {stopped ? <span className="chip warn stopped">{stopped} stopped</span> : <span className="address">{machine?.ip}</span>}
    </button>
  );
}

export const MinionNode = memo(function MinionNode({ data }: NodeProps) {
  const name = data['name'] as string;
  const { machine, node } = useMachine(name);
  const selected = useSelected(`machine/${name}`);
  const state = machine && !machine.powered ? 'off' : !node ? 'booting' : node.ready === 'True' ? 'up' : 'down';
  return (
    <div className={`plate minion ${state} ${selected ? 'selected' : ''}`} data-machine={name} data-health={healthWord(machine, node)}>
      <PlateTitle name={name} role="minion" />
      <Capacity machine={machine} node={node} />
    </div>
  );
});

function Capacity({ machine, node }: { readonly machine: MachineRow | undefined; readonly node: NodeRow | undefined }) {
  const cpu = node?.cpuMillis || machine?.cpuMillis || 1;
  const memory = node?.memoryBytes || machine?.memoryBytes || 1;
  const limit = node?.podLimit || 110;
  return (
    <div className="capacity">
      <Bar
        label="cpu"
        share={(node?.requestedCpuMillis ?? 0) / cpu}
        text={`${cores(node?.requestedCpuMillis ?? 0)}/${cores(cpu)}`}
        title="CPU cores requested by pods"
      />
      <Bar
        label="mem"
        share={(node?.requestedMemoryBytes ?? 0) / memory}
        text={`${gigabytes(node?.requestedMemoryBytes ?? 0)}/${gigabytes(memory)}`}
        title="GiB of memory requested by pods"
      />
      <Bar
        label="pods"
        share={(node?.pods ?? 0) / limit}
        text={`${node?.pods ?? 0}/${limit}`}
        title="Pods, of as many as the kubelet takes"
      />
    </div>
  );
}

function Bar({
  label,
  share,
  text,
  title,
}: {
  readonly label: string;
  readonly share: number;
  readonly text: string;
  readonly title: string;
}) {
  return (
    <div className="bar" title={title}>
      <span>
        {label} <b>{text}</b>
      </span>
      <i className={share > 0.9 ? 'full' : ''}>
        <u style={{ transform: `scaleX(${Math.min(1, share)})` }} />
      </i>
    </div>
  );
}

const cores = (millis: number) => String(Math.round(millis / 100) / 10);
const gigabytes = (bytes: number) => String(Math.round((bytes / 2 ** 30) * 10) / 10);

/** The master's parts in the order in which a request meets them. */
const COMPONENTS: readonly (readonly [string, string])[] = [
  ['kube-apiserver', 'API server'],
  ['etcd', 'etcd'],
  ['kube-scheduler', 'Scheduler'],
  ['kube-controller-manager', 'Controllers'],
];

export const MasterNode = memo(function MasterNode({ data }: NodeProps) {
  const name = data['name'] as string;
  const { machine } = useMachine(name);
  const selected = useSelected(`machine/${name}`);
  const units = new Map((machine?.units ?? []).map((unit) => [unit.name, unit]));
  return (
    <Scaled by={data['scale']}>
      <div className={`plate master ${selected ? 'selected' : ''} ${machine && !machine.powered ? 'off' : ''}`} data-machine={name}>
        <PlateTitle name={name} role="master" />
        <ul className="components">
          {COMPONENTS.map(([unit, label]) => (
            <Component key={unit} label={label} name={unit} unit={units.get(unit)} />
          ))}
        </ul>
      </div>
    </Scaled>
  );
});

function Component({ label, name, unit }: { readonly label: string; readonly name: string; readonly unit: UnitRow | undefined }) {
  const state = unit?.state ?? 'inactive';
  const tone = state === 'active' ? 'ok' : state === 'activating' ? 'busy' : state === 'failed' ? 'bad' : 'idle';
  return (
    <li className={`component ${tone}`} title={`${name}: ${state}`}>
      <i aria-hidden />
      {label}
      <span className="hidden-text">{state}</span>
    </li>
  );
}

export const TrayNode = memo(function TrayNode({ data }: NodeProps) {
  const shown = data['capacity'] as number;
  const waiting = useCluster(() => {
    let count = 0;
    for (const state of ['pending'] as const) count += model.podStates.get(state) ?? 0;
    return count;
  });
  return (
    <Scaled by={data['scale']}>
      <div className={`plate tray ${waiting ? 'busy' : ''}`} data-waiting={waiting}>
        <div className="tray-title">
          <strong>Waiting for a minion</strong>
          <span className={`chip ${waiting ? 'warn' : ''}`}>{waiting}</span>
          {waiting > shown && <span className="more">{shown} shown</span>}
        </div>
        {waiting === 0 && <p>New pods appear here until the scheduler binds them.</p>}
      </div>
    </Scaled>
  );
});
