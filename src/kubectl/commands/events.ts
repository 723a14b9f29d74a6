import { ApiError } from '../../api/status.ts';
import { CLOSED } from '../../sim/sync.ts';
import { EVENTS, type Event } from '../../api/kinds.ts';
import { command } from '../command.ts';
import { ago } from '../describers/format.ts';
import { sortEvents } from '../describers/events.ts';
import { CliError, NoMatch, PlainError } from '../errors.ts';
import { ALL_NAMESPACES_FLAG } from '../resource.ts';
import { printerOf, PRINT_FLAGS, type ObjectPrinter } from '../printers/output.ts';
import { RowAligner } from '../printers/tabwriter.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';

interface EventsOptions {
  readonly about: readonly [type: string, name: string] | undefined;
  readonly types: readonly string[];
  readonly allNamespaces: boolean;
  readonly noHeaders: boolean;
  readonly watch: boolean;
  readonly printer: ObjectPrinter | undefined;
}

export const events = command<EventsOptions>({
  name: 'events',
  usage:
    'kubectl events [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  short: 'List events',
  long: 'Display events.\n\n Prints a table of the most important information about events. You can request events for a namespace, for all namespace, or filtered to only those pertaining to a specified resource.',
  examples: `# List recent events in the default namespace
kubectl events

# List recent events for the specified pod, then wait for more events and list them as they arrive
kubectl events --for pod/web-pod-13je7 --watch`,
  flags: [
    ...PRINT_FLAGS,
    ALL_NAMESPACES_FLAG,
    { name: 'chunk-size', kind: 'int', default: '500', usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'for', kind: 'string', usage: 'Filter events to only those pertaining to the specified resource.' },
    { name: 'no-headers', kind: 'bool', usage: "When using the default output format, don't print headers." },
    { name: 'types', kind: 'strings', usage: 'Output only events of given types.' },
    { name: 'watch', shorthand: 'w', kind: 'bool', usage: 'After listing the requested events, watch for more events.' },
  ],
  complete(cli, { flags }) {
    const about = flags.string('for');
    const parts = about.split('/');
    if (about !== '' && (parts.length !== 2 || parts.includes(''))) throw new CliError('--for must be in resource/name form');
    const types = flags.strings('types');
    if (types.some((type) => !['normal', 'warning'].includes(type.toLowerCase())))
      throw new CliError('valid --types are Normal or Warning');
    return {
      about: about === '' ? undefined : (parts as [string, string]),
      types: types.map((type) => type.toLowerCase()),
      allNamespaces: flags.bool('all-namespaces'),
      noHeaders: flags.bool('no-headers'),
      watch: flags.bool('watch'),
      printer: printerOf(cli, flags),
    };
  },
  *run(cli, options) {
    const namespace = options.allNamespaces ? undefined : cli.namespace;
    const fieldSelector = options.about ? yield* selectorFor(cli, options.about) : '';
    const list = yield* cli.api.list(EVENTS, { namespace, fieldSelector });
    const wanted = sortEvents(list.items as unknown as Event[]).filter(
      (event) => options.types.length === 0 || options.types.includes((event.type ?? '').toLowerCase()),
    );
    if (options.watch)
      return yield* watchEvents(cli, options, { namespace, fieldSelector, resourceVersion: list.metadata?.resourceVersion }, wanted);
    if (wanted.length === 0)
      return yield* cli.err(namespace === undefined ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`);
    yield* cli.out(
      options.printer
        ? options.printer.print({ apiVersion: 'v1', items: wanted as KubeObject[], kind: 'EventList', metadata: {} })
        : tableOf(cli, options, new RowAligner(), wanted, !options.noHeaders),
    );
  },
});

function* selectorFor(cli: Cli, [type, name]: readonly [string, string]): Task<string> {
  try {
    const kind = yield* cli.discovery.resource(type);
    return `involvedObject.kind=${kind.kind},involvedObject.name=${name},involvedObject.apiVersion=${kind.apiVersion}`;
  } catch (error) {
    if (error instanceof NoMatch) throw new PlainError(error.message);
    throw error;
  }
}

function tableOf(cli: Cli, { allNamespaces }: EventsOptions, aligner: RowAligner, list: readonly Event[], headers: boolean): string {
  const nowMs = cli.kernel.epochMs();
  const rows = list.map((event) => {
    const { kind, name } = event.involvedObject;
    const row = [interval(event, nowMs), event.type ?? '', event.reason ?? '', `${kind}/${name}`, (event.message ?? '').trim()];
    return allNamespaces ? [event.metadata.namespace ?? '', ...row] : row;
  });
  const head = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  return aligner.align(headers ? [allNamespaces ? ['NAMESPACE', ...head] : head, ...rows] : rows);
}

function interval(event: Event, nowMs: number): string {
  const first = ago(event.eventTime || event.firstTimestamp, nowMs);
  if (event.series) return `${ago(event.series.lastObservedTime, nowMs)} (x${event.series.count} over ${first})`;
  if ((event.count ?? 0) > 1) return `${ago(event.lastTimestamp, nowMs)} (x${event.count} over ${first})`;
  return first;
}

function* watchEvents(
  cli: Cli,
  options: EventsOptions,
  selection: { namespace?: string; fieldSelector: string; resourceVersion?: string },
  present: readonly Event[],
): Task<void> {
  const aligner = new RowAligner();
  let headers = !options.noHeaders;
  const show = (list: readonly Event[]) => {
    const text = options.printer
      ? list.map((event) => options.printer!.print(event as KubeObject)).join('')
      : tableOf(cli, options, aligner, list, headers);
    headers = false;
    return text;
  };
  if (present.length > 0) yield* cli.out(show(present));
  const watch = yield* cli.api.watch(EVENTS, selection);
  try {
    for (;;) {
      const change = yield* watch.next();
      if (change === CLOSED) return;
      if (change.type === 'ERROR') throw ApiError.of(change.object as never);
      if (change.type === 'DELETED' || change.type === 'BOOKMARK') continue;
      const event = change.object as unknown as Event;
      if (options.types.length === 0 || options.types.includes((event.type ?? '').toLowerCase())) yield* cli.out(show([event]));
    }
  } finally {
    watch.stop();
  }
}
