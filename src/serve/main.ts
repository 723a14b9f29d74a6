import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { bootCluster } from './host.ts';
import { kubeconfig } from './kubeconfig.ts';
import { makeServingCertificate } from './tls.ts';
import { Pacer } from './pacer.ts';
import { requestListener } from './http-server.ts';
import { upgradeListener } from './streams/upgrade.ts';
import { USAGE, parseOptions, type ServeOptions } from './options.ts';

async function start(options: ServeOptions): Promise<void> {
  const text = options.cluster === undefined ? undefined : readFileSync(options.cluster, 'utf8');
  const { cluster, handle } = bootCluster(text, options.token, Date.now);
  const pacer = new Pacer(cluster.kernel, options.speed);
  const host = { group: cluster.kernel.root.child('clients'), handle, pacer };
  const listener = requestListener(host);
  const certificate = options.tls ? await makeServingCertificate() : undefined;
  const http: Server = certificate
    ? createSecureServer({ cert: certificate.cert, key: certificate.key }, listener)
    : createServer(listener);
  http.on('upgrade', upgradeListener(host, listener));
  http.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  http.listen(options.port, '127.0.0.1', () => {
    const { port } = http.address() as AddressInfo;
    const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
    const file = join(mkdtempSync(join(tmpdir(), 'kubarium-')), 'kubeconfig');
    writeFileSync(file, kubeconfig(url, options.token, certificate?.ca), { mode: 0o600 });
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
  await start(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
