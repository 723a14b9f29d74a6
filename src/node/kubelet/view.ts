import type { Container, Runtime, Sandbox } from '../runtime/runtime.ts';

/** What the engine has of one container of a pod. */
export interface ContainerHistory {
  /** The newest instance. */
  readonly current: Container;
  /** The one before it. */
  readonly previous: Container | undefined;
}

/** What the engine has of a pod, over all its sandboxes. */
export interface PodView {
  /** The newest sandbox. */
  readonly sandbox: Sandbox | undefined;
  history(name: string): ContainerHistory | undefined;
}

const NOTHING: PodView = { sandbox: undefined, history: () => undefined };

/** Looks at a pod's sandboxes and containers. */
export function viewPod(runtime: Runtime, podUid: string): PodView {
  const sandboxes = runtime.sandboxes(podUid);
  if (sandboxes.length === 0) return NOTHING;
  return {
    sandbox: sandboxes[sandboxes.length - 1],
    history: (name) => historyOf(sandboxes, name),
  };
}

function historyOf(sandboxes: readonly Sandbox[], name: string): ContainerHistory | undefined {
  let current: Container | undefined;
  let previous: Container | undefined;
  for (const sandbox of sandboxes) {
    for (const container of sandbox.containers) {
      if (container.name !== name) continue;
      if (!current || container.attempt >= current.attempt) {
        previous = current;
        current = container;
      } else if (!previous || container.attempt >= previous.attempt) previous = container;
    }
  }
  return current && { current, previous };
}
