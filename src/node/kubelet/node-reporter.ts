import { LEASES, NODES, type Lease, type Node } from '../../api/kinds.ts';
import { isApiError } from '../../api/status.ts';
import { rfc3339Micro } from '../../base/time.ts';
import { NetError } from '../../net/fabric.ts';
import { Condition } from '../../sim/sync.ts';
import { sleep, withTimeout, type Task } from '../../sim/wait.ts';
import { sameValue } from './intern.ts';
import { nodeConditions, nodeImages, nodeObject, nodeStatus, type NodeCondition, type NodeFacts } from './node-object.ts';
import type { Stored } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/recorder.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** How often the node's status is looked at, and how long an unchanged one may go untold. */
const CHECK_MS = 10_000;
const REPORT_MS = 300_000;
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
/** Renewals come up to this part later, in thousandths. */
const RENEW_JITTER_PERMILLE = 40;
const LEASE_NAMESPACE = 'kube-node-lease';
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 7_000;
/** How long the engine may be away before the node is not ready. */
const RUNTIME_GRACE_MS = 30_000;

export interface ReporterOptions {
  readonly kernel: Kernel;
  readonly group: Group;
  readonly client: Client;
  readonly runtime: Runtime;
  readonly recorder: EventRecorder;
  readonly rng: Rng;
  readonly facts: NodeFacts;
  log(line: string): void;
}

/** Registers the node, keeps its status and its lease fresh (kubelet_node_status.go, component-helpers lease). */
export class NodeReporter {
  private readonly options: ReporterOptions;
  private node: Stored<Node> | undefined;
  private reportedMs = 0;
  private runtimeSeenMs: number;
  private readonly attention = new Condition();
  private readonly constant: Record<string, unknown>;

  constructor(options: ReporterOptions) {
    this.options = options;
    this.runtimeSeenMs = options.kernel.now;
    this.constant = nodeStatus(options.facts) as Record<string, unknown>;
    options.group.spawn('node status', this.reportForEver());
    options.group.spawn('node lease', this.renewForEver());
  }

  /** Something about the node may have changed. */
  look(): void {
    if (this.node && !this.isHealthCurrent(this.node)) this.attention.notify();
  }

  /** A newer version of the API object. */
  known(node: Stored<Node>): void {
    if (this.node) this.node = node;
  }

  private *reportForEver(): Task<void> {
    yield* this.register();
    for (;;) {
      try {
        yield* this.report();
      } catch (error) {
        if (!isApiError(error) && !(error instanceof NetError)) throw error;
        this.options.log(`Error updating node status, will retry: ${error.message}`);
        if (isApiError(error, 'NotFound')) {
          this.node = undefined;
          yield* this.register();
          continue;
        }
      }
      yield* withTimeout(CHECK_MS, this.attention);
    }
  }

  private *register(): Task<void> {
    const { client, kernel, facts, log, recorder } = this.options;
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      const wanted = nodeObject(facts);
      const now = kernel.timestamp();
      const conditions = nodeConditions(undefined, this.problem(), now);
      try {
        log(`Attempting to register node node="${facts.name}"`);
        this.node = yield* client.create(NODES, { ...wanted, status: { ...wanted.status, conditions } });
        this.reportedMs = kernel.now;
        recorder.event(this.reference(), 'Normal', 'Starting', 'Starting kubelet.');
        for (const condition of conditions) if (condition.type !== 'Ready') this.announce(condition);
        recorder.event(this.reference(), 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
        log(`Successfully registered node node="${facts.name}"`);
        return;
      } catch (error) {
        if (isApiError(error, 'AlreadyExists')) {
          if (yield* this.adopt()) return;
        } else if (!isApiError(error) && !(error instanceof NetError)) throw error;
        else log(`Unable to register node with API server: ${error.message}`);
      }
      yield* sleep(retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  /** The node is there from before; its status is brought up to date by the next report. */
  private *adopt(): Task<boolean> {
    const { client, facts, recorder, log } = this.options;
    try {
      const node = yield* client.get(NODES, { name: facts.name });
      recorder.event(this.reference(), 'Normal', 'Starting', 'Starting kubelet.');
      const before = node.status?.nodeInfo?.bootID;
      if (before && before !== facts.machine.bootId) {
        recorder.event(this.reference(), 'Warning', 'Rebooted', `Node ${facts.name} has been rebooted, boot id: ${facts.machine.bootId}`);
      }
      this.node = node;
      log(`Node was previously registered node="${facts.name}"`);
      return true;
    } catch (error) {
      if (!isApiError(error) && !(error instanceof NetError)) throw error;
      return false;
    }
  }

  /** Writes the status if it has changed, or has not been written for long. */
  private *report(): Task<void> {
    const { client, kernel, facts, runtime } = this.options;
    const node = this.node!;
    if (runtime.running) this.runtimeSeenMs = kernel.now;
    const changes = this.changes(node);
    if (!changes && kernel.now - this.reportedMs < REPORT_MS) return;
    const conditions = nodeConditions(node.status?.conditions, this.problem(), kernel.timestamp());
    const status = { ...changes, conditions };
    this.node = yield* client.patch(NODES, { name: facts.name }, 'merge', { status }, { subresource: 'status' });
    this.reportedMs = kernel.now;
    for (const condition of conditions) {
      const old = node.status?.conditions?.find(({ type }) => type === condition.type);
      if (old?.status !== condition.status) this.announce(condition);
    }
  }

  /** What of the status is not as the API server has it; undefined if nothing is worth telling. */
  private changes(node: Stored<Node>): Record<string, unknown> | undefined {
    const wanted = { ...this.constant, images: nodeImages(this.options.runtime) };
    const present = (node.status ?? {}) as Record<string, unknown>;
    let changes: Record<string, unknown> | undefined = this.isHealthCurrent(node) ? undefined : {};
    for (const [field, value] of Object.entries(wanted)) {
      const isEmpty = Array.isArray(value) && value.length === 0 && present[field] === undefined;
      if (!isEmpty && !sameValue(present[field], value)) (changes ??= {})[field] = value;
    }
    return changes;
  }

  private isHealthCurrent(node: Stored<Node>): boolean {
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    const problem = this.problem();
    if ((ready?.status === 'True') !== (problem === undefined) || (problem !== undefined && ready?.message !== problem)) return false;
    return !node.status?.conditions?.some(({ status }) => status === 'Unknown');
  }

  /** Why the node cannot run pods; undefined if it can. */
  private problem(): string | undefined {
    const { runtime, kernel } = this.options;
    if (!runtime.running && kernel.now - this.runtimeSeenMs >= RUNTIME_GRACE_MS) return 'container runtime is down';
    const { networkProblem } = runtime;
    return networkProblem === undefined
      ? undefined
      : `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${networkProblem}`;
  }

  private announce({ type, status }: NodeCondition): void {
    const { facts, recorder } = this.options;
    const reason =
      type === 'Ready'
        ? status === 'True'
          ? 'NodeReady'
          : 'NodeNotReady'
        : `NodeHas${type === 'MemoryPressure' ? 'SufficientMemory' : type === 'DiskPressure' ? 'NoDiskPressure' : 'SufficientPID'}`;
    recorder.event(this.reference(), 'Normal', reason, `Node ${facts.name} status is now: ${reason}`);
  }

  /** Events about a node name it by its name instead of its uid, as the kubelet does. */
  private reference(): Node {
    const { name } = this.options.facts;
    return { kind: 'Node', metadata: { name, uid: name } };
  }

  private *renewForEver(): Task<void> {
    const { kernel, facts, rng, log } = this.options;
    let lease: Stored<Lease> | undefined;
    for (;;) {
      try {
        lease = lease ? yield* this.renew(lease) : yield* this.obtainLease();
      } catch (error) {
        if (!isApiError(error) && !(error instanceof NetError)) throw error;
        lease = undefined;
        if (!(isApiError(error, 'NotFound') && kernel.now < 1000)) log(`Failed to update lease: ${error.message}`);
      }
      if (lease && !lease.metadata.ownerReferences && this.node) {
        const owner = { apiVersion: 'v1', kind: 'Node', name: facts.name, uid: this.node.metadata.uid };
        lease = { ...lease, metadata: { ...lease.metadata, ownerReferences: [owner] } };
      }
      yield* sleep(lease ? RENEW_MS + rng.int(0, (RENEW_MS * RENEW_JITTER_PERMILLE) / 1000) : 1_000);
    }
  }

  private *renew(lease: Stored<Lease>): Task<Stored<Lease>> {
    const renewTime = rfc3339Micro(this.options.kernel.epochMs());
    return yield* this.options.client.update(LEASES, { ...lease, spec: { ...lease.spec, renewTime } });
  }

  private *obtainLease(): Task<Stored<Lease>> {
    const { client, facts, kernel } = this.options;
    try {
      return yield* this.renew(yield* client.get(LEASES, { namespace: LEASE_NAMESPACE, name: facts.name }));
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
    const owners = this.node && [{ apiVersion: 'v1', kind: 'Node', name: facts.name, uid: this.node.metadata.uid }];
    return yield* client.create(LEASES, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: facts.name, namespace: LEASE_NAMESPACE, ...(owners && { ownerReferences: owners }) },
      spec: { holderIdentity: facts.name, leaseDurationSeconds: LEASE_SECONDS, renewTime: rfc3339Micro(kernel.epochMs()) },
    });
  }
}
