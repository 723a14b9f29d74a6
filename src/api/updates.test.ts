import { describe, expect, it } from 'vitest';
import { enableFreezing, freeze } from '../base/freeze.ts';
import { BEHAVIOURS } from './behaviours.ts';
import type { Behaviour } from './behaviour.ts';
import type { KubeObject } from './object.ts';

enableFreezing(true);

const CONTEXT = { nowMs: 0 };
const PODS = BEHAVIOURS.get('v1/pods') as Behaviour;
const DEPLOYMENTS = BEHAVIOURS.get('apps/v1/deployments') as Behaviour;
const SERVICES = BEHAVIOURS.get('v1/services') as Behaviour;

function stored(behaviour: Behaviour, manifest: KubeObject): KubeObject {
  const metadata = { namespace: 'ns', uid: 'u', resourceVersion: '1', ...manifest.metadata };
  return freeze(behaviour.prepareForCreate(behaviour.defaults({ ...manifest, metadata }), CONTEXT));
}

const pod = stored(PODS, {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { serviceAccountName: 'default', activeDeadlineSeconds: 100, containers: [{ name: 'c', image: 'nginx' }] },
});

const deployment = stored(DEPLOYMENTS, {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
});

function update(behaviour: Behaviour, old: KubeObject, change: object, subresource = ''): { object: KubeObject; faults: string[] } {
  const object = behaviour.prepareForUpdate(freeze({ ...old, ...change }), old, subresource, CONTEXT);
  return { object, faults: behaviour.validateUpdate(object, old, subresource).map(({ field, message }) => `${field}: ${message}`) };
}

describe('updates', () => {
  it('let a new image pass and count it', () => {
    const { object, faults } = update(PODS, pod, { spec: { ...pod.spec, containers: [{ ...pod.spec.containers[0], image: 'nginx:2' }] } });
    expect(faults).toEqual([]);
    expect(object.metadata!.generation).toBe(2);
  });

  it('show how a pod would differ where it may not', () => {
    const { faults } = update(PODS, pod, { spec: { ...pod.spec, restartPolicy: 'Never' } });
    expect(faults).toHaveLength(1);
    expect(faults[0]!.split('\n').slice(1)).toEqual([
      '@@ -35,7 +35,7 @@',
      '   }',
      '  ],',
      '  "EphemeralContainers": null,',
      '- "RestartPolicy": "Always",',
      '+ "RestartPolicy": "Never",',
      '  "TerminationGracePeriodSeconds": 30,',
      '  "ActiveDeadlineSeconds": 100,',
      '  "DNSPolicy": "ClusterFirst",',
      '',
    ]);
  });

  it.each([
    [
      'later deadlines',
      { activeDeadlineSeconds: 160 },
      'spec.activeDeadlineSeconds: Invalid value: 160: must be less than or equal to previous value',
    ],
    [
      'new gates',
      { schedulingGates: [{ name: 'x' }] },
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'x'",
    ],
    [
      'more containers',
      { containers: [...pod.spec.containers, { ...pod.spec.containers[0], name: 'd' }] },
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
  ])('refuse %s of a pod', (_what, change, fault) => {
    expect(update(PODS, pod, { spec: { ...pod.spec, ...change } }).faults).toEqual([fault]);
  });

  it('keep the status unless it is the status that is written', () => {
    const running = { status: { ...pod.status, phase: 'Running' } };
    expect(update(PODS, pod, running).object.status).toBe(pod.status);
    const written = update(PODS, pod, { ...running, spec: { ...pod.spec, nodeName: 'x' } }, 'status').object;
    expect(written.status.phase).toBe('Running');
    expect(written.spec).toBe(pod.spec);
  });

  it('take only resources from a resize', () => {
    const resized = { ...pod.spec.containers[0], image: 'other', resources: { requests: { cpu: '1' } } };
    const { object, faults } = update(PODS, pod, { spec: { ...pod.spec, containers: [resized] } }, 'resize');
    expect(object.spec.containers[0]).toEqual({ ...pod.spec.containers[0], resources: { requests: { cpu: '1' } } });
    expect(faults).toEqual(['spec: Invalid value: "BestEffort": Pod QOS Class may not change as a result of resizing']);
  });

  it('count changes of a deployment and of its annotations, but not of its labels', () => {
    const counted = (change: object) => update(DEPLOYMENTS, deployment, change).object.metadata!.generation;
    expect(counted({ spec: { ...deployment.spec, replicas: 2 } })).toBe(2);
    expect(counted({ metadata: { ...deployment.metadata, annotations: { a: 'b' } } })).toBe(2);
    expect(counted({ metadata: { ...deployment.metadata, labels: { a: 'b' } } })).toBe(1);
  });

  it('refuse another selector', () => {
    const { faults } = update(DEPLOYMENTS, deployment, { spec: { ...deployment.spec, selector: { matchLabels: { app: 'other' } } } });
    expect(faults).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ]);
  });

  it('keep what was allocated to a service, and drop what only its former type had', () => {
    const old = freeze({
      ...stored(SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'NodePort', ports: [{ port: 80 }] },
      }),
    });
    const allocated = freeze({
      ...old,
      spec: {
        ...old.spec,
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1'],
        ipFamilies: ['IPv4'],
        ports: [{ ...old.spec.ports[0], nodePort: 30123 }],
      },
    });
    const same = update(SERVICES, allocated, { spec: { ...old.spec, selector: { a: 'b' } } });
    expect(same.faults).toEqual([]);
    expect(same.object.spec).toMatchObject({ clusterIP: '10.0.0.1', ports: [{ nodePort: 30123 }] });
    const inner = update(SERVICES, allocated, { spec: { ...allocated.spec, type: 'ClusterIP' } });
    expect(inner.faults).toEqual([]);
    expect(inner.object.spec.ports[0]).not.toHaveProperty('nodePort');
    expect(inner.object.spec).not.toHaveProperty('externalTrafficPolicy');
    const moved = update(SERVICES, allocated, { spec: { ...allocated.spec, clusterIP: '10.0.0.2' } });
    expect(moved.faults).toEqual(['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set']);
  });

  it('share the containers of a template with the pods made from it', () => {
    const { template } = deployment.spec;
    const made = PODS.defaults({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'd-1' }, spec: template.spec });
    expect(made.spec.containers).toBe(template.spec.containers);
    expect(made.spec.securityContext).toBe(template.spec.securityContext);
  });
});
