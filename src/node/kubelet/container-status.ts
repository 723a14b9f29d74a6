import { flat } from '../../base/flat.ts';
import { rfc3339 } from '../../base/time.ts';
import { Pool, sameValue } from './intern.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Container } from '../runtime/runtime.ts';
import type { ContainerHistory } from './view.ts';

type PodSpec = NonNullable<Pod['spec']>;
export type ContainerSpec = PodSpec['containers'][number];
type PodStatus = NonNullable<Pod['status']>;
export type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];
export type ContainerState = NonNullable<ContainerStatus['state']>;

/** Why a container does not run yet, or not again. */
export interface WaitReason {
  readonly reason: string;
  readonly message?: string;
}

export interface ContainerFacts {
  readonly spec: ContainerSpec;
  readonly history: ContainerHistory | undefined;
  /** What the last attempt to start it ran into. */
  readonly waiting: WaitReason | undefined;
  /** For a container that was never created: `ContainerCreating` or `PodInitializing`. */
  readonly defaultReason: string;
  readonly ready: boolean;
  readonly started: boolean;
  /** What the API server was told last; lost containers are remembered by it. */
  readonly reported: ContainerStatus | undefined;
  /** The pod ends: what never ran will not run any more. */
  readonly ending: boolean;
  /** Turns the kernel's milliseconds into those of the epoch. */
  readonly startEpochMs: number;
}

const NO_STATE: ContainerState = {};
const NO_RESOURCES = {};
const states = new Pool<ContainerState>();
const imageIds = new Pool<string>();

/** A container's entry in the pod's status. */
export function containerStatus(facts: ContainerFacts): ContainerStatus {
  const { spec, history, reported } = facts;
  const current = history?.current;
  const state = stateOf(facts);
  const last = lastStateOf(facts, state);
  const restartCount = current ? current.attempt : (reported?.restartCount ?? 0);
  const { requests } = spec.resources ?? {};
  const status: Record<string, unknown> = {};
  if (requests && state.running) status['allocatedResources'] = requests;
  if (current) status['containerID'] = current.statusId;
  else if (reported?.containerID) status['containerID'] = reported.containerID;
  status['image'] = current ? current.image.familiarName : spec.image;
  status['imageID'] = current ? imageIdOf(current.image.repoDigest) : (reported?.imageID ?? '');
  status['lastState'] = last;
  status['name'] = spec.name;
  status['ready'] = facts.ready;
  if (state.running) status['resources'] = spec.resources && Object.keys(spec.resources).length > 0 ? spec.resources : NO_RESOURCES;
  status['restartCount'] = restartCount;
  status['started'] = facts.started;
  status['state'] = state;
  const volumeMounts = mountsOf(spec, reported?.volumeMounts);
  if (volumeMounts) status['volumeMounts'] = volumeMounts;
  return status as unknown as ContainerStatus;
}

function stateOf(facts: ContainerFacts): ContainerState {
  const { history, waiting, defaultReason, reported, ending, startEpochMs } = facts;
  const current = history?.current;
  if (current?.state === 'running') return runningState(current.startedMs + startEpochMs);
  if (current?.state === 'exited' && (!waiting || ending)) return terminatedState(current, startEpochMs);
  if (current?.state === 'created' && !waiting) return waitingState({ reason: 'ContainerCreating' });
  if (ending) return current ? terminatedState(current, startEpochMs) : (reported?.state?.terminated && reported.state) || unknownState();
  if (!current && reported?.state?.terminated && !waiting) return reported.state;
  return waitingState(waiting ?? { reason: defaultReason });
}

function lastStateOf({ history, reported, startEpochMs }: ContainerFacts, state: ContainerState): ContainerState {
  if (!history) return reported?.lastState ?? NO_STATE;
  const { current, previous } = history;
  if (state.waiting && current.state === 'exited') return terminatedState(current, startEpochMs);
  if (previous?.state === 'exited') return terminatedState(previous, startEpochMs);
  return NO_STATE;
}

function runningState(epochMs: number): ContainerState {
  const startedAt = rfc3339(epochMs);
  return states.get(startedAt, () => ({ running: { startedAt } }));
}

function waitingState({ reason, message }: WaitReason): ContainerState {
  return states.get(`${reason}\n${message}`, () => ({ waiting: message === undefined ? { reason } : { message, reason } }));
}

function terminatedState(container: Container, startEpochMs: number): ContainerState {
  const { statusId, exitCode, reason, message, startedMs, finishedMs } = container;
  return {
    terminated: {
      containerID: statusId,
      exitCode,
      finishedAt: rfc3339(finishedMs + startEpochMs),
      ...(message && { message }),
      reason: reason || 'Error',
      startedAt: rfc3339(startedMs + startEpochMs),
    },
  };
}

/** Of a container that nobody has seen running (kubelet_pods.go). */
function unknownState(): ContainerState {
  return states.get('unknown', () => ({
    terminated: {
      exitCode: 137,
      finishedAt: null,
      message: 'The container could not be located when the pod was terminated',
      reason: 'ContainerStatusUnknown',
      startedAt: null,
    } as unknown as NonNullable<ContainerState['terminated']>,
  }));
}

function imageIdOf(repoDigest: string): string {
  return imageIds.get(repoDigest, () => flat(`docker-pullable://${repoDigest}`));
}

/** What was reported stays, if it says the same. */
function mountsOf(spec: ContainerSpec, reported: readonly object[] | undefined): readonly object[] | undefined {
  const { volumeMounts } = spec;
  if (!volumeMounts || volumeMounts.length === 0) return undefined;
  const status = volumeMounts.map(({ mountPath, name, readOnly }) =>
    readOnly ? { mountPath, name, readOnly, recursiveReadOnly: 'Disabled' } : { mountPath, name },
  );
  return reported && sameValue(reported, status) ? reported : status;
}
