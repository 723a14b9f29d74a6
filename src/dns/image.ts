import { SharedInformers } from '../client/reflector.ts';
import { RestClient } from '../client/rest.ts';
import { FabricTransport } from '../client/transport.ts';
import { POLITE, type ContainerProcess, type Image, type Resident } from '../images/image.ts';
import { digestOf } from '../images/digest.ts';
import { fileLayer } from '../machine/memory-files.ts';
import { queryValue, type HttpHandler, type HttpResponse } from '../net/http.ts';
import { RECORD_TYPES, Zone, zoneListers } from './zone.ts';
import type { Task } from '../sim/wait.ts';

const REPOSITORY = 'registry.k8s.io/coredns/coredns';
const VERSION = '1.13.1';
const SERVICE_ACCOUNT = {
  name: 'system:serviceaccount:kube-system:coredns',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

/** CoreDNS with the kubernetes plugin: a static binary, so no shell inside. */
export function corednsImage(): Image {
  return {
    repository: REPOSITORY,
    hasTag: (tag) => /^v1\.\d+\.\d+$/.test(tag),
    layers: (tag) => [{ id: digestOf(`${REPOSITORY}:${tag}`), sizeBytes: 23_000_000 }],
    entrypoint: ['/coredns'],
    cmd: [],
    executables: ['/coredns', 'coredns'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    workingDir: '/',
    programs: new Map(),
    files: fileLayer({}),
    main,
  };
}

function* main(container: ContainerProcess): Task<number | Resident> {
  const { system, group, env } = container;
  const { fabric, network } = system;
  const server = { ip: env.get('KUBERNETES_SERVICE_HOST'), port: Number(env.get('KUBERNETES_SERVICE_PORT')) };
  if (server.ip === undefined) {
    container.log(
      'plugin/kubernetes: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    );
    return 1;
  }
  const { ip, port } = server;
  const client = new RestClient(new FabricTransport(fabric, network, () => ({ ip, port }), SERVICE_ACCOUNT), {
    userAgent: `coredns/${VERSION}`,
  });
  const informers = new SharedInformers(client, group);
  const zone = new Zone(zoneListers(informers));
  informers.start();
  const ok: HttpResponse = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'OK' };
  fabric.listen(network, 8080, group, function* () {
    return ok;
  });
  // Who asks while the caches fill waits for them, so that a start that takes milliseconds does not cost a probe's period.
  fabric.listen(network, 8181, group, function* () {
    yield* informers.synced();
    return ok;
  });
  yield* informers.synced();
  container.log('.:53');
  container.log(`CoreDNS-${VERSION}`);
  container.log('linux/amd64, go1.25.2, 1db4568');
  const types = new Set(Object.keys(RECORD_TYPES));
  const answer: HttpHandler = function* (request) {
    const name = queryValue(request, 'name') ?? '';
    const type = (queryValue(request, 'type') ?? 'A').toUpperCase();
    return {
      status: 200,
      headers: { 'content-type': 'application/dns-json' },
      body: types.has(type) ? zone.answer(name, type) : { Status: 0 },
    };
  };
  fabric.listen(network, 53, group, answer);
  return POLITE;
}
