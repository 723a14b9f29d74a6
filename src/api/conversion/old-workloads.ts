import type { KubeObject } from '../object.ts';

/*
 * Defaults that old versions of workloads had and the present ones have no more. Objects come as
 * they were sent, so nothing is known of their types yet.
 */

const UNLIMITED = 2 ** 31 - 1;

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMissing = (value: unknown) => value === undefined || value === null;

function fill(object: Json, field: string, value: unknown): Json {
  return isMissing(object[field]) ? { ...object, [field]: value } : object;
}

function withSpec(object: KubeObject, change: (spec: Json) => Json): KubeObject {
  return isObject(object.spec) ? { ...object, spec: change(object.spec) } : object;
}

function templateLabels(object: KubeObject): Json | undefined {
  const labels: unknown = object.spec?.template?.metadata?.labels;
  return isObject(labels) && Object.keys(labels).length > 0 ? labels : undefined;
}

/** Labels and selector that are missing are the template's. */
export function withTemplateLabels(object: KubeObject): KubeObject {
  const labels = templateLabels(object);
  if (!labels) return object;
  const selected = withSpec(object, (spec) => fill(spec, 'selector', { matchLabels: labels }));
  const own = object.metadata?.labels;
  if (own && Object.keys(own).length > 0) return selected;
  return { ...selected, metadata: { ...selected.metadata, labels: labels as Record<string, string> } };
}

function withStrategy(spec: Json, field: string, type: string, rolling: Json): Json {
  const given = isObject(spec[field]) ? spec[field] : {};
  const strategy = fill(given, 'type', type);
  if (strategy['type'] !== 'RollingUpdate') return { ...spec, [field]: strategy };
  const update = isObject(strategy['rollingUpdate']) ? strategy['rollingUpdate'] : {};
  return { ...spec, [field]: { ...strategy, rollingUpdate: { ...rolling, ...update } } };
}

/** extensions/v1beta1: one more, one less, unlimited history, no deadline. `rollbackTo` is a write of its own. */
export function extensionsDeployment(object: KubeObject): KubeObject {
  return withSpec(withTemplateLabels(object), (spec) => {
    const { rollbackTo: _gone, ...rest } = spec;
    const limited = fill(fill(rest, 'progressDeadlineSeconds', UNLIMITED), 'revisionHistoryLimit', UNLIMITED);
    return withStrategy(limited, 'strategy', 'RollingUpdate', { maxUnavailable: 1, maxSurge: 1 });
  });
}

/** apps/v1beta1: as today, but for a history of two and what the template says. */
export function appsBeta1Deployment(object: KubeObject): KubeObject {
  return withSpec(withTemplateLabels(object), (spec) => {
    const { rollbackTo: _gone, ...rest } = spec;
    return fill(rest, 'revisionHistoryLimit', 2);
  });
}

/** extensions/v1beta1: pods are replaced only once they are deleted. */
export function extensionsDaemonSet(object: KubeObject): KubeObject {
  return withSpec(withTemplateLabels(object), (spec) => {
    const { templateGeneration: _gone, ...rest } = spec;
    return withStrategy(rest, 'updateStrategy', 'OnDelete', { maxUnavailable: 1 });
  });
}

/** apps/v1beta1: pods are replaced only once they are deleted. */
export function appsBeta1StatefulSet(object: KubeObject): KubeObject {
  return withSpec(withTemplateLabels(object), (spec) => withStrategy(spec, 'updateStrategy', 'OnDelete', { partition: 0 }));
}
