import { Cluster, SILENT } from '../cluster/cluster.ts';
import { parseClusterDocument } from '../cluster/parse.ts';
import { rfc3339 } from '../base/time.ts';
import { ADMINISTRATOR, API_SERVER_PORT } from '../cluster/components.ts';
import type { ClusterDocument } from '../cluster/document.ts';
import type { HttpHandler, HttpRequest, Identity } from '../net/http.ts';
import type { NetHost } from '../net/fabric.ts';

const DEFAULT_DOCUMENT = 'apiVersion: kubarium.dev/v1alpha1\nkind: Cluster\n';
/** A cluster is let boot this long, at most, before clients are let in. */
const LONGEST_BOOT_MS = 120_000;
const BOOT_STEP_MS = 100;
/** Long enough for watches that nobody ends: the fabric waits for the head of a reply only. */
const TIMEOUT_MS = 60_000;

/** The machine outside of the cluster from which its clients come. */
const OUTSIDE: NetHost = { name: 'outside', ip: '192.0.2.1', powered: true };

export interface ClusterHost {
  readonly cluster: Cluster;
  /** Passes a request from outside to an API server of the cluster. Throws NetError. */
  readonly handle: HttpHandler;
}

/** Builds the cluster of a document and lets it boot, as fast as it can, to the present instant of the real clock. */
export function bootCluster(text: string | undefined, token: string | undefined, now: () => number): ClusterHost {
  const document = readDocument(text, now());
  const cluster = Cluster.create(document, SILENT);
  cluster.fabric.attach(OUTSIDE);
  const { kernel } = cluster;
  const machines = document.masters.length + document.minions.length;
  while (kernel.now < LONGEST_BOOT_MS && cluster.readyNodes() < machines) kernel.run({ untilMs: kernel.now + BOOT_STEP_MS });
  return { cluster, handle: entrance(cluster, token) };
}

/** Without a time of its own, a cluster lives in the present. */
function readDocument(text: string | undefined, nowMs: number): ClusterDocument {
  const document = parseClusterDocument(text ?? DEFAULT_DOCUMENT);
  return text !== undefined && /^startTime:/m.test(text) ? document : { ...document, startTime: rfc3339(nowMs) };
}

/** The first master that runs answers. Without a token everybody is the administrator, as `kubectl proxy` makes them. */
function entrance(cluster: Cluster, token: string | undefined): HttpHandler {
  return function* (request) {
    const master =
      cluster.document.masters.map(({ name }) => cluster.machines.get(name)!).find(({ powered }) => powered) ?? cluster.firstMaster;
    return yield* cluster.fabric.request(OUTSIDE, master.ip, API_SERVER_PORT, identified(request, token), TIMEOUT_MS);
  };
}

function identified(request: HttpRequest, token: string | undefined): HttpRequest {
  const identity: Identity = ADMINISTRATOR;
  if (token === undefined) return { ...request, identity };
  const { authorization, ...headers } = request.headers;
  return authorization === `Bearer ${token}` ? { ...request, headers, identity } : request;
}
