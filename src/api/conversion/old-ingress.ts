import type { KubeObject } from '../object.ts';

/* Ingresses of extensions/v1beta1 and networking.k8s.io/v1beta1, which name backends otherwise. */

type Json = Record<string, any>;

/** `serviceName` and `servicePort` → `service: {name, port}`. */
function currentBackend(backend: Json | undefined): Json | undefined {
  if (!backend || typeof backend !== 'object') return backend;
  const { serviceName, servicePort, ...rest } = backend;
  if (serviceName === undefined && servicePort === undefined) return rest;
  const port = typeof servicePort === 'number' ? { number: servicePort } : servicePort === undefined ? {} : { name: servicePort };
  return { ...rest, service: { ...(serviceName !== undefined && { name: serviceName }), port } };
}

function oldBackend(backend: Json | undefined): Json | undefined {
  if (!backend?.['service']) return backend;
  const { service, ...rest } = backend;
  return { ...rest, serviceName: service.name, servicePort: service.port?.name ?? service.port?.number ?? 0 };
}

function mapPaths(rules: unknown, change: (path: Json) => Json): unknown {
  if (!Array.isArray(rules)) return rules;
  return rules.map((rule: Json) =>
    Array.isArray(rule?.['http']?.paths) ? { ...rule, http: { ...rule['http'], paths: rule['http'].paths.map(change) } } : rule,
  );
}

/** Paths without a type were matched as the controller pleased. */
export function currentIngress(object: KubeObject): KubeObject {
  if (!object.spec || typeof object.spec !== 'object') return object;
  const { backend, rules, ...rest } = object.spec as Json;
  const spec: Json = { ...rest };
  if (backend !== undefined) spec['defaultBackend'] = currentBackend(backend);
  if (rules !== undefined) {
    spec['rules'] = mapPaths(rules, (path) => ({ pathType: 'ImplementationSpecific', ...path, backend: currentBackend(path['backend']) }));
  }
  return { ...object, spec };
}

export function oldIngress(object: KubeObject): KubeObject {
  if (!object.spec) return object;
  const { defaultBackend, rules, ...rest } = object.spec as Json;
  const spec: Json = { ...rest };
  if (defaultBackend !== undefined) spec['backend'] = oldBackend(defaultBackend);
  if (rules !== undefined) spec['rules'] = mapPaths(rules, (path) => ({ ...path, backend: oldBackend(path['backend']) }));
  return { ...object, spec };
}
