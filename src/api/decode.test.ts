import { expect, test } from 'vitest';
import { decode, DecodeError, notHandled, strictDecodingError } from './decode.ts';
import { parseJsonStrictly } from './json.ts';
import { fieldAt, typeNamed, typeOf, type TypeSchema } from './schema.ts';

const type = (apiVersion: string, kind: string) => typeOf(apiVersion, kind) as TypeSchema;
const pod = (spec: unknown) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

test('a value that is as the server would write it is answered itself', () => {
  const given = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { app: 'x' }, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }], nodeName: 'n' },
    status: { phase: 'Running' },
  };
  expect(decode(type('v1', 'Pod'), given).value).toBe(given);
});

test('what Go always writes is added, and unchanged parts stay shared', () => {
  const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', resources: {} }] } };
  const given = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { replicas: 0, selector: {}, strategy: {}, template },
  };
  const { value, faults } = decode<typeof given>(type('apps/v1', 'Deployment'), given);
  expect(value).toEqual({ ...given, status: {} });
  expect(value.spec).toBe(given.spec);
  expect(faults).toEqual([]);
});

test.each<[string, string, unknown, unknown]>([
  ['v1', 'ConfigMap', { metadata: { name: 'c', labels: {} }, data: null }, { metadata: { name: 'c' } }],
  ['v1', 'ConfigMap', { metadata: {}, data: { a: null } }, { metadata: {}, data: { a: '' } }],
  ['rbac.authorization.k8s.io/v1', 'Role', { metadata: {} }, { metadata: {}, rules: null }],
  [
    'v1',
    'Service',
    { metadata: {}, spec: { ports: [{ port: 80 }] } },
    { metadata: {}, spec: { ports: [{ port: 80, targetPort: 0 }] }, status: { loadBalancer: {} } },
  ],
  [
    'v1',
    'Pod',
    {
      metadata: {},
      spec: {
        hostNetwork: false,
        terminationGracePeriodSeconds: 0,
        nodeName: '',
        volumes: [],
        containers: [{ name: 'c', env: [{ name: 'A', value: '' }] }],
      },
    },
    {
      metadata: {},
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', env: [{ name: 'A' }], resources: {} }] },
      status: {},
    },
  ],
  [
    'v1',
    'Pod',
    { metadata: {}, spec: { containers: [{ name: 'c', securityContext: {}, resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }] } },
    {
      metadata: {},
      spec: { containers: [{ name: 'c', securityContext: {}, resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
      status: {},
    },
  ],
  [
    'v1',
    'Pod',
    {
      metadata: { creationTimestamp: '2026-01-01T01:00:00.5+01:00' },
      spec: { containers: null },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
    {
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { containers: null },
      status: { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null }] },
    },
  ],
  [
    'apps/v1',
    'Deployment',
    { metadata: {}, spec: {} },
    {
      metadata: {},
      spec: { selector: null, strategy: {}, template: { metadata: {}, spec: { containers: null } } },
      status: {},
    },
  ],
  [
    'coordination.k8s.io/v1',
    'Lease',
    { metadata: {}, spec: { renewTime: '2026-01-01T00:00:00.5Z' } },
    { metadata: {}, spec: { renewTime: '2026-01-01T00:00:00.500000Z' } },
  ],
])('%s %s: %j becomes %j', (apiVersion, kind, given, expected) => {
  expect(decode(type(apiVersion, kind), given).value).toEqual(expected);
});

test.each<[string, unknown, string]>([
  ['ConfigMap', { data: { a: 1 } }, 'cannot unmarshal number into Go struct field ConfigMap.data of type string'],
  ['ConfigMap', { data: [] }, 'cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string'],
  ['ConfigMap', { immutable: 'yes' }, 'cannot unmarshal string into Go struct field ConfigMap.immutable of type bool'],
  ['ConfigMap', { metadata: { name: true } }, 'cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string'],
  [
    'ConfigMap',
    { metadata: { labels: { n: 5 } } },
    'cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  ['Pod', { spec: [] }, 'cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
  ['Pod', pod({ containers: 'x' }), 'cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container'],
  ['Pod', pod({ containers: ['x'] }), 'cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container'],
  [
    'Pod',
    pod({ containers: [{ image: 5 }] }),
    'cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
  ],
  ['Pod', pod({ restartPolicy: 1 }), 'cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy'],
  [
    'Pod',
    pod({ containers: [{ ports: [{ containerPort: 1.5 }] }] }),
    'cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
  ],
  ['Pod', pod({ priority: 3e9 }), 'cannot unmarshal number 3000000000 into Go struct field PodSpec.spec.priority of type int32'],
  [
    'Service',
    { spec: { ports: [{ targetPort: true }] } },
    'cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32',
  ],
  ['Pod', 5, 'cannot unmarshal number into Go value of type v1.Pod'],
])('a %s of %j is refused', (kind, given, message) => {
  expect(() => decode(type('v1', kind), given)).toThrow(new DecodeError(`json: ${message}`));
});

test.each<[string, unknown, string]>([
  [
    'Pod',
    { metadata: { name: 5 }, ...{ spec: { containers: [{ resources: { limits: { cpu: 'much' } } }] } } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  ['Secret', { data: { a: 'YQ=' } }, 'illegal base64 data at input byte 3'],
  ['Secret', { data: { a: '*' } }, 'illegal base64 data at input byte 0'],
  ['Pod', { metadata: { creationTimestamp: 'now' } }, 'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"'],
])('an unreadable text ends the decoding of a %s of %j', (kind, given, message) => {
  expect(() => decode(type('v1', kind), given)).toThrow(new DecodeError(message));
});

test('unknown and duplicate fields are named by their paths, and dropped', () => {
  const given = {
    metadata: { name: 'p', lables: {} },
    spec: { container: [], containers: [{ name: 'c', port: 80 }], replica: 1 },
    nope: true,
  };
  const { value, faults } = decode(type('v1', 'Pod'), given);
  expect(value).toEqual({ metadata: { name: 'p' }, spec: { containers: [{ name: 'c', resources: {} }] }, status: {} });
  expect(notHandled('Pod', 'v1', strictDecodingError(faults))).toBe(
    'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "metadata.lables", unknown field "spec.container", unknown field "spec.containers[0].port", unknown field "spec.replica", unknown field "nope"',
  );
  const text = '{"metadata":{"name":"d","name":"d"},"data":{"a":"1","a":"2"}}';
  const read = parseJsonStrictly(text);
  expect(decode(type('v1', 'ConfigMap'), read.value, { duplicates: read.duplicates })).toEqual({
    value: { metadata: { name: 'd' }, data: { a: '2' } },
    faults: ['duplicate field "metadata.name"', 'duplicate field "data.a"'],
  });
});

test('the schema is found by kind and by path', () => {
  expect(typeOf('v1', 'Nothing')).toBeUndefined();
  expect(typeOf('apps/v1', 'DeleteOptions')?.goName).toBe('DeleteOptions');
  const podSpec = typeNamed('core/v1.PodSpec') as TypeSchema;
  expect(fieldAt(podSpec, ['containers', 'ports', 'protocol'])?.goType).toBe('v1.Protocol');
  expect(fieldAt(podSpec, ['containers'])?.listMapKeys).toEqual(['name']);
  expect(fieldAt(podSpec, ['containers', 'nothing', 'x'])).toBeUndefined();
});

test.each<[unknown, string]>([
  [{ containers: 'x' }, 'cannot restore slice from string'],
  [{ containers: { name: 'a' } }, 'cannot restore slice from map'],
  [{ dnsPolicy: 7 }, 'cannot convert int64 to v1.DNSPolicy'],
  [{ terminationGracePeriodSeconds: 'x' }, 'unrecognized type: int64'],
  [{ securityContext: 'x' }, 'cannot restore struct from: string'],
  [{ nodeSelector: [] }, 'cannot restore map from slice'],
  [{ nodeSelector: { a: 1 } }, 'cannot convert int64 to string'],
])('a patched pod spec of %j is refused in the words of the other decoder', (spec, message) => {
  expect(() => decode(type('v1', 'Pod'), pod(spec), { patched: true })).toThrow(new DecodeError(message));
});
