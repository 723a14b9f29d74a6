import { ApiError } from '../../api/status.ts';
import { CLOSED } from '../../sim/sync.ts';
import { NetError } from '../../net/fabric.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Table } from '../api.ts';
import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { CliError, isExpected, PlainError, throwAll, UsageError } from '../errors.ts';
import { DiscoveryHint } from '../hints.ts';
import { splitCommas, type Flags } from '../flags.ts';
import { isBroken } from '../manifests.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  gatherInfos,
  hasFiles,
  placeOf,
  planOf,
  requestOf,
  SELECTOR_FLAG,
  type Plan,
  type ResourceRequest,
  type Target,
} from '../resource.ts';
import { OUTPUT_FLAG, printerOf, PRINT_FLAGS, type ObjectPrinter } from '../printers/output.ts';
import { sortObjects, sortTable } from '../printers/sort.ts';
import { RowAligner } from '../printers/tabwriter.ts';
import { TablePrinter, type TableOptions } from '../printers/table.ts';
import { asTable } from '../printers/plain-table.ts';

interface GetOptions {
  readonly request: ResourceRequest;
  readonly raw: string;
  readonly printer: ObjectPrinter | undefined;
  readonly table: Omit<TableOptions, 'withKind' | 'withNamespace'>;
  readonly showKind: boolean;
  readonly sortBy: string;
  readonly ignoreNotFound: boolean;
  readonly watch: boolean;
  readonly watchOnly: boolean;
  readonly watchEvents: boolean;
  readonly flags: Flags;
}

export const get = command<GetOptions>({
  name: 'get',
  usage:
    'kubectl get [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  short: 'Display one or many resources',
  long: `Display one or many resources.

 Prints a table of the most important information about the specified resources. You can filter the list using a label selector and the --selector flag. If the desired resource type is namespaced you will only see results in the current namespace if you don't specify any namespace.

 By specifying the output as 'template' and providing a Go template as the value of the --template flag, you can filter the attributes of the fetched resources.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# List all pods in ps output format
kubectl get pods

# List all pods in ps output format with more information (such as node name)
kubectl get pods -o wide

# List a single replication controller with specified NAME in ps output format
kubectl get replicationcontroller web

# List deployments in JSON output format, in the "v1" version of the "apps" API group
kubectl get deployments.v1.apps -o json

# List a pod identified by type and name specified in "pod.yaml" in JSON output format
kubectl get -f pod.yaml -o json

# Return only the phase value of the specified pod
kubectl get -o template pod/web-pod-13je7 --template={{.status.phase}}

# List all replication controllers and services together in ps output format
kubectl get rc,services

# List all resources with different types
kubectl get all`,
  flags: [
    ...FILE_FLAGS,
    {
      ...OUTPUT_FLAG,
      usage:
        'Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file, custom-columns, custom-columns-file, wide).',
    },
    ...PRINT_FLAGS.filter(({ name }) => name !== 'output'),
    ALL_NAMESPACES_FLAG,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    { name: 'chunk-size', kind: 'int', default: '500', usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'ignore-not-found', kind: 'bool', usage: 'If set to true, suppresses NotFound error for specific objects that do not exist.' },
    {
      name: 'label-columns',
      shorthand: 'L',
      kind: 'strings',
      usage: 'Accepts a comma separated list of labels that are going to be presented as columns. Names are case-sensitive.',
    },
    {
      name: 'no-headers',
      kind: 'bool',
      usage: "When using the default or custom-column output format, don't print headers (default print headers).",
    },
    {
      name: 'output-watch-events',
      kind: 'bool',
      usage: 'Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.',
    },
    { name: 'raw', kind: 'string', usage: 'Raw URI to request from the server.  Uses the transport specified by the kubeconfig file.' },
    { name: 'server-print', kind: 'bool', default: 'true', usage: 'If true, have the server return the appropriate table output.' },
    { name: 'show-kind', kind: 'bool', usage: 'If present, list the resource type for the requested object(s).' },
    { name: 'show-labels', kind: 'bool', usage: 'When printing, show all labels as the last column (default hide labels column)' },
    { name: 'sort-by', kind: 'string', usage: 'If non-empty, sort list types using this field specification.' },
    { name: 'subresource', kind: 'string', usage: 'If specified, gets the subresource of the requested object.' },
    { name: 'watch', shorthand: 'w', kind: 'bool', usage: 'After listing/getting the requested object, watch for changes.' },
    { name: 'watch-only', kind: 'bool', usage: 'Watch for changes to the requested object(s), without listing/getting first.' },
  ],
  complete(cli, { flags, args }) {
    return {
      request: { ...requestOf(args, flags), latest: true, allowEmptySelector: true, subresource: flags.string('subresource') || undefined },
      raw: flags.string('raw'),
      printer: printerOf(cli, flags, { forGet: true }),
      table: {
        wide: flags.string('output') === 'wide',
        noHeaders: flags.bool('no-headers'),
        showLabels: flags.bool('show-labels'),
        labelColumns: flags.strings('label-columns').flatMap(splitCommas),
        withEvent: flags.bool('output-watch-events'),
      },
      showKind: flags.bool('show-kind'),
      sortBy: flags.string('sort-by'),
      ignoreNotFound: flags.bool('ignore-not-found'),
      watch: flags.bool('watch') || flags.bool('watch-only'),
      watchOnly: flags.bool('watch-only'),
      watchEvents: flags.bool('output-watch-events'),
      flags,
    };
  },
  validate({ request, raw, watch, watchEvents }) {
    if (raw) {
      if (request.args.length > 0) throw new UsageError('arguments may not be passed when --raw is specified');
      return;
    }
    if (watchEvents && !watch) throw new UsageError('--output-watch-events option can only be used with --watch or --watch-only');
    if (request.args.length === 0 && !hasFiles(request)) throw DiscoveryHint.requiredResource();
  },
  *run(cli, options) {
    if (options.raw) return yield* printRaw(cli, options.raw);
    const plan = yield* planOf(cli, options.request);
    if (options.watch) return yield* watch(cli, plan, options);
    if (options.printer) return yield* printObjects(cli, plan, options, options.printer);
    yield* printTables(cli, plan, options);
  },
});

function* printRaw(cli: Cli, path: string): Task<void> {
  const [bare, queryText = ''] = path.split('?', 2) as [string, string?];
  const query =
    queryText === ''
      ? []
      : queryText.split('&').map((pair): [string, string] => {
          const [key, value = ''] = pair.split('=', 2) as [string, string?];
          return [decodeURIComponent(key), decodeURIComponent(value)];
        });
  const body = yield* cli.api.read(decodeURIComponent(bare), query);
  yield* cli.out(
    typeof body === 'string' ? body : body instanceof Uint8Array ? new TextDecoder().decode(body) : `${JSON.stringify(body ?? {})}\n`,
  );
}

/** All found objects in one go, as JSON, names, templates ... */
function* printObjects(cli: Cli, plan: Plan, options: GetOptions, printer: ObjectPrinter): Task<void> {
  const infos: KubeObject[] = [];
  const errors: unknown[] = [];
  try {
    for (const target of plan.targets) {
      try {
        const found = yield* gatherInfos(cli, { ...plan, targets: [target] }, { ignoreNotFound: options.ignoreNotFound });
        infos.push(...found.map(({ object }) => object));
      } catch (error) {
        if (!isExpected(error)) throw error;
        errors.push(error);
      }
    }
    if (errors.length > 0 && infos.length === 0) return;
    if (infos.length === 0 && options.ignoreNotFound && plan.targets.every(({ type }) => type === 'name')) return;
    const objects = options.sortBy ? sortObjects(infos, options.sortBy) : infos;
    if (plan.single && objects.length === 1) yield* cli.out(printer.print(objects[0]!));
    else yield* cli.out(printer.print({ apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }));
  } finally {
    if (errors.length > 0) throwAll(errors);
  }
}

interface FetchedTable {
  readonly kind: Kind;
  readonly table: Table;
}

/** The tables of a plan's targets; failures are gathered. */
function* fetchTables(cli: Cli, plan: Plan, options: GetOptions, errors: unknown[]): Task<FetchedTable[]> {
  const tables: FetchedTable[] = [];
  for (const target of plan.targets) {
    try {
      const { kind, namespace, name, labelSelector, fieldSelector } = yield* selectionOf(cli, target);
      const subresource = name === undefined ? undefined : plan.request.subresource;
      const table = yield* cli.api.table(kind, {
        namespace,
        name,
        labelSelector,
        fieldSelector,
        subresource,
        withObject: options.sortBy !== '',
      });
      tables.push({ kind, table: asTable(table, kind, cli.kernel.epochMs()) });
    } catch (error) {
      if (!isExpected(error) || error instanceof NetError || error instanceof PlainError) throw error;
      if (options.ignoreNotFound && error instanceof ApiError && error.reason === 'NotFound') continue;
      errors.push(error);
    }
  }
  return tables;
}

interface Selected {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

function* selectionOf(cli: Cli, target: Target): Task<Selected> {
  if (target.type !== 'manifest') {
    if (target.type === 'name' && /[%]/.test(target.name))
      throw new CliError(`invalid resource name "${target.name}": [may not contain '%']`);
    return target;
  }
  if (isBroken(target.manifest)) throw target.manifest.error;
  return yield* placeOf(cli, target.manifest);
}

function* printTables(cli: Cli, plan: Plan, options: GetOptions): Task<void> {
  const errors: unknown[] = [];
  const tables = yield* fetchTables(cli, plan, options, errors);
  const kinds = new Set(plan.targets.flatMap((target) => (target.type === 'manifest' ? [] : [target.kind])));
  for (const { kind } of tables) kinds.add(kind);
  const withKind = options.showKind || new Set(tables.map(({ kind }) => kind)).size > 1;
  const aligner = new RowAligner();
  let text = '';
  let lastKind: Kind | undefined;
  let printer: TablePrinter | undefined;
  let pending: FetchedTable[] = [];
  const flush = () => {
    if (pending.length === 0) return;
    const merged = mergeTables(pending, options.sortBy);
    const rows = printer!.print(merged);
    if (rows !== '' && text !== '' && !options.table.noHeaders) text += '\n';
    text += rows;
    pending = [];
  };
  for (const fetched of tables) {
    if (fetched.kind !== lastKind) {
      flush();
      aligner.reset();
      const { kind } = fetched;
      printer = new TablePrinter(
        {
          ...options.table,
          withEvent: false,
          withKind: withKind ? kind : undefined,
          withNamespace: !!options.request.allNamespaces && kind.namespaced,
        },
        aligner,
      );
      lastKind = kind;
    }
    pending.push(fetched);
  }
  flush();
  yield* cli.out(text);
  if (text === '' && errors.length === 0 && !options.ignoreNotFound) {
    const allNamespaced = !options.request.allNamespaces && [...kinds].every((kind) => kind.namespaced);
    yield* cli.err(allNamespaced ? `No resources found in ${cli.namespace} namespace.\n` : 'No resources found\n');
  }
  throwAll(errors);
}

/** Tables of one kind as one table, sorted if asked for. */
function mergeTables(tables: readonly FetchedTable[], sortBy: string): Table {
  const first = tables[0]!.table;
  const rows = tables.flatMap(({ table }) => table.rows ?? []);
  const merged: Table = { ...first, rows };
  return sortBy ? sortTable(merged, sortBy) : merged;
}

/** Prints what is there, then every change, until the watch ends. */
function* watch(cli: Cli, plan: Plan, options: GetOptions): Task<void> {
  const [target] = plan.targets;
  if (!target || plan.targets.length > 1) {
    throw new CliError('watch is only supported on individual resources and resource collections - more than 1 resource was found');
  }
  const { kind, namespace, name, labelSelector, fieldSelector } = yield* selectionOf(cli, target);
  const selection = {
    namespace,
    labelSelector,
    fieldSelector: name === undefined ? fieldSelector : `metadata.name=${name}`,
  };
  const asTables = options.printer === undefined;
  const tablePrinter = new TablePrinter({
    ...options.table,
    withKind: options.showKind ? kind : undefined,
    withNamespace: !!options.request.allNamespaces && kind.namespaced,
  });
  const show = (object: KubeObject, event: string): string => {
    if (options.printer) return options.printer.print(options.watchEvents ? { type: event, object } : object);
    return tablePrinter.print(asTable(object, kind, cli.kernel.epochMs()), event);
  };
  const initial = yield* initialState(cli, { kind, namespace, name, labelSelector, fieldSelector }, asTables);
  if (!options.watchOnly) for (const object of initial.objects) yield* cli.out(show(object, 'ADDED'));
  const changes = yield* cli.api.watch(kind, { ...selection, resourceVersion: initial.resourceVersion }, { table: asTables });
  try {
    for (;;) {
      const event = yield* changes.next();
      if (event === CLOSED) return;
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'ERROR') throw ApiError.of(event.object as never);
      yield* cli.out(show(event.object, event.type));
    }
  } finally {
    changes.stop();
  }
}

function* initialState(
  cli: Cli,
  { kind, namespace, name, labelSelector, fieldSelector }: Selected,
  asTables: boolean,
): Task<{ objects: KubeObject[]; resourceVersion: string | undefined }> {
  if (asTables) {
    const table = yield* cli.api.table(kind, { namespace, name, labelSelector, fieldSelector });
    return { objects: [table], resourceVersion: table.metadata?.resourceVersion ?? table.rows?.[0]?.object?.metadata?.resourceVersion };
  }
  if (name !== undefined) {
    const object = yield* cli.api.get(kind, { namespace, name });
    return { objects: [object], resourceVersion: object.metadata?.resourceVersion };
  }
  const list = yield* cli.api.list(kind, { namespace, labelSelector, fieldSelector });
  return {
    objects: list.items.map((item) => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...item })),
    resourceVersion: list.metadata?.resourceVersion,
  };
}
