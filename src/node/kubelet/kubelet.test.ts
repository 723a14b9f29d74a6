import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, LEASES, NODES, PODS, SECRETS, SERVICES, type Pod } from '../../api/kinds.ts';
import { podOf, testCluster, type TestCluster } from '../testing.ts';
import { CLOSED } from '../../sim/sync.ts';
import type { Task } from '../../sim/wait.ts';

type Status = NonNullable<Pod['status']>;

function conditionsOf(status: Status | undefined): string[] {
  return (status?.conditions ?? []).map(({ type, status: value, reason }) => `${type} ${value}${reason ? ` ${reason}` : ''}`);
}

function firstContainer(cluster: TestCluster, name: string) {
  return cluster.pod(name)!.status!.containerStatuses![0]!;
}

function sh(script: string): { args: string[] } {
  return { args: ['sh', '-c', script] };
}

describe('a node', () => {
  it('registers with what it is and has, and becomes Ready', () => {
    const { client, run } = testCluster();
    const node = run(client.get(NODES, { name: 'minion-1' }));
    expect(node.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': 'minion-1',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
    });
    expect(node.status).toMatchObject({
      addresses: [
        { type: 'InternalIP', address: '10.0.1.0' },
        { type: 'Hostname', address: 'minion-1' },
      ],
      capacity: { cpu: '4', pods: '110' },
      nodeInfo: { kubeletVersion: 'v1.35.0', operatingSystem: 'linux', architecture: 'amd64' },
    });
    expect(node.status!.conditions!.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'MemoryPressure False KubeletHasSufficientMemory',
      'DiskPressure False KubeletHasNoDiskPressure',
      'PIDPressure False KubeletHasSufficientPID',
      'Ready True KubeletReady',
    ]);
  });

  it('renews its lease every ten seconds and leaves its status alone while nothing changes', () => {
    const { client, run, advance } = testCluster();
    advance(15_000);
    const version = () => run(client.get(NODES, { name: 'minion-1' })).metadata.resourceVersion;
    const renewed = () => run(client.get(LEASES, { namespace: 'kube-node-lease', name: 'minion-1' })).spec!.renewTime!;
    const before = version();
    const leases = [0, 1, 2].map(() => {
      advance(10_400);
      return renewed();
    });
    expect(new Set(leases).size).toBe(3);
    expect(version()).toBe(before);
    advance(300_000);
    expect(version()).not.toBe(before);
  });

  it('is not ready before its pods can have addresses', () => {
    const { client, run, advance } = testCluster({ flags: { 'pod-cidr': '' } });
    const ready = () => run(client.get(NODES, { name: 'minion-1' })).status!.conditions!.find(({ type }) => type === 'Ready')!;
    expect(ready()).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message:
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized',
    });
    run(client.patch(NODES, { name: 'minion-1' }, 'merge', { spec: { podCIDR: '10.244.7.0/24' } }));
    advance(1_000);
    expect(ready().status).toBe('True');
  });

  it('says so when its container engine is down for long', () => {
    const { client, run, advance, nodes } = testCluster();
    run(nodes[0]!.machine.units.stop('docker'));
    advance(50_000);
    const [, , , ready] = run(client.get(NODES, { name: 'minion-1' })).status!.conditions!;
    expect(ready).toMatchObject({ status: 'False', message: 'container runtime is down' });
    run(nodes[0]!.machine.units.start('docker'));
    advance(11_000);
    expect(run(client.get(NODES, { name: 'minion-1' })).status!.conditions![3]!.status).toBe('True');
  });
});

describe('a pod', () => {
  it('runs: status, conditions and events as the kubelet writes them', () => {
    const cluster = testCluster();
    const { status } = cluster.start(podOf('nginx', 'nginx:1.7.9'));
    expect(status).toMatchObject({
      phase: 'Running',
      hostIP: '10.0.1.0',
      podIP: '10.244.0.2',
      podIPs: [{ ip: '10.244.0.2' }],
      observedGeneration: 1,
    });
    expect(conditionsOf(status)).toEqual([
      'PodReadyToStartContainers True',
      'Initialized True',
      'Ready True',
      'ContainersReady True',
      'PodScheduled True',
    ]);
    expect(status!.containerStatuses![0]).toMatchObject({
      name: 'nginx',
      image: 'nginx:1.7.9',
      imageID: expect.stringMatching(/^docker-pullable:\/\/nginx@sha256:[0-9a-f]{64}$/),
      containerID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/),
      ready: true,
      started: true,
      restartCount: 0,
      lastState: {},
      resources: {},
      state: { running: { startedAt: expect.stringMatching(/^2026-01-01T00:00:0\dZ$/) } },
    });
    expect(cluster.events('nginx')).toEqual([
      'Normal Pulling spec.containers{nginx}: Pulling image "nginx:1.7.9"',
      expect.stringMatching(
        /^Normal Pulled spec\.containers\{nginx\}: Successfully pulled image "nginx:1\.7\.9" in [\d.]+s \([\d.]+s including waiting\)\. Image size: 39100000 bytes\.$/,
      ),
      'Normal Created spec.containers{nginx}: Container created',
      'Normal Started spec.containers{nginx}: Container started',
    ]);
  });

  it('needs two writes of its status from its binding to Running', () => {
    const cluster = testCluster();
    const { client, run, kernel } = cluster;
    const seen: string[] = [];
    const watch = run(client.watch(PODS, { namespace: 'default' }));
    kernel.root.spawn(
      'watch',
      (function* (): Task<void> {
        for (let event = yield* watch.next(); event !== CLOSED; event = yield* watch.next()) {
          const { status } = (event as { object: Pod }).object;
          seen.push(`${status?.phase} ${status?.containerStatuses?.[0]?.state?.waiting?.reason ?? ''}`.trim());
        }
      })(),
    );
    cluster.start(podOf('nginx', 'nginx'));
    expect(seen).toEqual(['Pending', 'Pending ContainerCreating', 'Running']);
  });

  it('does not pull what is on the machine', () => {
    const cluster = testCluster();
    cluster.start(podOf('a', 'nginx:1.7.9'));
    cluster.start(podOf('b', 'nginx:1.7.9'), 3_000);
    expect(cluster.events('b')[0]).toBe(
      'Normal Pulled spec.containers{b}: Container image "nginx:1.7.9" already present on machine and can be accessed by the pod',
    );
    expect(cluster.pod('b')!.status!.phase).toBe('Running');
  });

  it('completes, or fails, when it is not to be restarted', () => {
    const cluster = testCluster();
    const good = cluster.start(podOf('good', 'busybox', { restartPolicy: 'Never', container: sh('echo hi; sleep 2') }));
    const bad = cluster.start(podOf('bad', 'busybox', { restartPolicy: 'Never', container: sh('exit 3') }));
    expect(good.status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } }, ready: false, started: false }],
    });
    expect(conditionsOf(good.status)).toEqual([
      'PodReadyToStartContainers False',
      'Initialized True PodCompleted',
      'Ready False PodCompleted',
      'ContainersReady False PodCompleted',
      'PodScheduled True',
    ]);
    expect(bad.status).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ state: { terminated: { exitCode: 3, reason: 'Error' } }, restartCount: 0 }],
    });
  });

  it('is restarted on failure only until it succeeds', () => {
    const cluster = testCluster();
    const pod = cluster.start(podOf('p', 'busybox', { restartPolicy: 'OnFailure', container: sh('exit 1') }), 30_000);
    expect(pod.status).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    });
  });

  it('is restarted ever more slowly while it keeps dying', () => {
    const cluster = testCluster();
    cluster.start(podOf('crash', 'busybox', { container: sh('exit 3') }), 66_000);
    expect(firstContainer(cluster, 'crash')).toMatchObject({
      restartCount: 3,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: expect.stringMatching(/^back-off 40s restarting failed container=crash pod=crash_default\(.{36}\)$/),
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    expect(cluster.events('crash')).toContainEqual(
      expect.stringMatching(
        /^Warning BackOff spec\.containers\{crash\}: Back-off restarting failed container crash in pod crash_default\(.{36}\) \(x3\)$/,
      ),
    );
    cluster.advance(3_600_000);
    expect(firstContainer(cluster, 'crash').state!.waiting!.message).toMatch(/^back-off 5m0s /);
  });

  it('says why its image cannot be pulled, and tries again ever more slowly', () => {
    const cluster = testCluster();
    const denied =
      "Error response from daemon: pull access denied for apache, repository does not exist or may require 'docker login': denied: requested access to the resource is denied";
    cluster.start(podOf('apache', 'apache'), 5_000);
    expect(cluster.pod('apache')!.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [
        {
          image: 'apache',
          imageID: '',
          state: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "apache": ErrImagePull: ${denied}` } },
        },
      ],
    });
    expect(cluster.events('apache')).toEqual([
      'Normal Pulling spec.containers{apache}: Pulling image "apache"',
      `Warning Failed spec.containers{apache}: Failed to pull image "apache": ${denied}`,
      'Warning Failed spec.containers{apache}: Error: ErrImagePull',
      'Normal BackOff spec.containers{apache}: Back-off pulling image "apache"',
      'Warning Failed spec.containers{apache}: Error: ImagePullBackOff',
    ]);
    cluster.advance(75_000);
    expect(cluster.events('apache')[0]).toMatch(/Pulling image "apache" \(x4\)$/);
  });

  it.each([
    [
      'Nginx',
      'InvalidImageName',
      /^Failed to apply default image tag "Nginx": couldn't parse image name "Nginx": invalid reference format/,
    ],
    ['nginx:9.9', 'ImagePullBackOff', /manifest for nginx:9\.9 not found: manifest unknown: manifest unknown$/],
  ])('waits with an image called %s', (image, reason, message) => {
    const cluster = testCluster();
    const pod = cluster.start(podOf('p', image), 6_000);
    expect(pod.status!.containerStatuses![0]!.state!.waiting).toEqual({ reason, message: expect.stringMatching(message) });
  });

  it('never pulls where the policy forbids it', () => {
    const cluster = testCluster();
    const pod = cluster.start(podOf('p', 'nginx', { container: { imagePullPolicy: 'Never' } }), 5_000);
    expect(pod.status!.containerStatuses![0]!.state!.waiting).toEqual({
      reason: 'ErrImageNeverPull',
      message: 'Container image "nginx" is not present with pull policy of Never',
    });
  });

  it('says which program it could not start', () => {
    const cluster = testCluster();
    const pod = cluster.start(podOf('p', 'busybox', { container: { command: ['foo'] } }), 4_000);
    const [status] = pod.status!.containerStatuses!;
    expect(status).toMatchObject({ lastState: { terminated: { exitCode: 127, reason: 'ContainerCannotRun' } } });
    expect(cluster.events('p')).toContainEqual(
      expect.stringMatching(
        /^Warning Failed spec\.containers\{p\}: Error: failed to start container "p": Error response from daemon: .*exec: "foo": executable file not found in \$PATH: unknown/,
      ),
    );
  });

  it('is refused where it does not fit', () => {
    const cluster = testCluster();
    const big = cluster.start(podOf('big', 'nginx', { container: { resources: { requests: { cpu: '8' } } } }), 2_000);
    expect(big.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 8000, used: 0, capacity: 4000",
    });
    cluster.start(podOf('fits', 'nginx', { container: { resources: { requests: { cpu: '3' } } } }), 2_000);
    const more = cluster.start(podOf('more', 'nginx', { container: { resources: { requests: { cpu: '2' } } } }), 2_000);
    expect(more.status!.message).toBe(
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
    );
    const elsewhere = cluster.start(podOf('elsewhere', 'nginx', { nodeSelector: { disk: 'ssd' } }), 2_000);
    expect(elsewhere.status).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' });
    expect(cluster.events('big')).toEqual([
      "Warning OutOfcpu : Node didn't have enough resource: cpu, requested: 8000, used: 0, capacity: 4000",
    ]);
  });

  it('ends at its deadline', () => {
    const cluster = testCluster();
    const pod = cluster.start(podOf('p', 'nginx', { activeDeadlineSeconds: 20 }));
    expect(pod.status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    expect(pod.status!.containerStatuses![0]!.state!.terminated).toBeDefined();
  });
});

describe('the end of a pod', () => {
  const remove = (cluster: TestCluster, name: string, gracePeriodSeconds?: number) =>
    cluster.run(
      cluster.client.delete(PODS, { namespace: 'default', name }, gracePeriodSeconds === undefined ? undefined : { gracePeriodSeconds }),
    );

  it('comes quickly for what listens to SIGTERM, and leaves nothing behind', () => {
    const cluster = testCluster();
    cluster.start(podOf('nginx', 'nginx'));
    remove(cluster, 'nginx');
    cluster.advance(2_000);
    expect(cluster.pod('nginx')).toBeUndefined();
    expect(cluster.events('nginx').at(-1)).toBe('Normal Killing spec.containers{nginx}: Stopping container nginx');
    expect([...cluster.nodes[0]!.runtime.pods()]).toEqual([]);
  });

  it('comes after the grace period for what does not', () => {
    const cluster = testCluster();
    cluster.start(podOf('kubia', 'luksa/kubia'));
    remove(cluster, 'kubia');
    cluster.advance(29_000);
    expect(cluster.pod('kubia')!.metadata.deletionTimestamp).toBeDefined();
    expect(cluster.pod('kubia')!.status!.phase).toBe('Running');
    remove(cluster, 'kubia', 1);
    cluster.advance(2_000);
    expect(cluster.pod('kubia')).toBeUndefined();
  });

  it('is reported before the pod goes', () => {
    const cluster = testCluster();
    const { client, run, kernel } = cluster;
    cluster.start(podOf('kubia', 'luksa/kubia', { terminationGracePeriodSeconds: 5 }));
    const seen: (Status | undefined)[] = [];
    const watch = run(client.watch(PODS, { namespace: 'default', resourceVersion: cluster.pod('kubia')!.metadata.resourceVersion }));
    kernel.root.spawn(
      'watch',
      (function* (): Task<void> {
        for (let event = yield* watch.next(); event !== CLOSED; event = yield* watch.next())
          seen.push((event as { object: Pod }).object.status);
      })(),
    );
    remove(cluster, 'kubia');
    cluster.advance(10_000);
    const last = seen.at(-1)!;
    expect(last).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ ready: false, state: { terminated: { exitCode: 137, reason: 'Error' } } }],
    });
    expect(conditionsOf(last).slice(0, 3)).toEqual(['PodReadyToStartContainers False', 'Initialized True', 'Ready False PodFailed']);
    expect(cluster.pod('kubia')).toBeUndefined();
  });

  it('comes for a pod that never started', () => {
    const cluster = testCluster();
    cluster.start(podOf('apache', 'apache'), 5_000);
    remove(cluster, 'apache');
    cluster.advance(2_000);
    expect(cluster.pod('apache')).toBeUndefined();
    cluster.start(podOf('slow', 'luksa/kubia'), 1_500);
    remove(cluster, 'slow');
    cluster.advance(1_000);
    expect(cluster.pod('slow')).toBeUndefined();
    expect(cluster.start(podOf('next', 'luksa/kubia')).status!.phase).toBe('Running');
  });

  it('comes for a pod that was taken from the API without grace', () => {
    const cluster = testCluster();
    cluster.start(podOf('nginx', 'nginx'));
    remove(cluster, 'nginx', 0);
    expect(cluster.pod('nginx')).toBeUndefined();
    cluster.advance(3_000);
    expect([...cluster.nodes[0]!.runtime.pods()]).toEqual([]);
  });
});

describe('a kubelet that comes back', () => {
  it('finds its containers running', () => {
    const cluster = testCluster();
    const { units } = cluster.nodes[0]!.machine;
    cluster.start(podOf('nginx', 'nginx'));
    const before = cluster.pod('nginx')!;
    cluster.run(units.stop('kubelet'));
    cluster.advance(60_000);
    expect(cluster.nodes[0]!.runtime.sandboxes(before.metadata.uid)[0]!.containers[0]!.state).toBe('running');
    cluster.run(units.start('kubelet'));
    cluster.advance(20_000);
    expect(cluster.pod('nginx')!.status).toEqual(before.status);
    expect(cluster.events('nginx').filter((event) => event.includes('Started'))).toHaveLength(1);
  });

  it('ends what was deleted meanwhile', () => {
    const cluster = testCluster();
    const { units } = cluster.nodes[0]!.machine;
    cluster.start(podOf('a', 'nginx'));
    cluster.start(podOf('b', 'nginx'));
    cluster.run(units.stop('kubelet'));
    cluster.run(cluster.client.delete(PODS, { namespace: 'default', name: 'a' }));
    cluster.run(cluster.client.delete(PODS, { namespace: 'default', name: 'b' }, { gracePeriodSeconds: 0 }));
    cluster.advance(10_000);
    expect(cluster.pod('a')!.metadata.deletionTimestamp).toBeDefined();
    cluster.run(units.start('kubelet'));
    cluster.advance(40_000);
    expect(cluster.pod('a')).toBeUndefined();
    expect([...cluster.nodes[0]!.runtime.pods()]).toEqual([]);
  });

  it('makes new sandboxes after the machine was off', () => {
    const cluster = testCluster();
    const { machine } = cluster.nodes[0]!;
    cluster.start(podOf('nginx', 'nginx'));
    machine.powerOff();
    cluster.advance(10_000);
    machine.powerOn();
    cluster.advance(30_000);
    expect(firstContainer(cluster, 'nginx')).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 255, reason: 'Error' } },
    });
    expect(cluster.pod('nginx')!.status!.podIP).toBe('10.244.0.3');
    expect(cluster.events('nginx')).toContain('Normal SandboxChanged : Pod sandbox changed, it will be killed and re-created.');
  });
});

describe('init containers', () => {
  const init = (name: string, script: string, more: object = {}) => ({ name, image: 'busybox', command: ['sh', '-c', script], ...more });

  it('run one after the other before the others', () => {
    const cluster = testCluster();
    const pod = podOf('p', 'nginx', { initContainers: [init('one', 'sleep 5'), init('two', 'sleep 5')] });
    expect(cluster.start(pod, 5_000).status).toMatchObject({
      phase: 'Pending',
      initContainerStatuses: [
        { name: 'one', state: { running: {} } },
        { name: 'two', state: { waiting: { reason: 'PodInitializing' } } },
      ],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    });
    expect(conditionsOf(cluster.pod('p')!.status)[1]).toBe('Initialized False ContainersNotInitialized');
    cluster.advance(15_000);
    expect(cluster.pod('p')!.status).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [
        { ready: true, state: { terminated: { reason: 'Completed' } } },
        { ready: true, state: { terminated: { reason: 'Completed' } } },
      ],
    });
    expect(cluster.events('p')).toContain('Normal Started spec.initContainers{two}: Container started');
  });

  it('fail the pod that is not to be restarted', () => {
    const cluster = testCluster();
    const pod = cluster.start(podOf('p', 'nginx', { restartPolicy: 'Never', initContainers: [init('one', 'exit 1')] }));
    expect(pod.status!.phase).toBe('Failed');
  });

  it('that restart always run beside the others', () => {
    const cluster = testCluster();
    const sidecar = { name: 'side', image: 'luksa/kubia', restartPolicy: 'Always' };
    const pod = cluster.start(
      podOf('p', 'busybox', {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 2,
        initContainers: [sidecar],
        container: sh('sleep 20'),
      }),
      20_000,
    );
    expect(pod.status).toMatchObject({ phase: 'Running', initContainerStatuses: [{ name: 'side', ready: true, started: true }] });
    cluster.advance(30_000);
    expect(cluster.pod('p')!.status).toMatchObject({
      phase: 'Succeeded',
      initContainerStatuses: [{ state: { terminated: { exitCode: 137 } } }],
    });
  });
});

describe('what a pod refers to', () => {
  const env = (entries: object[]) => ({ env: entries, command: ['env'] });

  it('has to be there before a container starts', () => {
    const cluster = testCluster();
    const pod = podOf('p', 'busybox', {
      restartPolicy: 'Never',
      container: env([{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }]),
    });
    expect(cluster.start(pod, 5_000).status!.containerStatuses![0]!.state!.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "settings" not found',
    });
    expect(cluster.events('p')).toContainEqual(
      expect.stringMatching(/^Warning Failed spec\.containers\{p\}: Error: configmap "settings" not found/),
    );
    cluster.run(cluster.client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'settings' }, data: { b: '1' } }));
    cluster.advance(12_000);
    expect(firstContainer(cluster, 'p').state!.waiting!.message).toBe("couldn't find key a in ConfigMap default/settings");
    cluster.run(cluster.client.patch(CONFIG_MAPS, { namespace: 'default', name: 'settings' }, 'merge', { data: { a: 'x' } }));
    cluster.advance(15_000);
    expect(cluster.pod('p')!.status!.phase).toBe('Succeeded');
  });

  it('holds its volumes up', () => {
    const cluster = testCluster();
    const volumes = [{ name: 'config', configMap: { name: 'missing' } }];
    const pod = cluster.start(
      podOf('p', 'nginx', { volumes, container: { volumeMounts: [{ name: 'config', mountPath: '/config' }] } }),
      10_000,
    );
    expect(pod.status!.containerStatuses![0]!.state!.waiting).toEqual({ reason: 'ContainerCreating' });
    expect(cluster.events('p')[0]).toMatch(
      /^Warning FailedMount : MountVolume\.SetUp failed for volume "config" : configmap "missing" not found \(x\d\)$/,
    );
    cluster.run(cluster.client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'missing' }, data: { 'a.txt': 'hello' } }));
    cluster.advance(20_000);
    expect(cluster.pod('p')!.status!.phase).toBe('Running');
    const [container] = cluster.nodes[0]!.runtime.sandboxes(pod.metadata.uid)[0]!.containers;
    expect((container as unknown as { live: { files: { read(path: string): string } } }).live.files.read('/config/a.txt')).toBe('hello');
  });

  it('comes into its environment', () => {
    const cluster = testCluster();
    const { client, run } = cluster;
    run(client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'c' }, data: { ONE: '1', TWO: '2' } }));
    run(client.create(SECRETS, { metadata: { namespace: 'default', name: 's' }, data: { key: btoa('hidden') } }));
    run(
      client.create(SERVICES, {
        metadata: { namespace: 'default', name: 'my-web' },
        spec: { clusterIP: '10.96.0.99', ports: [{ port: 80 }] },
      }),
    );
    const container = {
      command: ['env'],
      envFrom: [{ prefix: 'C_', configMapRef: { name: 'c' } }],
      env: [
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'key' } } },
        { name: 'BOTH', value: '$(POD)-$(C_TWO)-$(NOPE)-$$(POD)' },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      ],
    };
    cluster.advance(1_000);
    const pod = cluster.start(podOf('p', 'busybox', { restartPolicy: 'Never', container }));
    const log = cluster.nodes[0]!.runtime.sandboxes(pod.metadata.uid)[0]!.containers[0]!.log!.read().split('\n');
    for (const line of [
      'HOSTNAME=p',
      'C_ONE=1',
      'POD=p',
      `IP=${pod.status!.podIP}`,
      'SECRET=hidden',
      'BOTH=p-2-$(NOPE)-$(POD)',
      'CPU=4',
      'MY_WEB_SERVICE_HOST=10.96.0.99',
      'MY_WEB_PORT_80_TCP=tcp://10.96.0.99:80',
    ]) {
      expect(log).toContain(line);
    }
  });
});

describe('probes', () => {
  const http = (path: string, port: number | string, more: object = {}) => ({ httpGet: { path, port }, ...more });

  it('make a pod ready, and unready', () => {
    const cluster = testCluster();
    const container = { readinessProbe: http('/ready', 80, { periodSeconds: 5, failureThreshold: 2 }) };
    const pod = cluster.start(podOf('p', 'nginx', { container }), 20_000);
    expect(conditionsOf(pod.status).slice(2, 4)).toEqual(['Ready False ContainersNotReady', 'ContainersReady False ContainersNotReady']);
    expect(cluster.events('p').at(-1)).toMatch(
      /^Warning Unhealthy spec\.containers\{p\}: Readiness probe failed: HTTP probe failed with statuscode: 404/,
    );
    const live = (
      cluster.nodes[0]!.runtime.sandboxes(pod.metadata.uid)[0]!.containers[0] as unknown as {
        live: { files: { write(path: string, text: string): void; remove(path: string): void } };
      }
    ).live;
    live.files.write('/usr/share/nginx/html/ready', 'yes');
    cluster.advance(6_000);
    expect(firstContainer(cluster, 'p').ready).toBe(true);
    live.files.remove('/usr/share/nginx/html/ready');
    cluster.advance(11_000);
    expect(firstContainer(cluster, 'p')).toMatchObject({ ready: false, restartCount: 0 });
  });

  it('restart a container that has become sick', () => {
    const cluster = testCluster();
    const container = { livenessProbe: http('/', 8080, { initialDelaySeconds: 15 }) };
    cluster.start(podOf('kubia', 'luksa/kubia-unhealthy', { container }), 150_000);
    expect(firstContainer(cluster, 'kubia')).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
    });
    const events = cluster.events('kubia').join('\n');
    expect(events).toContain('Warning Unhealthy spec.containers{kubia}: Liveness probe failed: HTTP probe failed with statuscode: 500');
    expect(events).toContain('Normal Killing spec.containers{kubia}: Container kubia failed liveness probe, will be restarted');
  });

  it.each([
    ['tcpSocket', { tcpSocket: { port: 81 } }, 'dial tcp 10.244.0.2:81: connect: connection refused'],
    ['httpGet', { httpGet: { port: 81 } }, 'Get "http://10.244.0.2:81/": dial tcp 10.244.0.2:81: connect: connection refused'],
    ['exec', { exec: { command: ['sh', '-c', 'echo sick; exit 2'] } }, 'sick'],
    ['grpc', { grpc: { port: 82 } }, 'timeout: failed to connect service "10.244.0.2:82" within 1s: context deadline exceeded'],
  ])('by %s say what went wrong', (_, readinessProbe, message) => {
    const cluster = testCluster();
    cluster.start(podOf('p', 'nginx', { container: { readinessProbe: { periodSeconds: 10, ...readinessProbe } } }), 10_000);
    expect(cluster.events('p').find((event) => event.includes('Unhealthy'))).toContain(`Readiness probe failed: ${message}`);
  });

  it('of the start hold the others back', () => {
    const cluster = testCluster();
    const container = {
      startupProbe: http('/up', 80, { periodSeconds: 5, failureThreshold: 30 }),
      livenessProbe: http('/never', 80, { periodSeconds: 1, failureThreshold: 1 }),
    };
    const pod = cluster.start(podOf('p', 'nginx', { container }), 30_000);
    expect(pod.status!.containerStatuses![0]).toMatchObject({ started: false, ready: false, restartCount: 0 });
    const container1 = cluster.nodes[0]!.runtime.sandboxes(pod.metadata.uid)[0]!.containers[0] as unknown as {
      live: { files: { write(path: string, text: string): void } };
    };
    container1.live.files.write('/usr/share/nginx/html/up', 'yes');
    cluster.advance(12_000);
    expect(firstContainer(cluster, 'p').restartCount).toBe(1);
  });

  it('cost nothing once the pod is gone', () => {
    const cluster = testCluster();
    cluster.start(podOf('p', 'nginx', { container: { readinessProbe: http('/', 80, { periodSeconds: 1 }) } }), 10_000);
    cluster.run(cluster.client.delete(PODS, { namespace: 'default', name: 'p' }));
    cluster.advance(5_000);
    cluster.run(cluster.nodes[0]!.machine.units.stop('kubelet'));
    const before = cluster.kernel.events;
    cluster.advance(60_000);
    expect(cluster.kernel.events - before).toBeLessThan(60);
  });
});

describe('lifecycle hooks', () => {
  it('run before the end, within the grace period', () => {
    const cluster = testCluster();
    const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } };
    cluster.start(podOf('p', 'nginx', { container: { lifecycle } }), 10_000);
    cluster.run(cluster.client.delete(PODS, { namespace: 'default', name: 'p' }));
    cluster.advance(4_900);
    expect(cluster.pod('p')!.status!.containerStatuses![0]!.state!.running).toBeDefined();
    cluster.advance(2_000);
    expect(cluster.pod('p')).toBeUndefined();
  });

  it('that fail after the start have the container killed', () => {
    const cluster = testCluster();
    const lifecycle = { postStart: { exec: { command: ['sh', '-c', 'echo no; exit 1'] } } };
    cluster.start(podOf('p', 'nginx', { container: { lifecycle } }), 8_000);
    expect(firstContainer(cluster, 'p')).toMatchObject({ restartCount: 1, ready: false });
    expect(cluster.events('p').join('\n')).toContain('Warning FailedPostStartHook spec.containers{p}: PostStartHook failed');
  });
});

describe("the kubelet's own API", () => {
  const ask = (cluster: TestCluster, path: string, query: [string, string][] = []) =>
    cluster.run(
      cluster.fabric.request({ name: 'x', ip: '10.0.0.99', powered: true }, '10.0.1.0', 10250, { method: 'GET', path, query, headers: {} }),
    );

  it('answers logs', () => {
    const cluster = testCluster();
    cluster.start(podOf('p', 'busybox', { restartPolicy: 'Never', container: sh('echo one; echo two; exit 1') }));
    expect(ask(cluster, '/containerLogs/default/p/p').body).toBe('one\ntwo\n');
    expect(ask(cluster, '/containerLogs/default/p/p', [['tailLines', '1']]).body).toBe('two\n');
    expect(ask(cluster, '/containerLogs/default/p/x')).toMatchObject({ status: 404, body: 'container "x" not found in pod "p"' });
    expect(ask(cluster, '/containerLogs/default/q/p')).toMatchObject({ status: 404, body: 'pod "q" does not exist' });
    expect(ask(cluster, '/healthz').body).toBe('ok');
    expect(ask(cluster, '/nothing').status).toBe(404);
  });

  it('says why there are none', () => {
    const cluster = testCluster();
    cluster.start(podOf('apache', 'apache'), 8_000);
    expect(ask(cluster, '/containerLogs/default/apache/apache')).toMatchObject({
      status: 400,
      body: 'container "apache" in pod "apache" is waiting to start: trying and failing to pull image',
    });
    expect(ask(cluster, '/containerLogs/default/apache/apache', [['previous', 'true']]).body).toBe(
      'previous terminated container "apache" in pod "apache" not found',
    );
  });

  it('answers the log of the instance before', () => {
    const cluster = testCluster();
    cluster.start(podOf('p', 'busybox', { container: sh('echo about to fail; sleep 1; exit 3') }), 30_000);
    expect(ask(cluster, '/containerLogs/default/p/p', [['previous', 'true']]).body).toBe('about to fail\n');
  });

  it('follows a log to its end', () => {
    const cluster = testCluster();
    cluster.start(podOf('p', 'busybox', { restartPolicy: 'Never', container: sh('echo one; sleep 10; echo two; sleep 10') }), 8_000);
    const { stream } = ask(cluster, '/containerLogs/default/p/p', [['follow', 'true']]);
    const chunks: unknown[] = [];
    cluster.kernel.root.spawn(
      'read',
      (function* (): Task<void> {
        for (let chunk = yield* stream!.receive(); chunk !== CLOSED; chunk = yield* stream!.receive()) chunks.push(chunk);
        chunks.push('end');
      })(),
    );
    cluster.advance(60_000);
    expect(chunks).toEqual(['one\n', 'two\n', 'end']);
  });
});
