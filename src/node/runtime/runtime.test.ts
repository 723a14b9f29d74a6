import { describe, expect, it } from 'vitest';
import { ImageRegistry } from '../../images/registry.ts';
import { Fabric } from '../../net/fabric.ts';
import { Kernel } from '../../sim/kernel.ts';
import { hang, sleep, type Task } from '../../sim/wait.ts';
import { StringSink, emptyReader } from '../../machine/streams.ts';
import { DockerEngine } from './docker.ts';
import { IpPool } from './ip-pool.ts';
import { ContainerLog } from './log.ts';
import type { Program } from '../../machine/program.ts';
import type { Group } from '../../sim/group.ts';
import type { Container, ContainerConfig, Sandbox } from './runtime.ts';

const fails: Program = function* ({ stdout }) {
  yield* stdout.write('one\ntw');
  yield* stdout.write('o\nthree');
  return 3;
};
const sleeps: Program = function* ({ args }) {
  yield* sleep(Number(args[0]) * 1000);
  return 0;
};
const stays: Program = () => hang();

interface Fixture {
  readonly kernel: Kernel;
  readonly fabric: Fabric;
  readonly engine: DockerEngine;
  group: Group;
  run<T>(task: Task<T>): T;
}

function fixture(): Fixture {
  const kernel = new Kernel(1, 1_767_225_600_000);
  const fabric = new Fabric();
  const machine = { name: 'm', ip: '10.0.1.1', powered: true };
  fabric.attach(machine);
  const registry = new ImageRegistry(
    new Map([
      ['sh', fails],
      ['sleep', sleeps],
      ['cat', stays],
    ]),
  );
  const engine = new DockerEngine({ kernel, fabric, machine, registry, rng: kernel.rng.fork('docker') });
  engine.configureNetwork('10.244.1.0/24');
  const group = kernel.root.child('docker');
  engine.start(group);
  const run = <T>(task: Task<T>): T => {
    let outcome: { value: T } | { error: unknown } | undefined;
    kernel.root.spawn(
      'test',
      (function* (): Task<void> {
        try {
          outcome = { value: yield* task };
        } catch (error) {
          outcome = { error };
        }
      })(),
    );
    while (!outcome && kernel.step());
    if (!outcome || 'error' in outcome) throw outcome?.error ?? new Error('never ends');
    return outcome.value;
  };
  return { kernel, fabric, engine, group, run };
}

function* sandboxOf(engine: DockerEngine, podUid: string): Task<Sandbox> {
  return yield* engine.runPodSandbox({ podUid, podName: podUid, namespace: 'default', attempt: 0, hostname: podUid, hostNetwork: false });
}

function* start(engine: DockerEngine, sandbox: Sandbox, reference: string, more: Partial<ContainerConfig> = {}): Task<Container> {
  const image = yield* engine.pullImage(reference);
  const config = {
    name: 'c',
    attempt: 0,
    image,
    command: undefined,
    args: undefined,
    workingDir: undefined,
    env: [],
    stdin: false,
    tty: false,
  };
  const container = yield* engine.createContainer(sandbox, { ...config, ...more });
  yield* engine.startContainer(container);
  return container;
}

describe('docker', () => {
  it('takes time to pull, and little for what is there already', () => {
    const { engine, kernel, run } = fixture();
    const timed = (reference: string): number => {
      const before = kernel.now;
      run(engine.pullImage(reference));
      return kernel.now - before;
    };
    const first = timed('luksa/kubia');
    expect(first).toBeGreaterThan(3000);
    expect(timed('luksa/kubia')).toBeLessThan(1000);
    expect(timed('luksa/kubia-unhealthy')).toBeLessThan(1000);
    expect([...engine.images()].map(({ tags }) => tags[0])).toEqual(['luksa/kubia:latest', 'luksa/kubia-unhealthy:latest']);
  });

  it('gives every pod an address of the node and takes it back', () => {
    const { engine, fabric, run } = fixture();
    const a = run(sandboxOf(engine, 'a'));
    const b = run(sandboxOf(engine, 'b'));
    expect([a.ip, b.ip]).toEqual(['10.244.1.2', '10.244.1.3']);
    expect(fabric.hostByIp(a.ip)?.name).toBe('a');
    const { ip } = a;
    run(engine.removePodSandbox(a));
    expect(fabric.hostByIp(ip)).toBeUndefined();
    expect([...engine.pods()]).toEqual(['b']);
  });

  it('notes how containers end, and their last words', () => {
    const { engine, kernel, run } = fixture();
    const sandbox = run(sandboxOf(engine, 'a'));
    const failing = run(start(engine, sandbox, 'busybox', { args: ['sh'] }));
    kernel.run({ untilMs: kernel.now + 1000 });
    expect(failing).toMatchObject({ state: 'exited', exitCode: 3, reason: 'Error' });
    expect(failing.log!.read()).toBe('one\ntwo\nthree\n');
    const napping = run(start(engine, sandbox, 'busybox', { name: 'd', args: ['sleep', '5'] }));
    kernel.run({ untilMs: kernel.now + 3000 });
    expect(napping.state).toBe('running');
    kernel.run({ untilMs: kernel.now + 3000 });
    expect(napping).toMatchObject({ state: 'exited', exitCode: 0, reason: 'Completed' });
    expect(napping.finishedMs - napping.startedMs).toBe(5000);
  });

  it.each([
    ['nginx', 'a program that listens', 0, 0, 1_000],
    ['luksa/kubia', 'a program that does not listen', 137, 5_000, 6_000],
    ['some/thing', 'a program that nothing is known about', 143, 0, 1_000],
  ])('stops %s: %s', (reference, _what, exitCode, least, most) => {
    const { engine, kernel, run } = fixture();
    const sandbox = run(sandboxOf(engine, 'a'));
    const container = run(start(engine, sandbox, reference));
    kernel.run({ untilMs: kernel.now + 1000 });
    expect(container.state).toBe('running');
    const before = kernel.now;
    run(engine.stopContainer(container, 5_000));
    expect(container).toMatchObject({ state: 'exited', exitCode });
    expect(kernel.now - before).toBeGreaterThanOrEqual(least);
    expect(kernel.now - before).toBeLessThan(most);
  });

  it.each([
    [['foo'], 'exec: "foo": executable file not found in $PATH'],
    [['/opt/foo'], 'exec: "/opt/foo": stat /opt/foo: no such file or directory'],
  ])('cannot start %j', (command, why) => {
    const { engine, run } = fixture();
    const sandbox = run(sandboxOf(engine, 'a'));
    const message = `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}: unknown`;
    expect(() => run(start(engine, sandbox, 'busybox', { command }))).toThrow(`Error response from daemon: ${message}`);
    expect(sandbox.containers[0]).toMatchObject({ state: 'exited', exitCode: 127, reason: 'ContainerCannotRun', message });
  });

  it('takes any program of an image that it knows nothing about', () => {
    const { engine, kernel, run } = fixture();
    const container = run(start(engine, run(sandboxOf(engine, 'a')), 'some/thing', { command: ['/srv/main', '--port=1'] }));
    kernel.run({ untilMs: kernel.now + 60_000 });
    expect(container.state).toBe('running');
  });

  it('runs other programs inside a container', () => {
    const { engine, run } = fixture();
    const container = run(start(engine, run(sandboxOf(engine, 'a')), 'nginx'));
    const out = new StringSink();
    const streams = { stdin: emptyReader(), stdout: out, stderr: out };
    expect([run(engine.exec(container, ['/bin/sh'], streams)), out.text]).toEqual([3, 'one\ntwo\nthree']);
    expect(() => run(engine.exec(container, ['vi'], streams))).toThrow('exec: "vi": executable file not found in $PATH');
  });

  it('loses its containers with the daemon, keeps their records, and refuses calls meanwhile', () => {
    const { engine, kernel, group, run } = fixture();
    const sandbox = run(sandboxOf(engine, 'a'));
    const container = run(start(engine, sandbox, 'nginx'));
    group.kill();
    expect(container).toMatchObject({ state: 'exited', exitCode: 255 });
    expect(sandbox.state).toBe('notready');
    expect(() => run(engine.pullImage('nginx'))).toThrow('Is the docker daemon running?');
    const told: string[] = [];
    engine.onChange((podUid) => told.push(podUid));
    engine.start(group);
    expect(told).toEqual(['a']);
    expect(engine.sandboxes('a')[0]!.containers).toEqual([container]);
    void kernel;
  });

  it('stops its containers in order before it is shut down itself', () => {
    const { engine, group, run } = fixture();
    const container = run(start(engine, run(sandboxOf(engine, 'a')), 'nginx'));
    run(engine.shutdown());
    group.kill();
    expect(container).toMatchObject({ state: 'exited', exitCode: 0 });
  });

  it('lets containers be reached on their ports', () => {
    const { engine, fabric, kernel, run } = fixture();
    const sandbox = run(sandboxOf(engine, 'a'));
    const container = run(start(engine, sandbox, 'nginx'));
    kernel.run({ untilMs: kernel.now + 1000 });
    const client = { name: 'c', ip: '10.9.9.9', powered: true };
    const get = (path: string) => run(fabric.request(client, sandbox.ip, 80, { method: 'GET', path, query: [], headers: {} }));
    expect(get('/').body).toContain('<title>Welcome to nginx!</title>');
    expect(get('/missing').status).toBe(404);
    expect(container.log!.read({ tailLines: 1 })).toMatch(
      /^10\.9\.9\.9 - - \[01\/Jan\/2026:00:00:0\d \+0000\] "GET \/missing HTTP\/1\.1" 404 /,
    );
    run(engine.stopContainer(container, 1000));
    expect(() => get('/')).toThrow('connection refused');
  });
});

describe('pod addresses', () => {
  it('are handed out in turn and run out', () => {
    const pool = new IpPool('10.1.2.0/29');
    const all = [1, 2, 3, 4, 5].map(() => pool.allocate());
    expect(all).toEqual(['10.1.2.2', '10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6']);
    expect(pool.allocate()).toBeUndefined();
    pool.release('10.1.2.4');
    expect(pool.allocate()).toBe('10.1.2.4');
  });
});

describe('a container log', () => {
  it('reads the tail, since an instant, with stamps, and cut', () => {
    const log = new ContainerLog();
    log.add('a\nb', 1000);
    log.add('c', 2000);
    log.write('d', 3000);
    log.write('e\nf', 4000);
    expect(log.read()).toBe('a\nb\nc\nde\n');
    expect(log.read({ tailLines: 2 })).toBe('c\nde\n');
    expect(log.read({ tailLines: 0 })).toBe('');
    expect(log.read({ sinceEpochMs: 2000 })).toBe('c\nde\n');
    expect(log.read({ sinceEpochMs: 1500, timestamps: true, tailLines: 1 })).toBe('1970-01-01T00:00:04.000000000Z de\n');
    expect(log.read({ limitBytes: 3 })).toBe('a\nb');
    log.close(5000);
    expect(log.read({ tailLines: 1 })).toBe('f\n');
  });

  it('forgets its oldest lines', () => {
    const log = new ContainerLog();
    const line = 'x'.repeat(1000);
    for (let i = 0; i < 2000; i++) log.add(`${i} ${line}`, i);
    const text = log.read();
    expect(text.length).toBeLessThan(1100 * 1024);
    expect(text.endsWith(`1999 ${line}\n`)).toBe(true);
    expect(log.since(log.end - 1)).toBe(`1999 ${line}\n`);
  });
});
