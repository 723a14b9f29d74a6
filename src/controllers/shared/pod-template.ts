import { controllerReference } from './ownership.ts';
import type { Kind } from '../../api/kind.ts';
import type { Pod } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';

/** A pod of a template, controlled by `owner` and yet to be named by the server (controller_utils.go GetPodFromTemplate). */
export function podFromTemplate(template: PodTemplateSpec | undefined, owner: Stored<KubeObject>, kind: Kind): Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: podNamePrefix(owner.metadata.name),
      namespace: owner.metadata.namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner, kind)],
    },
    spec: template?.spec,
  };
}

/** `name-`, unless that could not begin a pod's name. */
function podNamePrefix(name: string): string {
  return name.length + 1 <= 253 ? `${name}-` : name;
}
