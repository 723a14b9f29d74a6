import { expect, test } from 'vitest';
import { serverSideApply } from './apply.ts';
import { decode } from './decode.ts';
import { difference, intersection, pathsOf, printPath, union, without, type FieldSet } from './field-set.ts';
import { fieldPaths, sameButForTimes, trackUpdate, type Writer } from './managed-fields.ts';
import type { KubeObject } from './object.ts';
import { typeOf, type TypeSchema } from './schema.ts';
import { ApiError } from './status.ts';

const ConfigMap = typeOf('v1', 'ConfigMap') as TypeSchema;
const Pod = typeOf('v1', 'Pod') as TypeSchema;
const Deployment = typeOf('apps/v1', 'Deployment') as TypeSchema;

let clock = 0;
function by(manager: string, subresource = '', apiVersion = 'v1'): Writer {
  return { manager, subresource, apiVersion, time: `2026-01-01T00:00:${String(clock++).padStart(2, '0')}Z` };
}

function configMap(data?: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...(data && { data }) };
}

/** `manager operation[ without time]: fields`, by manager. */
function ownership(object: KubeObject): Record<string, unknown> {
  return Object.fromEntries(
    (object.metadata?.managedFields ?? []).map((entry) => [
      `${entry.manager} ${entry.operation}${entry.time ? '' : ' untimed'}`,
      entry.fieldsV1,
    ]),
  );
}

function apply(live: KubeObject | undefined, configuration: KubeObject, manager: string, force = false): KubeObject {
  return decode<KubeObject>(ConfigMap, serverSideApply(ConfigMap, live, configuration, by(manager), { force }).object).value;
}

function update(live: KubeObject | undefined, next: KubeObject, manager: string): KubeObject {
  return trackUpdate(ConfigMap, live, next, by(manager), { trackNew: true });
}

test('sets of paths join, meet and differ by path', () => {
  const a: FieldSet = { 'f:x': { '.': {}, 'f:y': {} }, 'f:z': {} };
  const b: FieldSet = { 'f:x': { 'f:y': {}, 'f:w': {} } };
  expect(union(a, b)).toEqual({ 'f:x': { '.': {}, 'f:y': {}, 'f:w': {} }, 'f:z': {} });
  expect(union({ 'f:x': {} }, b)).toEqual({ 'f:x': { '.': {}, 'f:y': {}, 'f:w': {} } });
  expect(difference(a, b)).toEqual({ 'f:x': {}, 'f:z': {} });
  expect(difference(a, { 'f:x': {} })).toEqual({ 'f:x': { 'f:y': {} }, 'f:z': {} });
  expect(difference({ 'f:x': {} }, b)).toEqual({ 'f:x': {} });
  expect(without(a, { 'f:x': {} })).toEqual({ 'f:z': {} });
  expect(intersection(a, b)).toEqual({ 'f:x': { 'f:y': {} } });
  expect(intersection(a, { 'f:x': {} })).toEqual({ 'f:x': {} });
  expect(pathsOf({ 'f:c': { 'k:{"name":"a"}': { '.': {}, 'f:b': {} } }, 'f:s': { 'v:"q"': {} } }).map(printPath)).toEqual([
    '.c[name="a"]',
    '.c[name="a"].b',
    '.s[="q"]',
  ]);
});

test('who creates an object owns all it was created with', () => {
  const object = decode<KubeObject>(Pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { a: 'b' }, annotations: { 'x/y': 'z' }, finalizers: ['e.example/f'] },
    spec: {
      restartPolicy: 'Always',
      containers: [
        {
          name: 'c',
          image: 'nginx',
          env: [{ name: 'A', value: 'b' }],
          command: ['x'],
          resources: { limits: { cpu: '1' } },
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      tolerations: [{ key: 'k', operator: 'Exists' }],
      securityContext: {},
    },
  }).value;
  const created = trackUpdate(Pod, undefined, object, by('golden'), { trackNew: true, ignored: fieldPaths(['status']) });
  expect(ownership(created)).toEqual({
    'golden Update': {
      'f:metadata': {
        'f:annotations': { '.': {}, 'f:x/y': {} },
        'f:finalizers': { '.': {}, 'v:"e.example/f"': {} },
        'f:labels': { '.': {}, 'f:a': {} },
      },
      'f:spec': {
        'f:containers': {
          'k:{"name":"c"}': {
            '.': {},
            'f:command': {},
            'f:env': { '.': {}, 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
            'f:image': {},
            'f:name': {},
            'f:resources': { '.': {}, 'f:limits': { '.': {}, 'f:cpu': {} } },
            'f:volumeMounts': { '.': {}, 'k:{"mountPath":"/v"}': { '.': {}, 'f:mountPath': {}, 'f:name': {} } },
          },
        },
        'f:restartPolicy': {},
        'f:securityContext': {},
        'f:tolerations': {},
        'f:volumes': { '.': {}, 'k:{"name":"v"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} } },
      },
    },
  });
  const labelled = trackUpdate(Pod, created, { ...created, metadata: { ...created.metadata, labels: { a: 'b', c: 'd' } } }, by('labeller'));
  expect(ownership(labelled)['labeller Update']).toEqual({ 'f:metadata': { 'f:labels': { 'f:c': {} } } });
  const status = { phase: 'Running', podIPs: [{ ip: '10.1.1.1' }] };
  const running = trackUpdate(Pod, labelled, { ...labelled, status }, by('kubelet', 'status'), { ignored: fieldPaths(['spec']) });
  expect(running.metadata?.managedFields?.at(-1)).toEqual({
    manager: 'kubelet',
    operation: 'Update',
    apiVersion: 'v1',
    time: expect.any(String) as string,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:status': { 'f:phase': {}, 'f:podIPs': { '.': {}, 'k:{"ip":"10.1.1.1"}': { '.': {}, 'f:ip': {} } } } },
    subresource: 'status',
  });
  expect(
    trackUpdate(Pod, running, { ...running, metadata: { ...running.metadata, managedFields: [{}] } }, by('x')).metadata?.managedFields,
  ).toBeUndefined();
});

test('objects that nobody asked to track stay without managed fields', () => {
  const created = trackUpdate(ConfigMap, undefined, configMap({ x: '1' }), by('controller'));
  expect(created.metadata?.managedFields).toBeUndefined();
  expect(
    trackUpdate(ConfigMap, created, configMap({ x: '2' }), by('controller'), { trackNew: true }).metadata?.managedFields,
  ).toBeUndefined();
  const applied = apply(created, configMap({ x: '1', y: '2' }), 'me');
  expect(ownership(applied)).toEqual({
    'before-first-apply Update': { 'f:data': { '.': {}, 'f:x': {} } },
    'me Apply': { 'f:data': { 'f:x': {}, 'f:y': {} } },
  });
});

/** After golden/http/apply-create.json and apply-conflict-update.json. */
test('applying creates, repeats without change, changes and takes away', () => {
  const first = apply(undefined, configMap({ x: '1' }), 'one');
  expect(first.data).toEqual({ x: '1' });
  expect(ownership(first)).toEqual({ 'one Apply': { 'f:data': { 'f:x': {} } } });
  expect(sameButForTimes(first, apply(first, configMap({ x: '1' }), 'one'))).toBe(true);
  const second = apply(first, configMap({ x: '2', y: '3' }), 'one');
  expect(ownership(second)).toEqual({ 'one Apply': { 'f:data': { 'f:x': {}, 'f:y': {} } } });
  const third = apply(second, configMap(), 'one');
  expect(third.data).toBeUndefined();
  expect(third.metadata?.managedFields).toBeUndefined();
});

test('an applier does not change what others own unless forced', () => {
  const created = update(undefined, configMap({ x: '1', y: '1' }), 'golden');
  const conflict = (configuration: KubeObject): ApiError => {
    try {
      apply(created, configuration, 'applier');
    } catch (error) {
      return error as ApiError;
    }
    return expect.unreachable();
  };
  const one = conflict(configMap({ x: '2' }));
  expect([one.code, one.message]).toEqual([409, 'Apply failed with 1 conflict: conflict with "golden" using v1: .data.x']);
  expect(one.status.details).toEqual({
    causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "golden" using v1', field: '.data.x' }],
  });
  expect(conflict(configMap({ x: '2', y: '2' })).message).toBe(
    'Apply failed with 2 conflicts: conflicts with "golden" using v1:\n- .data.x\n- .data.y',
  );

  const forced = apply(created, configMap({ x: '2' }), 'applier', true);
  expect(forced.data).toEqual({ x: '2', y: '1' });
  expect(ownership(forced)).toEqual({
    'applier Apply': { 'f:data': { 'f:x': {} } },
    'golden Update': { 'f:data': { '.': {}, 'f:y': {} } },
  });

  const edited = update(forced, { ...forced, data: { x: '3', y: '1' } }, 'editor');
  expect(ownership(edited)).toEqual({
    'editor Update': { 'f:data': { 'f:x': {} } },
    'golden Update': { 'f:data': { '.': {}, 'f:y': {} } },
  });
  expect(() => apply(edited, configMap({ x: '2' }), 'applier')).toThrow('conflict with "editor" using v1: .data.x');

  const agreed = apply(edited, configMap({ x: '3' }), 'applier');
  expect(ownership(agreed)).toEqual({
    'applier Apply untimed': { 'f:data': { 'f:x': {} } },
    'editor Update': { 'f:data': { 'f:x': {} } },
    'golden Update': { 'f:data': { '.': {}, 'f:y': {} } },
  });
  const put = update(agreed, configMap({ x: '4', w: '1' }), 'putter');
  expect(ownership(put)).toEqual({ 'golden Update': { 'f:data': {} }, 'putter Update': { 'f:data': { 'f:w': {}, 'f:x': {} } } });
});

test('what others own stays when its applier lets go of it', () => {
  const created = update(undefined, configMap({ x: '1', y: '2' }), 'kubectl-create');
  const applied = apply(created, configMap({ x: '1' }), 'kubectl');
  const emptied = apply(applied, configMap({}), 'kubectl');
  expect(emptied.data).toEqual({ x: '1', y: '2' });
  expect(ownership(emptied)).toEqual({
    'kubectl Apply untimed': { 'f:data': {} },
    'kubectl-create Update': { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {} } },
  });
});

/** After golden/http/apply-deployment.json. */
test('lists merge by their keys, and items go when nobody owns them', () => {
  const deployment = (containers: object[], more: object = {}): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { app: 'x' } }, template: { spec: { containers } }, ...more },
  });
  const go = (live: KubeObject | undefined, configuration: KubeObject, manager: string) =>
    decode<KubeObject>(
      Deployment,
      serverSideApply(Deployment, live, configuration, by(manager, '', 'apps/v1'), { force: false, ignored: fieldPaths(['status']) })
        .object,
    ).value;
  const names = (object: KubeObject) => object.spec.template.spec.containers.map((container: { name: string }) => container.name);
  const a = { name: 'a', image: 'i', ports: [{ containerPort: 80 }] };
  const one = go(undefined, deployment([a, { name: 'b', image: 'i' }], { replicas: 0 }), 'one');
  expect(ownership(one)).toEqual({
    'one Apply': {
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"a"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
              },
              'k:{"name":"b"}': { '.': {}, 'f:image': {}, 'f:name': {} },
            },
          },
        },
      },
    },
  });
  const two = go(
    one,
    {
      ...deployment([{ name: 'a', resources: { limits: { cpu: '1' } } }]),
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'c', image: 'j' },
              { name: 'a', resources: { limits: { cpu: '1' } } },
            ],
          },
        },
      },
    },
    'two',
  );
  expect(names(two)).toEqual(['c', 'a', 'b']);
  const three = go(two, deployment([a]), 'one');
  expect(names(three)).toEqual(['c', 'a']);
  expect(three.spec.replicas).toBeUndefined();
  expect(() => go(three, deployment([{ name: 'a', image: 'other' }]), 'two')).toThrow(
    'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="a"].image',
  );
});

test.each<[unknown, number, string]>([
  [
    { ...configMap({ x: '2' }), nope: 1 },
    500,
    'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .nope: field not declared in schema',
  ],
  [{ ...configMap(), metadata: { name: 'a', managedFields: [] } }, 400, 'metadata.managedFields must be nil'],
  [
    { ...configMap(), data: { x: 1 } },
    500,
    'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .data.x: expected string, got &value.valueUnstructured{Value:1}',
  ],
])('the configuration %j is refused', (configuration, code, message) => {
  try {
    apply(undefined, configuration as KubeObject, 'one');
    expect.unreachable();
  } catch (error) {
    expect([(error as ApiError).code, (error as ApiError).message]).toEqual([code, message]);
  }
});

test('kubectl takes over what it applied from the client before', () => {
  const last = JSON.stringify(configMap({ x: '1' }));
  const object = {
    ...configMap({ x: '1' }),
    metadata: { name: 'a', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last } },
  };
  const created = update(undefined, object, 'kubectl-client-side-apply');
  const applied = apply(created, configMap({ x: '2' }), 'kubectl');
  expect(applied.data).toEqual({ x: '2' });
  expect(applied.metadata?.annotations).toEqual({
    'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"v1","data":{"x":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
  });
  expect(() => apply(created, configMap({ x: '2' }), 'other')).toThrow('conflict with "kubectl-client-side-apply" using v1: .data.x');
});

test('custom resources are owned field by field, their lists as a whole', () => {
  const widget = (spec: object): KubeObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w', labels: { a: 'b' } },
    spec,
  });
  const applied = serverSideApply(
    undefined,
    undefined,
    widget({ size: 1, parts: [{ name: 'x' }], deep: { a: 1 } }),
    by('me', '', 'example.com/v1'),
    { force: false },
  ).object;
  expect(ownership(applied)).toEqual({
    'me Apply': {
      'f:metadata': { 'f:labels': { 'f:a': {} } },
      'f:spec': { '.': {}, 'f:deep': { '.': {}, 'f:a': {} }, 'f:parts': {}, 'f:size': {} },
    },
  });
});

test('more than ten updaters are put together', () => {
  let object = update(undefined, configMap({ k: '0' }), 'm00');
  for (let i = 1; i < 14; i++)
    object = update(object, { ...object, data: { ...object.data, [`k${i}`]: '1' } }, `m${String(i).padStart(2, '0')}`);
  const managers = object.metadata?.managedFields?.map(({ manager }) => manager) ?? [];
  expect(managers).toHaveLength(10);
  expect(managers).toContain('ancient-changes');
  expect(managers).toContain('m13');
});
