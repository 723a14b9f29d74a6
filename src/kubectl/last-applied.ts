import { compactJson } from '../api/print.ts';
import type { KubeObject } from '../api/object.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The configuration that an object carries in its annotation, as text; undefined if it has none. */
export function lastApplied(object: KubeObject): string | undefined {
  return object.metadata?.annotations?.[LAST_APPLIED];
}

/** What stands in the annotation: the object without the annotation itself, on one line. */
export function configurationText(object: KubeObject): string {
  const { [LAST_APPLIED]: _own, ...annotations } = object.metadata?.annotations ?? {};
  return `${compactJson({ ...object, metadata: { ...object.metadata, annotations } })}\n`;
}

/** The object with its own configuration in the annotation. */
export function withLastApplied(object: KubeObject): KubeObject {
  const annotations = { ...object.metadata?.annotations, [LAST_APPLIED]: configurationText(object) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
