import { canonicalResource } from '../../quantity.ts';
import { changeField, changeItems, withDefaults, withField } from '../../share.ts';
import type { Container, EnvVar, HTTPGetAction, Lifecycle, LifecycleHandler, Probe, ResourceRequirements } from 'kubernetes-types/core/v1';

/*
 * Defaults of containers (pkg/apis/core/v1/defaults.go). A container to which nothing is added is
 * answered as it is, so that pods share the containers of the template they are made from.
 */

/** The pull policy of an image of which nothing is said: what is tagged `latest` may move. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image === '' || image.includes('@')) return 'IfNotPresent';
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon < 0 || name.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent';
}

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const HTTP_GET = { path: '/', scheme: 'HTTP' };
const CONTAINER = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const NO_RESOURCES: ResourceRequirements = {};

const defaultHttpGet = (action: HTTPGetAction) => withDefaults(action, HTTP_GET);
const defaultHandler = (handler: LifecycleHandler) => changeField(handler, 'httpGet', defaultHttpGet);

function defaultProbe(given: Probe): Probe {
  let probe = withDefaults(given, PROBE);
  probe = changeField(probe, 'httpGet', defaultHttpGet);
  return changeField(probe, 'grpc', (action) => withDefaults(action, { service: '' }));
}

function defaultLifecycle(given: Lifecycle): Lifecycle {
  return changeField(changeField(given, 'postStart', defaultHandler), 'preStop', defaultHandler);
}

function defaultEnvVar(variable: EnvVar): EnvVar {
  return changeField(variable, 'valueFrom', (source) => {
    const field = changeField(source, 'fieldRef', (reference) => withDefaults(reference, { apiVersion: 'v1' }));
    return changeField(field, 'resourceFieldRef', (reference) => withDefaults(reference, { divisor: '0' }));
  });
}

/** A resource list with every amount in its canonical text. */
export function canonicalResources(list: Record<string, string>): Record<string, string> {
  let copy: Record<string, string> | undefined;
  for (const name in list) {
    const canonical = canonicalResource(list[name] as string);
    if (canonical !== list[name]) (copy ??= { ...list })[name] = canonical;
  }
  return copy ?? list;
}

type Lists = { limits?: Record<string, string>; requests?: Record<string, string> };

export function canonicalRequirements<T extends Lists>(resources: T): T {
  return changeField(changeField(resources, 'limits', canonicalResources), 'requests', canonicalResources);
}

/** Requests that are missing are the limits (SetDefaults_Pod: for pods, not for templates). */
export function requestLimits<T extends Lists>(resources: T): T {
  const { limits } = resources;
  if (!limits) return resources;
  return withField(resources, 'requests', withDefaults(resources.requests ?? {}, limits));
}

/** Defaults of a container of a pod or a template; `ofPod` where requests follow limits. */
export function defaultContainer(given: Container, ofPod: boolean): Container {
  let container = withDefaults(given, CONTAINER);
  if (!container.imagePullPolicy) container = { ...container, imagePullPolicy: defaultPullPolicy(container.image ?? '') };
  const resources = container.resources ?? NO_RESOURCES;
  const required = canonicalRequirements(resources);
  container = withField(container, 'resources', ofPod ? requestLimits(required) : required);
  if (container.ports) container = changeItems(container, 'ports', (port) => (port.protocol ? port : { ...port, protocol: 'TCP' }));
  if (container.env) container = changeItems(container, 'env', defaultEnvVar);
  if (container.livenessProbe) container = changeField(container, 'livenessProbe', defaultProbe);
  if (container.readinessProbe) container = changeField(container, 'readinessProbe', defaultProbe);
  if (container.startupProbe) container = changeField(container, 'startupProbe', defaultProbe);
  if (container.lifecycle) container = changeField(container, 'lifecycle', defaultLifecycle);
  return container;
}
