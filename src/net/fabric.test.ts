import { beforeEach, describe, expect, it } from 'vitest';
import { Kernel } from '../sim/kernel.ts';
import { Fabric, NetError, type NetHost, type Translation } from './fabric.ts';
import type { Task } from '../sim/wait.ts';

interface Host extends NetHost {
  powered: boolean;
}

const host = (name: string, ip: string, machine?: NetHost): Host => ({ name, ip, powered: true, ...(machine && { machine }) });

describe("a machine's rules for destinations", () => {
  const VIP = '10.96.0.50';
  let kernel: Kernel;
  let fabric: Fabric;
  const one = host('one', '10.0.0.1');
  const two = host('two', '10.0.0.2');
  const client = host('client', '10.244.1.2', one);
  const server = host('server', '10.244.2.2', two);
  const outside = host('laptop', '203.0.113.7');

  beforeEach(() => {
    kernel = new Kernel(1);
    fabric = new Fabric();
    for (const each of [one, two, client, server, outside]) fabric.attach(each);
    fabric.listen(server, 8080, kernel.root.child('server'), function* (_request, from) {
      return { status: 200, headers: {}, body: from?.ip ?? '' };
    });
  });

  const to = (ip: string, port: number, masquerades = false): Translation => ({ verdict: 'accept', ip, port, masquerades });

  function ask(from: NetHost, ip: string, port: number): { answer: string; tookMs: number } {
    let answer = 'nothing';
    const beganMs = kernel.now;
    let tookMs = -1;
    function* body(): Task<void> {
      try {
        answer = String((yield* fabric.request(from, ip, port, { method: 'GET', path: '/', query: [], headers: {} }, 3_000)).body);
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        answer = error.code;
      }
      tookMs = kernel.now - beganMs;
    }
    kernel.root.spawn('ask', body());
    kernel.run({ untilMs: kernel.now + 10_000 });
    return { answer, tookMs };
  }

  it('send a virtual address to the endpoint, which sees the client', () => {
    fabric.setTranslator(one, (_from, ip, port) => (ip === VIP && port === 80 ? to(server.ip, 8080) : undefined));
    expect(ask(client, VIP, 80).answer).toBe(client.ip);
  });

  it('refuse at once', () => {
    fabric.setTranslator(one, () => ({ verdict: 'reject' }));
    const { answer, tookMs } = ask(client, VIP, 80);
    expect(answer).toBe('ECONNREFUSED');
    expect(tookMs).toBeLessThan(1);
  });

  it('let connections get lost, as does an address that nobody has', () => {
    fabric.setTranslator(one, () => ({ verdict: 'drop' }));
    expect(ask(client, VIP, 80)).toEqual({ answer: 'ETIMEDOUT', tookMs: 3_000 });
    fabric.setTranslator(one, undefined);
    expect(ask(client, VIP, 80).answer).toBe('ETIMEDOUT');
  });

  it('apply to what arrives at the machine, and hide the client where they masquerade', () => {
    fabric.setTranslator(one, (_from, ip, port) => (ip === one.ip && port === 30080 ? to(server.ip, 8080, true) : undefined));
    expect(ask(outside, one.ip, 30080).answer).toBe(one.ip);
    expect(ask(outside, one.ip, 30081).answer).toBe('ECONNREFUSED');
  });

  it('lead nowhere when the link between the machine in the middle and the endpoint is cut', () => {
    fabric.setTranslator(one, () => to(server.ip, 8080));
    fabric.cut(one, two);
    expect(ask(outside, one.ip, 30080).answer).toBe('ETIMEDOUT');
  });

  it('find an endpoint that is gone silent, and one whose port is closed refusing', () => {
    fabric.setTranslator(one, (_from, _ip, port) => to(port === 80 ? '10.244.9.9' : server.ip, 9));
    expect(ask(client, VIP, 80).answer).toBe('ETIMEDOUT');
    expect(ask(client, VIP, 81).answer).toBe('ECONNREFUSED');
  });
});
