/* Development only: a cluster-like source of store events. Goes when src/cluster/cluster.ts is there. */
import { parse, parseAllDocuments, LineCounter } from 'yaml';
import { Kernel } from '../sim/kernel.ts';
import type { AppliedDocument, ClusterOutput, Input, LoggedInput } from '../cluster/input.ts';
import type { StoreEvent } from '../etcd/store.ts';
import type { MachineRow } from '../protocol/rows.ts';
import type { ClusterSource, CreatedCluster } from './source.ts';

type Any = any;

class Fake implements ClusterSource {
  readonly kernel = new Kernel(1, Date.parse('2026-01-01T00:00:00Z'));
  readonly inputs: LoggedInput[] = [];
  private objects = new Map<string, Any>();
  private listeners = new Set<(event: StoreEvent) => void>();
  private rev = 1;
  private stopped = new Set<string>();
  private terminals = new Map<string, string>();
  readonly store = {
    observe: (listener: (event: StoreEvent) => void) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  private minions: number;
  private output: ClusterOutput;
  constructor(minions: number, output: ClusterOutput) {
    this.minions = minions;
    this.output = output;
    for (const ns of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
      this.kernel.after(500, () => this.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ns }, status: { phase: 'Active' } }));
    this.machines().forEach((machine, index) => {
      this.kernel.after(1500 + index * 150, () => this.node(machine, 'False'));
      this.kernel.after(3000 + index * 400, () => this.node(machine, 'True'));
    });
    this.kernel.after(600, () =>
      this.put({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name: 'kubernetes' }, spec: { clusterIP: '10.96.0.1', type: 'ClusterIP', ports: [{ name: 'https', port: 443, targetPort: 6443 }] } }),
    );
    const tick = () => {
      this.reconcile();
      this.kernel.after(100, tick);
    };
    this.kernel.after(100, tick);
  }

  stateHash = () => this.kernel.trace.toString() + this.rev;
  complete = (_t: string, line: string) => ['kubectl get pods', 'kubectl get nodes', 'kubectl delete pod'].filter((c) => c.startsWith(line));

  machines(): MachineRow[] {
    const unit = (name: string, host: string) => ({ name, state: this.stopped.has(`${host}/${name}`) ? ('inactive' as const) : ('active' as const) });
    const master: MachineRow = {
      kind: 'machine', key: 'machine/master-1', name: 'master-1', role: 'master', ip: '10.0.0.1', cpuMillis: 2000, memoryBytes: 4 * 2 ** 30, powered: true,
      units: ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager', 'kubelet', 'docker'].map((n) => unit(n, 'master-1')),
    };
    return [master, ...Array.from({ length: this.minions }, (_, i): MachineRow => {
      const name = `minion-${i + 1}`;
      return { kind: 'machine', key: `machine/${name}`, name, role: 'minion', ip: `10.0.0.${i + 11}`, cpuMillis: 2000, memoryBytes: 4 * 2 ** 30, powered: true, units: ['kubelet', 'docker', 'kube-proxy'].map((n) => unit(n, name)) };
    })];
  }

  perform(input: Input): void {
    this.inputs.push({ event: this.kernel.events, atMs: this.kernel.now, input });
    this.kernel.after(20, () => this.act(input));
  }

  private act(input: Input): void {
    if (input.kind === 'apply') this.output.applied(input.id, input.files.flatMap((file) => this.apply(file.name, file.text)));
    if (input.kind === 'unit') this.unit(input.host, input.unit, input.action);
    if (input.kind === 'terminal-open') {
      this.terminals.set(input.terminal, input.host);
      this.output.terminalPrompt(input.terminal, `root@${input.host}:~# `);
    }
    if (input.kind === 'terminal-line') {
      this.output.terminalPrompt(input.terminal, undefined);
      const host = this.terminals.get(input.terminal)!;
      const words = input.text.trim().split(/\s+/);
      if (words[1] === 'delete') {
        for (const [key, object] of this.objects) if (object.kind === 'Pod' && object.metadata.name === words[3]) this.deletePod(key);
        this.output.terminalOutput(input.terminal, `pod "${words[3]}" deleted from default namespace\n`);
      } else if (words[1] === 'get') {
        this.output.terminalOutput(input.terminal, 'NAME                   READY   STATUS    RESTARTS   AGE\n');
        for (const object of this.objects.values()) if (object.kind === 'Pod') this.output.terminalOutput(input.terminal, `${object.metadata.name}   1/1     ${object.status.phase}   0          12s\n`);
      } else if (words[0] === 'exit') return this.output.terminalClosed(input.terminal, 0);
      else if (words[0]) this.output.terminalOutput(input.terminal, `bash: ${words[0]}: command not found\n`);
      this.kernel.after(100, () => this.output.terminalPrompt(input.terminal, `root@${host}:~# `));
    }
    if (input.kind === 'terminal-signal') this.output.terminalPrompt(input.terminal, `root@${this.terminals.get(input.terminal)}:~# `);
  }

  private unit(host: string, unit: string, action: string): void {
    if (action === 'stop') this.stopped.add(`${host}/${unit}`);
    else this.stopped.delete(`${host}/${unit}`);
    const machine = this.machines().find((m) => m.name === host)!;
    if (unit === 'kubelet') this.kernel.after(action === 'stop' ? 5000 : 1000, () => this.node(machine, action === 'stop' ? 'Unknown' : 'True'));
  }

  private apply(file: string, text: string): AppliedDocument[] {
    const lines = new LineCounter();
    return parseAllDocuments(text, { lineCounter: lines }).map((document: Any) => {
      const line = lines.linePos(document.range[0]).line;
      const object = document.toJSON();
      if (document.errors.length) return { file, line, object: '', outcome: 'failed' as const, error: { message: document.errors[0].message, line: lines.linePos(document.errors[0].pos[0]).line }, warnings: [] };
      const name = `${object.kind?.toLowerCase()}${object.apiVersion?.includes('/') ? '.' + object.apiVersion.split('/')[0] : ''}/${object.metadata?.name}`;
      if (!/^(Deployment|ReplicaSet|ReplicationController|Service|Pod|ConfigMap|Namespace)$/.test(object.kind)) return { file, line, object: name, outcome: 'failed' as const, error: { message: `no matches for kind "${object.kind}" in version "${object.apiVersion}"`, line: line + 1 }, warnings: [] };
      object.metadata.namespace ??= 'default';
      const key = this.key(object);
      const old = this.objects.get(key);
      if (object.kind === 'Service') object.spec.clusterIP = old?.spec.clusterIP ?? `10.96.${this.rev % 200}.7`;
      this.put({ ...object, metadata: { ...object.metadata, uid: old?.metadata.uid ?? `uid-${this.rev}` }, status: old?.status });
      return { file, line, object: name, outcome: old ? ('configured' as const) : ('created' as const), warnings: [] };
    });
  }

  private key = (object: Any) => `/registry/${object.kind.toLowerCase()}s/${object.metadata.namespace ?? ''}/${object.metadata.name}`;

  private put(object: Any): void {
    const key = this.key(object);
    this.rev++;
    object.metadata = { creationTimestamp: this.kernel.timestamp(), ...object.metadata, resourceVersion: String(this.rev) };
    const previous = this.objects.get(key);
    this.objects.set(key, object);
    for (const listener of this.listeners) listener({ type: 'PUT', kv: { key, value: object }, previous } as Any);
  }

  private remove(key: string): void {
    const value = this.objects.get(key);
    this.objects.delete(key);
    for (const listener of this.listeners) listener({ type: 'DELETE', kv: { key, value }, previous: undefined } as Any);
  }

  private event(about: Any, reason: string, message: string, fieldPath?: string, type = 'Normal'): void {
    this.put({ apiVersion: 'v1', kind: 'Event', metadata: { namespace: 'default', name: `${about.metadata.name}.${this.rev}` }, type, reason, message, involvedObject: { kind: about.kind, namespace: 'default', name: about.metadata.name, uid: about.metadata.uid, fieldPath }, source: { component: 'kubelet' }, count: 1, lastTimestamp: this.kernel.timestamp() });
  }

  private node(machine: MachineRow, ready: string): void {
    this.put({
      apiVersion: 'v1', kind: 'Node', metadata: { name: machine.name, uid: machine.name },
      spec: machine.role === 'master' ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } : {},
      status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' }, nodeInfo: { kubeletVersion: 'v1.35.0' }, conditions: [{ type: 'Ready', status: ready, reason: ready === 'Unknown' ? 'NodeStatusUnknown' : 'KubeletReady', message: ready === 'Unknown' ? 'Kubelet stopped posting node status.' : '' }] },
    });
  }

  private deletePod(key: string): void {
    const pod = this.objects.get(key);
    if (!pod || pod.metadata.deletionTimestamp) return;
    this.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: this.kernel.timestamp(), deletionGracePeriodSeconds: 30 } });
    this.kernel.after(2000, () => this.remove(key));
  }

  private reconcile(): void {
    for (const object of [...this.objects.values()]) {
      if (object.kind === 'Deployment') {
        const name = `${object.metadata.name}-7d4b9c6f5`;
        const key = `/registry/replicasets/default/${name}`;
        const rs = this.objects.get(key);
        if (!rs || rs.spec.replicas !== object.spec.replicas)
          this.put({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { ...rs?.metadata, namespace: 'default', name, uid: key, ownerReferences: [{ kind: 'Deployment', name: object.metadata.name, controller: true }] }, spec: { ...object.spec }, status: rs?.status });
      }
      if (object.kind === 'ReplicaSet' || object.kind === 'ReplicationController') this.workload(object);
      if (object.kind === 'Service' && object.spec.selector) this.slices(object);
    }
  }

  private workload(owner: Any): void {
    const mine = [...this.objects].filter(([, pod]) => pod.kind === 'Pod' && pod.metadata.ownerReferences?.[0].name === owner.metadata.name && !pod.metadata.deletionTimestamp);
    const ready = mine.filter(([, pod]) => pod.status.conditions?.[0]?.status === 'True').length;
    if (owner.status?.replicas !== mine.length || owner.status?.readyReplicas !== ready) {
      this.put({ ...owner, status: { replicas: mine.length, readyReplicas: ready } });
      const parent = owner.metadata.ownerReferences?.[0];
      const deployment = parent && this.objects.get(`/registry/deployments/default/${parent.name}`);
      if (deployment) this.put({ ...deployment, status: { replicas: mine.length, readyReplicas: ready } });
    }
    const missing = (owner.spec.replicas ?? 1) - mine.length;
    for (let i = 0; i < Math.min(missing, 50); i++) this.startPod(owner);
    for (let i = 0; i < -missing; i++) this.deletePod(mine[i]![0]);
  }

  private startPod(owner: Any): void {
    const rng = this.kernel.rng as Any;
    const suffix = Array.from({ length: 5 }, () => 'bcdfghjklmnpqrstvwxz2456789'[Math.floor(Math.random() * 27)]).join('');
    void rng;
    const name = `${owner.metadata.name}-${suffix}`;
    const uid = `uid-${this.rev}`;
    let pod: Any = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name, uid, labels: owner.spec.template.metadata.labels, ownerReferences: [{ kind: owner.kind, name: owner.metadata.name, controller: true }] }, spec: owner.spec.template.spec, status: { phase: 'Pending' } };
    this.put(pod);
    const key = this.key(pod);
    const change = (delay: number, next: (pod: Any) => Any) =>
      this.kernel.after(delay, () => {
        const current = this.objects.get(key);
        if (current && !current.metadata.deletionTimestamp) this.put((pod = next(current)));
      });
    const node = `minion-${1 + Math.floor(Math.random() * this.minions)}`;
    const container = owner.spec.template.spec.containers[0].name;
    const status = (state: Any, ready = false, restarts = 0) => ({ containerStatuses: [{ name: container, state, ready, restartCount: restarts }] });
    change(400, (p) => (this.event(p, 'Scheduled', `Successfully assigned default/${name} to ${node}`), { ...p, spec: { ...p.spec, nodeName: node } }));
    change(700, (p) => ({ ...p, status: { ...p.status, startTime: 'x', ...status({ waiting: { reason: 'ContainerCreating' } }) } }));
    this.kernel.after(900, () => this.event(pod, 'Pulling', 'Pulling image "nginx"', `spec.containers{${container}}`));
    if (/bad|missing/.test(owner.spec.template.spec.containers[0].image)) {
      this.kernel.after(3000, () => this.event(pod, 'Failed', 'Failed to pull image', `spec.containers{${container}}`, 'Warning'));
      change(3000, (p) => ({ ...p, status: { ...p.status, ...status({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "missing": not found' } }) } }));
      return;
    }
    if (/crash/.test(owner.spec.template.spec.containers[0].image)) {
      change(3000, (p) => ({ ...p, status: { ...p.status, phase: 'Running', ...status({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } }, false, 3) } }));
      return;
    }
    this.kernel.after(3500, () => this.event(pod, 'Pulled', 'Successfully pulled image "nginx" in 2.6s', `spec.containers{${container}}`));
    change(4000, (p) => ({ ...p, status: { ...p.status, phase: 'Running', podIP: '10.244.1.9', ...status({ running: {} }), conditions: [{ type: 'Ready', status: 'False' }] } }));
    change(5500, (p) => ({ ...p, status: { ...p.status, ...status({ running: {} }, true), conditions: [{ type: 'Ready', status: 'True' }] } }));
  }

  private slices(service: Any): void {
    const entries = Object.entries(service.spec.selector);
    const pods = [...this.objects.values()].filter((pod) => pod.kind === 'Pod' && pod.spec.nodeName && entries.every(([k, v]) => pod.metadata.labels?.[k] === v));
    const endpoints = pods.map((pod) => ({ addresses: ['10.244.1.9'], conditions: { ready: pod.status.conditions?.[0]?.status === 'True' }, targetRef: { kind: 'Pod', namespace: 'default', name: pod.metadata.name } }));
    const key = `/registry/endpointslices/default/${service.metadata.name}-x`;
    if (JSON.stringify(this.objects.get(key)?.endpoints) !== JSON.stringify(endpoints))
      this.put({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { namespace: 'default', name: `${service.metadata.name}-x`, labels: { 'kubernetes.io/service-name': service.metadata.name } }, endpoints });
  }
}

export function createFake(document: string, output: ClusterOutput): CreatedCluster {
  const parsed = parse(document);
  if (typeof parsed !== 'object' || !parsed) throw new Error('line 1: a cluster document is a mapping');
  return { source: new Fake(parsed.minions ?? 3, output), release: 'v1.35.0', seed: 1 };
}
