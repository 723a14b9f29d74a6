import { NAMESPACES, SERVICE_ACCOUNTS } from '../api/kinds.ts';
import { ADMINISTRATOR } from './users.ts';
import { EtcdMember } from '../etcd/member.ts';
import { Fabric, type NetHost } from '../net/fabric.ts';
import { FabricTransport } from '../client/transport.ts';
import { Kernel } from '../sim/kernel.ts';
import { RestClient } from '../client/rest.ts';
import { createApiServer, type ApiServer } from './server.ts';
import type { Client } from '../client/client.ts';
import type { Task } from '../sim/wait.ts';

export interface TestServer {
  readonly kernel: Kernel;
  readonly store: EtcdMember;
  readonly server: ApiServer;
  readonly client: Client;
  /** Runs a task to its end on the virtual clock and answers its result, or throws what it threw. */
  run<T>(task: Task<T>): T;
  /** Lets time pass. */
  advance(ms: number): void;
}

const MASTER: NetHost = { name: 'master', ip: '10.0.0.10', powered: true };

/**
 * An API server over a store of its own, reached through a fabric as the administrator. With
 * `namespace` given, that namespace and its `default` service account exist, as controllers would
 * have made them.
 */
export function testServer(options: { seed?: number; namespace?: string; onPanic?: (error: unknown) => void } = {}): TestServer {
  const kernel = new Kernel(options.seed ?? 1, 1_767_225_600_000);
  const store = new EtcdMember(kernel);
  store.start(kernel.root.child('etcd'));
  const group = kernel.root.child('apiserver');
  const server = createApiServer({
    kernel,
    group,
    store,
    rng: kernel.rng.fork('apiserver'),
    address: MASTER.ip,
    ...(options.onPanic && { onPanic: options.onPanic }),
  });
  const fabric = new Fabric();
  fabric.attach(MASTER);
  fabric.listen(MASTER, 6443, group, server.handle);
  const transport = new FabricTransport(fabric, MASTER, () => ({ ip: MASTER.ip, port: 6443 }), ADMINISTRATOR);
  const client = new RestClient(transport, { userAgent: 'test' });
  const run = <T>(task: Task<T>): T => {
    const process = kernel.root.spawn('test', task);
    let outcome: { value: T } | { error: unknown } | undefined;
    const end = process.completion();
    kernel.root.spawn(
      'join',
      (function* (): Task<void> {
        try {
          outcome = { value: yield* end.wait() };
        } catch (error) {
          outcome = { error };
        }
      })(),
    );
    while (!outcome && kernel.step());
    if (!outcome) throw new Error('the task waits for something that never happens');
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  const made: TestServer = { kernel, store, server, client, run, advance: (ms) => void kernel.run({ untilMs: kernel.now + ms }) };
  if (options.namespace !== undefined) run(makeNamespace(client, options.namespace));
  return made;
}

function* makeNamespace(client: Client, name: string): Task<void> {
  yield* client.create(NAMESPACES, { metadata: { name } });
  yield* client.create(SERVICE_ACCOUNTS, { metadata: { name: 'default', namespace: name } });
}
