import { HttpStream } from '../../net/http.ts';
import { expired } from '../../api/status.ts';
import { listOptionsOf, revisionOf, type ListOptions } from '../list-options.ts';
import { selectionOf, type Selection } from '../selection.ts';
import { selected, waitFor } from './read.ts';
import type { KubeObject, WatchEvent } from '../../api/object.ts';
import type { Representer } from '../represent.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Change } from '../change.ts';
import type { Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';
import type { CacheWatcher } from '../watch-cache.ts';

/** Watches end after a random time between this and twice it when the client names none (--min-request-timeout). */
const MIN_TIMEOUT_SECONDS = 1800;
/** How often a watcher that wants bookmarks gets one. */
const BOOKMARK_MS = 60_000;

/** Turns changes into the events of one watcher. */
class Watching implements CacheWatcher {
  private readonly stream: HttpStream;
  private readonly served: Served;
  private readonly matches: ((object: KubeObject) => boolean) | undefined;
  private readonly convert: (object: KubeObject) => KubeObject;
  private readonly write: ((event: WatchEvent) => WatchEvent) | undefined;

  constructor(stream: HttpStream, served: Served, selection: Selection, representer: Representer) {
    this.stream = stream;
    this.served = served;
    this.matches = selection.matches;
    this.convert = served.fromStorage;
    this.write = representer.isPlain ? undefined : representer.writeEvents();
  }

  notify(change: Change): void {
    const { before, after } = change;
    const { matches } = this;
    const sawBefore = before !== undefined && (!matches || matches(before));
    const seesNow = after !== undefined && (!matches || matches(after));
    const event = change.eventFor(sawBefore, seesNow, this.served.kind.apiVersion, this.convert);
    if (event) this.push(event);
  }

  lost(): void {
    this.stream.close();
  }

  added(object: KubeObject): void {
    this.push({ type: 'ADDED', object: this.convert(object) });
  }

  bookmark(revision: number, endsInitialEvents: boolean): void {
    const { kind, apiVersion } = this.served.kind;
    const metadata = {
      resourceVersion: String(revision),
      ...(endsInitialEvents && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    };
    this.push({ type: 'BOOKMARK', object: { kind, apiVersion, metadata } });
  }

  private push(event: WatchEvent): void {
    this.stream.push(this.write ? this.write(event) : event);
  }
}

/** Opens a watch: the initial or missed events, then every change as it comes. Throws BadRequest, Invalid. */
export function* watch(server: ServerContext, call: Call, served: Served, representer: Representer): Task<HttpStream> {
  const selection = selectionOf(call, served);
  const options = listOptionsOf(call, true);
  const { resource } = served;
  const stream = new HttpStream(server.kernel);
  const watching = new Watching(stream, served, selection, representer);
  const { resourceVersion, sendInitialEvents } = options;
  const from = resourceVersion === '' || resourceVersion === '0' ? undefined : revisionOf(resourceVersion, false);
  yield* server.feed.fresh();
  if (sendInitialEvents === true) {
    if (from !== undefined) yield* waitFor(server, from);
    for (const object of selected(resource, selection)) watching.added(object);
    watching.bookmark(server.feed.revision, true);
  } else if (from === undefined) {
    if (sendInitialEvents !== false) for (const object of selected(resource, selection)) watching.added(object);
  } else {
    const missed = resource.cache.since(from);
    if (!missed) {
      stream.push({ type: 'ERROR', object: expired(`too old resource version: ${from} (${resource.cache.oldestRevision})`).status });
      stream.close();
      return stream;
    }
    // The history is that of all namespaces.
    const { namespace } = selection;
    for (const change of missed)
      if (namespace === undefined || (change.after ?? change.before)!.metadata!.namespace === namespace) watching.notify(change);
  }
  const stopWatching = resource.cache.watch(selection.scope, watching);
  endLater(server, options, stream, watching, stopWatching);
  return stream;
}

function endLater(server: ServerContext, options: ListOptions, stream: HttpStream, watching: Watching, stopWatching: () => void): void {
  const seconds = options.timeoutSeconds > 0 ? options.timeoutSeconds : server.names.int(MIN_TIMEOUT_SECONDS, 2 * MIN_TIMEOUT_SECONDS);
  const timeout = server.kernel.after(seconds * 1000, () => stream.close());
  let bookmarks = options.allowWatchBookmarks ? server.kernel.after(BOOKMARK_MS, bookmark) : undefined;
  function bookmark(): void {
    watching.bookmark(server.feed.revision, false);
    bookmarks = server.kernel.after(BOOKMARK_MS, bookmark);
  }
  const ended = server.group.onKill(() => stream.breakOff());
  stream.whenCancelled(() => {
    ended();
    stopWatching();
    timeout.cancel();
    bookmarks?.cancel();
  });
}
