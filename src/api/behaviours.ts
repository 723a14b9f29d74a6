import { completeBehaviour } from './complete-behaviour.ts';
import { podBehaviour } from './core/pod/pod.ts';
import { BUILTIN_KINDS, type Kind } from './kind.ts';
import type { Behaviour, KindBehaviour } from './behaviour.ts';
import type { KubeObject } from './object.ts';

/** The behaviours of all kinds that have one of their own. */
const OWN: readonly KindBehaviour[] = [podBehaviour];

const place = (kind: Kind) => `${kind.apiVersion}/${kind.resource}`;

const known = new Map<string, Behaviour>();
for (const own of OWN) known.set(place(own.kind), completeBehaviour(own));
for (const [key, kind] of BUILTIN_KINDS) if (!known.has(key)) known.set(key, completeBehaviour({ kind }));

/** Every built-in kind's behaviour, keyed `apps/v1/deployments`. */
export const BEHAVIOURS: ReadonlyMap<string, Behaviour> = known;

/** How objects of `kind` behave; kinds that are not built in behave as kinds in general do. */
export function behaviourOf<T extends KubeObject>(kind: Kind<T>): Behaviour<T> {
  return (known.get(place(kind)) ?? completeBehaviour({ kind })) as Behaviour<T>;
}
