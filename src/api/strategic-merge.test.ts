import { expect, test } from 'vitest';
import { PatchError } from './patch-error.ts';
import { typeNamed, typeOf, type TypeSchema } from './schema.ts';
import { changesIdentity, createStrategicPatch, createThreeWayStrategicPatch } from './strategic-diff.ts';
import { applyStrategicPatch } from './strategic-merge.ts';

const PodSpec = typeNamed('core/v1.PodSpec') as TypeSchema;
const ServiceSpec = typeNamed('core/v1.ServiceSpec') as TypeSchema;
const Deployment = typeOf('apps/v1', 'Deployment') as TypeSchema;
const ObjectMeta = typeNamed('meta/v1.ObjectMeta') as TypeSchema;

const a = {
  name: 'a',
  image: 'a:1',
  env: [
    { name: 'X', value: '1' },
    { name: 'Y', value: '2' },
  ],
};
const b = { name: 'b', image: 'b:1', args: ['1', '2'] };
const spec = { containers: [a, b], nodeSelector: { a: '1' }, volumes: [{ name: 'v', emptyDir: {} }] };

/** `[patch, fields of the result that differ]`, after golden/http/patch-strategic-*.json. */
test.each<[Record<string, unknown>, Record<string, unknown>]>([
  [{ containers: [{ name: 'b', image: 'b:2' }] }, { containers: [a, { ...b, image: 'b:2' }] }],
  [{ containers: [{ name: 'c', image: 'c' }] }, { containers: [{ name: 'c', image: 'c' }, a, b] }],
  [{ containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [b] }],
  [{ containers: [{ name: 'n', image: 'n' }, { $patch: 'replace' }] }, { containers: [{ name: 'n', image: 'n' }] }],
  [{ containers: [{ name: 'n', $patch: 'replace', image: 'm' }] }, { containers: [] }],
  [{ containers: [{ name: 'b', args: ['3'] }] }, { containers: [a, { ...b, args: ['3'] }] }],
  [{ nodeSelector: { z: '9', $patch: 'replace' } }, { nodeSelector: { z: '9' } }],
  [{ nodeSelector: { a: null, c: '3' } }, { nodeSelector: { c: '3' } }],
  [{ nodeSelector: null }, { nodeSelector: undefined }],
  [
    { volumes: [{ name: 'v', hostPath: { path: '/x' }, $retainKeys: ['name', 'hostPath'] }] },
    { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
  ],
  [{ '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }, { containers: [b, a] }],
  [
    { '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }], containers: [{ name: 'c', image: 'c' }] },
    { containers: [{ name: 'c', image: 'c' }, b, a] },
  ],
  [{ '$setElementOrder/containers': [{ name: 'b' }], containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [b] }],
  [
    { containers: [{ name: 'a', '$setElementOrder/env': [{ name: 'Y' }, { name: 'X' }], env: [{ name: 'X', value: '5' }] }] },
    {
      containers: [
        {
          ...a,
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '5' },
          ],
        },
        b,
      ],
    },
  ],
  [{ affinity: { nodeAffinity: null, podAffinity: {} } }, { affinity: { podAffinity: {} } }],
])('the patch %j is applied', (patch, changes) => {
  const before = JSON.stringify(spec);
  expect(applyStrategicPatch(PodSpec, spec, patch)).toEqual({ ...spec, ...changes });
  expect(JSON.stringify(spec)).toBe(before);
});

test('lists of scalars merge, delete by a parallel list and take an order', () => {
  const meta = { finalizers: ['a', 'b', 'c'] };
  expect(applyStrategicPatch(ObjectMeta, meta, { finalizers: ['d'] })).toEqual({ finalizers: ['d', 'a', 'b', 'c'] });
  expect(applyStrategicPatch(ObjectMeta, meta, { '$deleteFromPrimitiveList/finalizers': ['b'] })).toEqual({ finalizers: ['a', 'c'] });
  expect(applyStrategicPatch(ObjectMeta, meta, { '$setElementOrder/finalizers': ['c', 'a'] })).toEqual({ finalizers: ['b', 'c', 'a'] });
});

test.each<[TypeSchema, object, Record<string, unknown>, string]>([
  [PodSpec, spec, { nodeSelector: { y: '8', $patch: 'merge' } }, 'unknown patch type: merge in map: map[$patch:merge y:8]'],
  [
    ServiceSpec,
    { ports: [{ name: 'a', port: 80 }] },
    { ports: [{ name: 'a', targetPort: 1 }] },
    'map: map[name:a targetPort:1] does not contain declared merge key: port',
  ],
  [ServiceSpec, {}, { $setElementOrder: 1 }, 'expected a []interface {}, but received a int64'],
  [
    PodSpec,
    spec,
    { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'c', image: 'z' }] },
    "The order in patch list:\n[map[image:z name:c]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
  ],
])('a %o refuses the patch of %j with %j', (type, object, patch, message) => {
  expect(() => applyStrategicPatch(type, object, patch)).toThrow(new PatchError('internal', message));
});

test.each<[object, object, object]>([
  [spec, spec, {}],
  [
    spec,
    { ...spec, containers: [{ ...a, image: 'a:2' }, b] },
    { containers: [{ name: 'a', image: 'a:2' }], '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }] },
  ],
  [spec, { ...spec, containers: [b] }, { containers: [{ name: 'a', $patch: 'delete' }], '$setElementOrder/containers': [{ name: 'b' }] }],
  [spec, { ...spec, containers: [b, a] }, { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }],
  [spec, { ...spec, nodeSelector: { b: '2' } }, { nodeSelector: { a: null, b: '2' } }],
  [
    spec,
    { ...spec, volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    {
      volumes: [{ name: 'v', emptyDir: null, hostPath: { path: '/' }, $retainKeys: ['hostPath', 'name'] }],
      '$setElementOrder/volumes': [{ name: 'v' }],
    },
  ],
])('the patch from %j to %j', (original, modified, patch) => {
  expect(createStrategicPatch(PodSpec, original, modified)).toEqual(patch);
  expect(applyStrategicPatch(PodSpec, original, createStrategicPatch(PodSpec, original, modified))).toEqual(modified);
});

test('applying keeps what others added, changes what differs and deletes what is no longer applied', () => {
  const template = (containers: object[]) => ({ template: { spec: { containers } } });
  const original = {
    spec: {
      replicas: 2,
      ...template([
        {
          name: 'c',
          image: 'i:1',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ]),
    },
  };
  const modified = { spec: { ...template([{ name: 'c', image: 'i:2', env: [{ name: 'A', value: '1' }] }]) } };
  const current = {
    spec: {
      replicas: 5,
      paused: true,
      ...template([
        {
          name: 'c',
          image: 'i:1',
          imagePullPolicy: 'Always',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
        { name: 'injected' },
      ]),
    },
  };
  const patch = createThreeWayStrategicPatch(Deployment, original, modified, current);
  expect(patch).toEqual({
    spec: {
      replicas: null,
      template: {
        spec: {
          '$setElementOrder/containers': [{ name: 'c' }],
          containers: [{ name: 'c', image: 'i:2', '$setElementOrder/env': [{ name: 'A' }], env: [{ name: 'B', $patch: 'delete' }] }],
        },
      },
    },
  });
  expect(applyStrategicPatch(Deployment, current, patch)).toEqual({
    spec: {
      paused: true,
      ...template([{ name: 'c', image: 'i:2', imagePullPolicy: 'Always', env: [{ name: 'A', value: '1' }] }, { name: 'injected' }]),
    },
  });
});

test('applying the same again changes nothing', () => {
  const applied = { metadata: { name: 'd', labels: { a: 'b' } }, spec: { replicas: 2 } };
  const current = { ...applied, metadata: { ...applied.metadata, uid: 'u' }, status: { replicas: 2 } };
  expect(createThreeWayStrategicPatch(Deployment, applied, applied, current)).toEqual({});
});

test('a field that the type does not know is an error only where it differs', () => {
  const object = (x: number) => ({ spec: { nope: { x } } });
  expect(createStrategicPatch(Deployment, object(1), object(1))).toEqual({});
  expect(() => createStrategicPatch(Deployment, object(1), object(2))).toThrow(
    'unable to find api field in struct DeploymentSpec for the json field "nope"',
  );
});

test('patches of names and kinds are told from others', () => {
  expect(changesIdentity({ metadata: { name: 'x' } })).toBe(true);
  expect(changesIdentity({ metadata: { labels: {} }, spec: {} })).toBe(false);
});
