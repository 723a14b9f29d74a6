import { describe, expect, it } from 'vitest';
import { BEHAVIOURS } from './behaviours.ts';
import type { KubeObject } from './object.ts';

/* Messages as recorded from a real API server. */

const pod = (spec: object, metadata: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec });
const container = (fields: object) => pod({ containers: [{ name: 'c', image: 'nginx', ...fields }] });
const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const deployment = (spec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { selector: { matchLabels: { app: 'x' } }, template: TEMPLATE, ...spec },
});
const service = (spec: object, name = 's') => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
const job = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } }, ...spec },
});

function faults(manifest: object): string[] {
  const given = manifest as KubeObject;
  const behaviour = [...BEHAVIOURS.values()].find((b) => b.kind.apiVersion === given.apiVersion && b.kind.kind === given.kind)!;
  const metadata = {
    ...given.metadata,
    uid: '11111111-2222-3333-4444-555555555555',
    ...(behaviour.kind.namespaced && { namespace: 'ns' }),
  };
  const object = behaviour.prepareForCreate(behaviour.defaults({ ...given, metadata }), { nowMs: 0 });
  return behaviour.validate(object).map(({ field, message }) => `${field}: ${message}`);
}

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const cases: readonly [what: string, manifest: object, faults: readonly string[]][] = [
  ['a pod without containers', pod({ containers: [] }), ['spec.containers: Required value']],
  ['a container without name', pod({ containers: [{ image: 'x' }] }), ['spec.containers[0].name: Required value']],
  [
    'a container with a wrong name',
    pod({ containers: [{ name: 'C_', image: 'x' }] }),
    [`spec.containers[0].name: Invalid value: "C_": ${LABEL}`],
  ],
  [
    'an image with blanks around it',
    pod({ containers: [{ name: 'c', image: ' nginx' }] }),
    ['spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace'],
  ],
  [
    'many faults at once, in the order of the checks',
    pod({
      restartPolicy: 'Perhaps',
      containers: [
        {
          name: 'c',
          image: 'nginx:1.27',
          imagePullPolicy: 'Sometimes',
          ports: [{ containerPort: 70000 }, { containerPort: 80, name: 'http' }, { containerPort: 81, name: 'http' }],
          volumeMounts: [{ name: 'missing', mountPath: '/x' }],
          resources: { requests: { cpu: '2' }, limits: { cpu: '1' } },
        },
        { name: 'c', image: '' },
      ],
    }),
    [
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[2].name: Duplicate value: "http"',
      'spec.containers[0].volumeMounts[0].name: Not found: "missing"',
      'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      'spec.containers[1].image: Required value',
      'spec.containers[1].name: Duplicate value: "c"',
      'spec.restartPolicy: Unsupported value: "Perhaps": supported values: "Always", "OnFailure", "Never"',
    ],
  ],
  [
    'probes and variables',
    container({
      env: [{ name: '1 bad' }, { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } }],
      livenessProbe: { httpGet: { path: '/', port: 'http!' }, successThreshold: 2 },
      readinessProbe: { periodSeconds: -1 },
    }),
    [
      'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nothing": error converting fieldPath: field label not supported: spec.nothing',
      'spec.containers[0].env[1].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "http!": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      'spec.containers[0].readinessProbe: Required value: must specify a handler type',
      'spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'resources nobody knows',
    container({ resources: { requests: { widgets: '1' } } }),
    [
      'spec.containers[0].resources.requests[widgets]: Invalid value: "widgets": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[widgets]: Invalid value: "widgets": must be a standard resource for containers',
    ],
  ],
  [
    'a finalizer without a domain',
    pod(TEMPLATE.spec, { finalizers: ['plain'] }),
    ['metadata.finalizers[0]: Invalid value: "plain": name is neither a standard finalizer name nor is it fully qualified'],
  ],
  [
    'a deployment whose selector selects other pods',
    deployment({ template: { ...TEMPLATE, metadata: {} } }),
    ['spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'],
  ],
  [
    'a deployment without selector',
    deployment({ selector: undefined }),
    [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'a deployment with an empty selector',
    deployment({ selector: {} }),
    ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  ],
  [
    'a deployment that may neither add nor remove',
    deployment({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } }),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
  ],
  [
    'a strategy nobody knows',
    deployment({ strategy: { type: 'X' } }),
    ['spec.strategy: Unsupported value: {"Type":"X","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"'],
  ],
  [
    'a service with everything wrong',
    service({ type: 'Magic', sessionAffinity: 'Sticky', ports: [{ port: 0, protocol: 'ICMP', targetPort: 'BAD_NAME', nodePort: 5 }] }),
    [
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      'spec.ports[0].targetPort: Invalid value: "BAD_NAME": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.ports[0].targetPort: Invalid value: "BAD_NAME": must contain at least one letter (a-z)',
      'spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"',
      'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  ],
  [
    'ports given twice',
    service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
        { name: 'b', port: 80 },
      ],
    }),
    [
      'spec.ports[1].name: Duplicate value: "a"',
      'spec.ports[2]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  ],
  [
    'a job whose pods run for ever',
    job({ template: { spec: { containers: [{ name: 'c', image: 'nginx' }] } } }),
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'a schedule in words',
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'j' },
      spec: { schedule: 'every monday', jobTemplate: { spec: job({}).spec } },
    },
    ['spec.schedule: Invalid value: "every monday": expected exactly 5 fields, found 2: [every monday]'],
  ],
  [
    'an autoscaler of nothing',
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'x' }, maxReplicas: 0 },
    },
    [
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
    ],
  ],
  [
    'a secret for TLS without keys',
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'kubernetes.io/tls' },
    ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
  ],
  [
    'a binding to an unknown kind of role',
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'b' },
      roleRef: { kind: 'Rolle', name: 'x' },
      subjects: [{ kind: 'Alien', name: 'a' }],
    },
    [
      'roleRef.kind: Unsupported value: "Rolle": supported values: "Role", "ClusterRole"',
      'subjects[0].kind: Unsupported value: "Alien": supported values: "ServiceAccount", "User", "Group"',
    ],
  ],
  [
    'an ingress of nothing',
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i' }, spec: {} },
    ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  ],
];

describe('validation of new objects', () => {
  it.each(cases)('refuses %s as a real server does', (_what, manifest, expected) => {
    expect(faults(manifest)).toEqual(expected);
  });

  it('takes the names of services for DNS labels that begin with a letter', () => {
    expect(faults(service({ ports: [{ port: 80 }] }, '9lives'))[0]).toContain('metadata.name: Invalid value: "9lives": a DNS-1035 label');
  });

  it('requires a name of some sort', () => {
    expect(faults({ ...pod(TEMPLATE.spec), metadata: {} })).toEqual(['metadata.name: Required value: name or generateName is required']);
  });
});
