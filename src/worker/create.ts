import { Cluster } from '../cluster/cluster.ts';
import { parseClusterDocument } from '../cluster/parse.ts';
import type { ClusterOutput } from '../cluster/input.ts';
import type { MachineRow } from '../protocol/rows.ts';
import type { CreatedCluster } from './source.ts';

/** Makes the cluster of a document. Throws `ClusterDocumentError`. */
export function createCluster(text: string, output: ClusterOutput): CreatedCluster {
  const document = parseClusterDocument(text);
  const cluster = Cluster.create(document, output);
  const masters = new Set(document.masters.map((machine) => machine.name));
  const machines = (): MachineRow[] => [...cluster.machines.values()].map((machine) => machineRow(machine, masters.has(machine.name)));
  return {
    source: {
      kernel: cluster.kernel,
      store: cluster.store,
      get inputs() {
        return cluster.inputs;
      },
      perform: (input) => cluster.perform(input),
      complete: (terminal, line, cursor) => cluster.complete(terminal, line, cursor),
      stateHash: () => cluster.stateHash(),
      machines,
    },
    release: document.release,
    seed: document.seed,
  };
}

function machineRow(machine: Cluster['firstMaster'], isMaster: boolean): MachineRow {
  return {
    kind: 'machine',
    key: `machine/${machine.name}`,
    name: machine.name,
    role: isMaster ? 'master' : 'minion',
    ip: machine.ip,
    cpuMillis: machine.cpu * 1000,
    memoryBytes: machine.memoryBytes,
    powered: machine.powered,
    units: machine.units.names().map((name) => ({ name, state: machine.units.state(name) ?? 'inactive' })),
  };
}
