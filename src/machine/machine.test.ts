import { describe, expect, it } from 'vitest';
import { Fabric } from '../net/fabric.ts';
import { Kernel } from '../sim/kernel.ts';
import { hang, sleep, type Task } from '../sim/wait.ts';
import { Machine } from './machine.ts';
import { MemoryFiles } from './memory-files.ts';
import { Ring, UnitError, type UnitSpec } from './units.ts';

function machineWith(...specs: UnitSpec[]): { kernel: Kernel; machine: Machine; fabric: Fabric } {
  const kernel = new Kernel(1);
  const fabric = new Fabric();
  const machine = new Machine({ kernel, fabric, name: 'm', ip: '10.0.0.1', cpu: 2, memoryBytes: 2 ** 30, files: new MemoryFiles(kernel) });
  for (const spec of specs) machine.units.install(spec);
  return { kernel, machine, fabric };
}

function service(name: string, more: Partial<UnitSpec> = {}): UnitSpec {
  return { name, description: name, enabled: true, start: ({ group }) => void group.spawn(name, hang()), ...more };
}

function run(kernel: Kernel, task: Task<void>): unknown {
  let thrown: unknown;
  kernel.root.spawn(
    'test',
    (function* (): Task<void> {
      try {
        yield* task;
      } catch (error) {
        thrown = error;
      }
    })(),
  );
  kernel.run({ untilMs: kernel.now + 60_000 });
  return thrown;
}

describe('a machine', () => {
  it('boots its enabled units and loses all of them at once without power', () => {
    const { kernel, machine } = machineWith(service('a'), service('b', { enabled: false }));
    machine.powerOn();
    expect(machine.powered).toBe(false);
    kernel.run({ untilMs: 20_000 });
    expect(['a', 'b'].map((name) => machine.units.state(name))).toEqual(['active', 'inactive']);
    const firstBoot = machine.bootId;
    let cleaned = 0;
    machine.group.onKill(() => cleaned++);
    machine.powerOff();
    expect([machine.powered, machine.units.state('a'), cleaned]).toEqual([false, 'inactive', 1]);
    machine.reboot();
    kernel.run({ untilMs: 60_000 });
    expect(machine.units.state('a')).toBe('active');
    expect(machine.bootId).not.toBe(firstBoot);
  });

  it('does not boot when it is switched off before the boot has ended', () => {
    const { kernel, machine } = machineWith(service('a'));
    machine.powerOn();
    machine.powerOff();
    kernel.run({ untilMs: 60_000 });
    expect(machine.powered).toBe(false);
  });

  it('answers the network only while it is on', () => {
    const { kernel, machine, fabric } = machineWith(
      service('web', {
        start: ({ group }) =>
          void fabric.listen(machine, 80, group, function* () {
            return { status: 200, headers: {} };
          }),
      }),
    );
    const client = { name: 'c', ip: '10.0.0.9', powered: true };
    const results: string[] = [];
    const ask = function* (): Task<void> {
      try {
        results.push(
          String((yield* fabric.request(client, machine.ip, 80, { method: 'GET', path: '/', query: [], headers: {} }, 1000)).status),
        );
      } catch (error) {
        results.push((error as Error).message);
      }
    };
    machine.powerOn(0);
    run(kernel, ask());
    run(kernel, machine.units.stop('web'));
    run(kernel, ask());
    machine.powerOff();
    run(kernel, ask());
    expect(results).toEqual(['200', 'dial tcp 10.0.0.1:80: connect: connection refused', 'dial tcp 10.0.0.1:80: i/o timeout']);
  });
});

describe('units', () => {
  it('start what they require first and stop with it', () => {
    const started: string[] = [];
    const noted = (name: string, more: Partial<UnitSpec> = {}): UnitSpec =>
      service(name, { enabled: false, start: () => void started.push(name), ...more });
    const { kernel, machine } = machineWith(noted('kubelet', { requires: ['docker'] }), noted('docker'));
    machine.powerOn(0);
    run(kernel, machine.units.start('kubelet.service'));
    expect(started).toEqual(['docker', 'kubelet']);
    run(kernel, machine.units.stop('docker'));
    expect(['docker', 'kubelet'].map((name) => machine.units.state(name))).toEqual(['inactive', 'inactive']);
  });

  it('fail when their start throws, and say so in their journal', () => {
    const broken = service('broken', {
      start: () => {
        throw new Error('bad flag');
      },
    });
    const { kernel, machine } = machineWith(broken, service('needs', { requires: ['broken'] }));
    machine.powerOn(0);
    expect(['broken', 'needs'].map((name) => machine.units.state(name))).toEqual(['failed', 'inactive']);
    expect(machine.units.journal('broken').map(({ text }) => text)).toContain('bad flag');
    expect(run(kernel, machine.units.start('broken'))).toBeInstanceOf(UnitError);
    expect((run(kernel, machine.units.start('nothing')) as Error).message).toBe('Unit nothing.service could not be found.');
  });

  it('come back by themselves where the unit file says so', () => {
    let runs = 0;
    const flaky = service('flaky', {
      restartAfterMs: 5000,
      start: ({ group, exited }) => {
        runs++;
        group.spawn(
          'flaky',
          (function* (): Task<void> {
            yield* sleep(1000);
            exited(1);
          })(),
        );
      },
    });
    const { kernel, machine } = machineWith(flaky);
    machine.powerOn(0);
    kernel.run({ untilMs: 500 });
    expect(machine.units.state('flaky')).toBe('active');
    kernel.run({ untilMs: 3000 });
    expect(machine.units.state('flaky')).toBe('failed');
    kernel.run({ untilMs: 6500 });
    expect([machine.units.state('flaky'), runs]).toEqual(['active', 2]);
    machine.powerOff();
    kernel.run({ untilMs: 60_000 });
    expect(runs).toBe(2);
  });

  it('are given the time their stop takes before they are killed', () => {
    let politely = false;
    const slow = service('slow', {
      stop: function* () {
        yield* sleep(3000);
        politely = true;
      },
    });
    const { kernel, machine } = machineWith(slow);
    machine.powerOn(0);
    kernel.root.spawn('stop', machine.units.stop('slow'));
    kernel.run({ untilMs: 2000 });
    expect([machine.units.state('slow'), politely]).toEqual(['active', false]);
    kernel.run({ untilMs: 4000 });
    expect([machine.units.state('slow'), politely]).toEqual(['inactive', true]);
  });

  it('keep the newest lines of their journal', () => {
    const ring = new Ring<number>(3);
    for (let i = 0; i < 8; i++) ring.push(i);
    expect(ring.toArray()).toEqual([5, 6, 7]);
  });
});
