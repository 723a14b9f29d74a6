import { describe, expect, it } from 'vitest';
import { BEHAVIOURS } from './behaviours.ts';
import { OLD_VERSIONS, oldVersion, oldVersionOfKind, TWIN_VERSIONS } from './conversion.ts';
import type { KubeObject } from './object.ts';

const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };

const old = (apiVersion: string, kind: string, spec: object): KubeObject => ({ apiVersion, kind, metadata: { name: 'x' }, spec });

function current(object: KubeObject): KubeObject {
  const version = oldVersionOfKind(object.apiVersion!, object.kind!)!;
  return BEHAVIOURS.get(`${version.current.apiVersion}/${version.current.resource}`)!.defaults(version.toCurrent(object));
}

describe('old versions', () => {
  it('give a deployment of extensions/v1beta1 what it had then', () => {
    const { metadata, spec, apiVersion } = current(old('extensions/v1beta1', 'Deployment', { template: TEMPLATE }));
    expect(apiVersion).toBe('apps/v1');
    expect(metadata!.labels).toEqual({ app: 'x' });
    expect(spec).toMatchObject({
      replicas: 1,
      selector: { matchLabels: { app: 'x' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      progressDeadlineSeconds: 2147483647,
      revisionHistoryLimit: 2147483647,
    });
  });

  it('leave what was said as it is', () => {
    const { metadata, spec } = current({
      ...old('extensions/v1beta1', 'Deployment', {
        template: TEMPLATE,
        selector: { matchLabels: { app: 'y' } },
        strategy: { rollingUpdate: { maxSurge: 3 } },
        progressDeadlineSeconds: 5,
      }),
      metadata: { name: 'x', labels: { a: 'b' } },
    });
    expect(metadata!.labels).toEqual({ a: 'b' });
    expect(spec).toMatchObject({
      selector: { matchLabels: { app: 'y' } },
      strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 3 } },
      progressDeadlineSeconds: 5,
    });
  });

  it.each([
    ['apps/v1beta2', 'ReplicaSet', undefined],
    ['apps/v1beta1', 'Deployment', { app: 'x' }],
  ])('take labels from the template in %s %s: %o', (apiVersion, kind, labels) => {
    expect(current(old(apiVersion, kind, { template: TEMPLATE })).metadata!.labels).toEqual(labels);
  });

  it.each([
    ['extensions/v1beta1', 'DaemonSet', 'OnDelete'],
    ['apps/v1beta2', 'DaemonSet', 'RollingUpdate'],
    ['apps/v1beta1', 'StatefulSet', 'OnDelete'],
    ['apps/v1beta2', 'StatefulSet', 'RollingUpdate'],
  ])('update a %s %s by %s', (apiVersion, kind, type) => {
    expect(current(old(apiVersion, kind, { template: TEMPLATE })).spec.updateStrategy.type).toBe(type);
  });

  it('convert backends of ingresses there and back', () => {
    const given = old('extensions/v1beta1', 'Ingress', {
      backend: { serviceName: 'all', servicePort: 80 },
      rules: [{ host: 'a.example', http: { paths: [{ path: '/x', backend: { serviceName: 'web', servicePort: 'http' } }] } }],
    });
    const version = oldVersion('extensions/v1beta1', 'ingresses')!;
    const now = version.toCurrent(given);
    expect(now.spec).toEqual({
      defaultBackend: { service: { name: 'all', port: { number: 80 } } },
      rules: [
        {
          host: 'a.example',
          http: {
            paths: [{ path: '/x', pathType: 'ImplementationSpecific', backend: { service: { name: 'web', port: { name: 'http' } } } }],
          },
        },
      ],
    });
    expect(version.fromCurrent(now).spec.backend).toEqual({ serviceName: 'all', servicePort: 80 });
    expect(version.fromCurrent(now).spec.rules[0].http.paths[0].backend).toEqual({ serviceName: 'web', servicePort: 'http' });
  });

  it.each([
    [
      'extensions/v1beta1',
      'Ingress',
      'extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress',
    ],
    ['apps/v1beta2', 'ReplicaSet', 'apps/v1beta2 ReplicaSet is deprecated in v1.9+, unavailable in v1.16+; use apps/v1 ReplicaSet'],
    ['batch/v1beta1', 'CronJob', 'batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob'],
  ])('warn of %s %s', (apiVersion, kind, warning) => {
    expect(oldVersionOfKind(apiVersion, kind)!.warning).toBe(warning);
  });

  it('survive manifests that make no sense', () => {
    for (const version of OLD_VERSIONS) {
      for (const spec of [undefined, null, 'x', [], { template: 7, rules: 'x', metrics: {} }]) {
        expect(() => version.toCurrent({ apiVersion: version.kind.apiVersion, kind: version.kind.kind, spec })).not.toThrow();
      }
    }
  });
});

describe('versions served beside the stored one', () => {
  const autoscalers = TWIN_VERSIONS.find(({ kind }) => kind.resource === 'horizontalpodautoscalers')!;
  const events = TWIN_VERSIONS.find(({ kind }) => kind.resource === 'events')!;

  it('put into annotations what autoscaling/v1 cannot say', () => {
    const stored: KubeObject = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'a' },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'x', apiVersion: 'apps/v1' },
        maxReplicas: 3,
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
        ],
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 5, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
        },
      },
    };
    const served = autoscalers.fromStored(stored);
    expect(served.spec.targetCPUUtilizationPercentage).toBe(70);
    expect(served.metadata!.annotations).toEqual({
      'autoscaling.alpha.kubernetes.io/metrics': '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}]',
      'autoscaling.alpha.kubernetes.io/behavior':
        '{"ScaleUp":null,"ScaleDown":{"StabilizationWindowSeconds":5,"SelectPolicy":"Max","Policies":[{"Type":"Percent","Value":100,"PeriodSeconds":15}],"Tolerance":null}}',
    });
    const { status: _status, ...back } = autoscalers.toStored(served);
    expect(back).toEqual(stored);
  });

  it('rename the fields of events', () => {
    const core = { apiVersion: 'v1', kind: 'Event', involvedObject: { name: 'p' }, message: 'm', source: {}, count: 2, reason: 'r' };
    const other = events.fromStored(core);
    expect(other).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      regarding: { name: 'p' },
      note: 'm',
      deprecatedSource: {},
      deprecatedCount: 2,
      reason: 'r',
    });
    expect(events.toStored(other)).toEqual(core);
  });
});
