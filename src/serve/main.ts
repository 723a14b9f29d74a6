import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { ADMINISTRATOR } from '../apiserver/users.ts';
import { EtcdMember } from '../etcd/member.ts';
import { Fabric, type NetHost } from '../net/fabric.ts';
import { FabricTransport } from '../client/transport.ts';
import { Kernel } from '../sim/kernel.ts';
import { Pacer } from './pacer.ts';
import { RestClient } from '../client/rest.ts';
import { USAGE, parseOptions, type ServeOptions } from './options.ts';
import { createApiServer } from '../apiserver/server.ts';
import { requestListener } from './http-server.ts';
import { startControllerManager } from '../controllers/manager.ts';

const API_SERVER_PORT = 6443;

function kubeconfig(server: string, token: string | undefined): string {
  const user = token === undefined ? '{}' : `{token: ${JSON.stringify(token)}}`;
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- {name: kubarium, cluster: {server: "${server}"}}`,
    'users:',
    `- {name: admin, user: ${user}}`,
    'contexts:',
    '- {name: kubarium, context: {cluster: kubarium, user: admin}}',
    'current-context: kubarium',
    '',
  ].join('\n');
}

function start(options: ServeOptions): void {
  const kernel = new Kernel(1, Date.now());
  const store = new EtcdMember(kernel);
  store.start(kernel.root.child('etcd'));
  const master: NetHost = { name: 'master', ip: '10.0.0.10', powered: true };
  const fabric = new Fabric();
  fabric.attach(master);
  const group = kernel.root.child('kube-apiserver');
  const tokens = options.token === undefined ? {} : { [options.token]: ADMINISTRATOR };
  const server = createApiServer({ kernel, group, store, rng: kernel.rng.fork('apiserver'), address: master.ip, tokens, onPanic: (error) => console.error(error) });
  fabric.listen(master, API_SERVER_PORT, group, server.handle);
  const identity = { name: 'system:kube-controller-manager', groups: ['system:masters', 'system:authenticated'] };
  const client = new RestClient(new FabricTransport(fabric, master, () => ({ ip: master.ip, port: API_SERVER_PORT }), identity), {
    userAgent: 'kube-controller-manager/v1.35.0',
  });
  startControllerManager({
    kernel,
    group: kernel.root.child('kube-controller-manager'),
    client,
    identity: 'master_1',
    flags: { 'leader-elect': 'false' },
    rng: kernel.rng.fork('kube-controller-manager'),
    log: () => {},
  });
  const pacer = new Pacer(kernel, options.speed);
  const host = { group: kernel.root.child('edge'), handle: server.handle, pacer, identity: options.token === undefined ? ADMINISTRATOR : undefined };
  const http = createServer(requestListener(host));
  http.listen(options.port, '127.0.0.1', () => {
    const { port } = http.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const file = join(mkdtempSync(join(tmpdir(), 'kubarium-')), 'kubeconfig');
    writeFileSync(file, kubeconfig(url, options.token), { mode: 0o600 });
    console.log(`ready: ${url} kubeconfig: ${file}`);
  });
  pacer.poke();
  const stop = (): void => {
    pacer.stop();
    http.close();
    http.closeAllConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

try {
  start(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
