import { Ban, CircleCheck, Minus, Plug, Plus, PowerOff, Trash2 } from 'lucide-react';
import type { MachineRow, Row } from '../../../protocol/rows.ts';
import { Button, IconButton } from '../../kit/Button.tsx';
import { deletePod, deleteWorkload, isScalable, scale, setPower, setSchedulable, setUnit } from '../../store/actions.ts';
import { model, useVersion } from '../../store/cluster.ts';

/** What can be done to a thing with one press. */
export function Actions({ row }: { readonly row: Row }) {
  useVersion('node');
  switch (row.kind) {
    case 'pod':
      return (
        <div className="actions">
          <Button danger onClick={() => void deletePod(row)}>
            <Trash2 size={14} /> Delete
          </Button>
        </div>
      );
    case 'workload':
      return (
        <div className="actions">
          {isScalable(row.type) && (
            <div className="stepper" role="group" aria-label="Replicas">
              <IconButton label="One replica less" disabled={row.desired === 0} onClick={() => void scale(row, row.desired - 1)}>
                <Minus size={14} />
              </IconButton>
              <b>{row.desired}</b>
              <IconButton label="One replica more" onClick={() => void scale(row, row.desired + 1)}>
                <Plus size={14} />
              </IconButton>
            </div>
          )}
          <Button danger onClick={() => void deleteWorkload(row)}>
            <Trash2 size={14} /> Delete
          </Button>
        </div>
      );
    case 'machine':
      return <MachineActions machine={row} />;
    default:
      return null;
  }
}

function MachineActions({ machine }: { readonly machine: MachineRow }) {
  const node = model.nodes.get(machine.name);
  const kubelet = machine.units.find((unit) => unit.name === 'kubelet');
  const runs = kubelet?.state === 'active';
  return (
    <div className="actions">
      {machine.powered && kubelet && (
        <Button onClick={() => setUnit(machine, 'kubelet', runs ? 'stop' : 'start')}>
          {runs ? <Ban size={14} /> : <CircleCheck size={14} />} {runs ? 'Stop kubelet' : 'Start kubelet'}
        </Button>
      )}
      {node && machine.role === 'minion' && (
        <Button onClick={() => void setSchedulable(machine.name, !node.schedulable)}>{node.schedulable ? 'Cordon' : 'Uncordon'}</Button>
      )}
      <Button danger={machine.powered} onClick={() => setPower(machine, !machine.powered)}>
        {machine.powered ? <PowerOff size={14} /> : <Plug size={14} />} {machine.powered ? 'Power off' : 'Power on'}
      </Button>
    </div>
  );
}
