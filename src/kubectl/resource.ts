import { NetError } from '../net/fabric.ts';
import { quote } from '../base/quote.ts';
import { isPathSegmentName } from '../api/names.ts';
import { ApiError } from '../api/status.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';
import { CliError, isExpected, PlainError, throwAll } from './errors.ts';
import type { Flags, FlagSpec } from './flags.ts';
import { kustomizationText } from './kustomize/build.ts';
import { isBroken, manifestPaths, readManifestFile, readManifests, type BrokenManifest, type Manifest } from './manifests.ts';

/** What a command is asked to work on, as kubectl's resource builder takes it. */
export interface ResourceRequest {
  readonly args: readonly string[];
  readonly filenames?: readonly string[];
  readonly recursive?: boolean;
  /** A kustomization's folder. */
  readonly kustomize?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly all?: boolean;
  readonly allNamespaces?: boolean;
  /** A type alone means all of its objects. */
  readonly allowEmptySelector?: boolean;
  /** Objects of files are fetched from the server instead of taken as they stand. */
  readonly latest?: boolean;
  readonly limit?: number;
  readonly subresource?: string;
  /** Work without a server. */
  readonly local?: boolean;
}

/** One thing to work on: an object by name, everything that a selection gives, or an object of a file. */
export type Target =
  | { readonly type: 'name'; readonly kind: Kind; readonly namespace: string | undefined; readonly name: string }
  | {
      readonly type: 'selection';
      readonly kind: Kind;
      readonly namespace: string | undefined;
      readonly labelSelector: string;
      readonly fieldSelector: string;
    }
  | { readonly type: 'manifest'; readonly manifest: Manifest | BrokenManifest };

export interface Plan {
  readonly targets: readonly Target[];
  /** Whether the request can only mean one object. */
  readonly single: boolean;
  readonly request: ResourceRequest;
}

/** An object to work on and where it belongs. */
export interface Info {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  /** The file it came from, or ''. */
  readonly source: string;
  readonly object: KubeObject;
  readonly manifest?: Manifest;
}

export const FILE_FLAGS: readonly FlagSpec[] = [
  { name: 'filename', shorthand: 'f', kind: 'strings', usage: 'Filename, directory, or URL to files identifying the resource.' },
  {
    name: 'kustomize',
    shorthand: 'k',
    kind: 'string',
    usage: "Process the kustomization directory. This flag can't be used together with -f or -R.",
  },
  {
    name: 'recursive',
    shorthand: 'R',
    kind: 'bool',
    usage:
      'Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests organized within the same directory.',
  },
];

export const SELECTOR_FLAG: FlagSpec = {
  name: 'selector',
  shorthand: 'l',
  kind: 'string',
  usage:
    "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints.",
};

export const FIELD_SELECTOR_FLAG: FlagSpec = {
  name: 'field-selector',
  kind: 'string',
  usage:
    "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
};

export const ALL_NAMESPACES_FLAG: FlagSpec = {
  name: 'all-namespaces',
  shorthand: 'A',
  kind: 'bool',
  usage:
    'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
};

/** Whether files were named, by `-f` or `-k`. */
export function hasFiles(request: ResourceRequest): boolean {
  return (request.filenames?.length ?? 0) > 0 || !!request.kustomize;
}

/** The parts of a request that come from the usual flags; flags a command lacks are left out. */
export function requestOf(args: readonly string[], flags: Flags): ResourceRequest {
  const text = (name: string) => (flags.has(name) ? flags.string(name) : '');
  const truth = (name: string) => flags.has(name) && flags.bool(name);
  return {
    args,
    filenames: flags.has('filename') ? flags.strings('filename') : [],
    recursive: truth('recursive'),
    kustomize: text('kustomize'),
    labelSelector: text('selector'),
    fieldSelector: text('field-selector'),
    all: truth('all'),
    allNamespaces: truth('all-namespaces'),
    local: truth('local'),
  };
}

export const MISSING_RESOURCES = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** Finds out what a request means. Throws what cannot be meant, before anything is done (cli-runtime pkg/resource/builder.go). */
export function* planOf(cli: Cli, request: ResourceRequest): Task<Plan> {
  if (hasFiles(request)) return yield* planFiles(cli, request);
  if (request.local) throw new CliError('one or more files must be specified as -f when --local is set');
  const args = combined(request.args);
  const slashes = args.filter((argument) => argument.includes('/')).length;
  if (slashes > 0 && slashes < args.length) {
    throw new CliError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  const bySelector = !!request.labelSelector || !!request.fieldSelector || !!request.all;
  if (slashes > 0) {
    const tuples = args.map(splitTuple);
    if (bySelector) throw new CliError('selectors and the all flag cannot be used when passing resource/name arguments');
    return yield* planNames(cli, request, tuples);
  }
  const [types, ...names] = args;
  if (types === undefined) {
    if (bySelector) throw new CliError('at least one resource must be specified to use a selector');
    throw new CliError(MISSING_RESOURCES);
  }
  if (names.length > 0) {
    if (bySelector) throw new CliError('name cannot be provided when a selector is specified');
    return yield* planNames(
      cli,
      request,
      names.map((name) => [types, name] as const),
    );
  }
  return yield* planSelections(cli, request, types, bySelector);
}

function* planSelections(cli: Cli, request: ResourceRequest, types: string, bySelector: boolean): Task<Plan> {
  const kinds = yield* kindsOf(cli, types);
  if (!bySelector && !request.allowEmptySelector) throw new CliError('resource(s) were provided, but no name was specified');
  if (request.subresource) throw new CliError('subresource cannot be used when bulk resources are specified');
  const targets = kinds.map((kind): Target => ({
    type: 'selection',
    kind,
    namespace: kind.namespaced && !request.allNamespaces ? cli.namespace : undefined,
    labelSelector: request.labelSelector ?? '',
    fieldSelector: request.fieldSelector ?? '',
  }));
  return { targets, single: false, request };
}

function* planNames(cli: Cli, request: ResourceRequest, tuples: readonly (readonly [string, string])[]): Task<Plan> {
  const targets: Target[] = [];
  for (const [type, name] of tuples) {
    const kind = yield* cli.discovery.resource(type);
    if (kind.namespaced && request.allNamespaces) throw new CliError('a resource cannot be retrieved by name across all namespaces');
    targets.push({ type: 'name', kind, namespace: kind.namespaced ? cli.namespace : undefined, name });
  }
  return { targets, single: tuples.length === 1, request };
}

function* planFiles(cli: Cli, request: ResourceRequest): Task<Plan> {
  const filenames = request.filenames ?? [];
  if (request.kustomize && filenames.length > 0) throw new CliError('only one of -f or -k can be specified');
  const paths = filenames.filter((name) => name !== '-').flatMap((name) => manifestPaths(cli.context, name, request.recursive ?? false));
  if (request.args.some((argument) => argument.includes('/')))
    throw new CliError('resource/name arguments cannot be provided when a path is specified');
  if (request.args.length > 1) throw new CliError('name cannot be provided when a path is specified');
  if (request.args.length > 0)
    throw new CliError('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
  const targets: Target[] = [];
  const addAll = (manifests: readonly (Manifest | BrokenManifest)[]) => {
    for (const manifest of manifests) targets.push({ type: 'manifest', manifest });
  };
  if (request.kustomize) {
    const { system, cwd } = cli.context;
    addAll(readManifests({ name: request.kustomize, text: kustomizationText({ files: system.files, cwd }, request.kustomize) }));
  }
  for (const path of paths) addAll(readManifests(readManifestFile(cli.context, path)));
  for (const name of filenames) if (name === '-') addAll(readManifests({ name: 'STDIN', text: yield* cli.context.stdin.readAll() }));
  const single = targets.length === 1 && filenames.length === 1 && paths.length === 1 && paths[0] === filenames[0];
  return { targets, single, request };
}

/** `pods,services a b` as `pods/a pods/b services/a services/b`. */
function combined(args: readonly string[]): readonly string[] {
  const types = args[0]?.split(',') ?? [];
  if (args.length < 2 || types.length < 2) return args;
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`));
}

function splitTuple(argument: string): readonly [string, string] {
  const parts = argument.split('/');
  if (parts.length > 2) throw new CliError('arguments in resource/name form may not have more than one slash');
  const [type, name] = parts as [string, string];
  if (type === '' || name === '' || type.includes(','))
    throw new CliError('arguments in resource/name form must have a single resource and name');
  return [type, name];
}

function* kindsOf(cli: Cli, types: string): Task<Kind[]> {
  const kinds: Kind[] = [];
  for (const type of types.split(',')) {
    const category = yield* cli.discovery.category(type);
    for (const kind of category ?? [yield* cli.discovery.resource(type)]) if (!kinds.includes(kind)) kinds.push(kind);
  }
  return kinds;
}

/** What decides where an object of a manifest belongs. */
export type Scope = Pick<Cli, 'discovery' | 'namespace' | 'namespaceGiven'>;

/** The kind and place of a manifest's object. Throws what keeps it from having one. */
export function* placeOf(cli: Scope, manifest: Manifest): Task<{ kind: Kind; namespace: string | undefined; name: string }> {
  const { object, source } = manifest;
  const { apiVersion = '', kind: kindName = '', metadata } = object;
  const name = metadata?.name ?? '';
  const kind = yield* cli.discovery.kindOf(apiVersion, kindName);
  if (!kind) {
    const advice = 'ensure CRDs are installed first';
    throw new CliError(
      `resource mapping not found for name: ${quote(name)} namespace: ${quote(metadata?.namespace ?? '')} from ${quote(source)}: no matches for kind ${quote(kindName)} in version ${quote(apiVersion)}\n${advice}`,
    );
  }
  if (!kind.namespaced) return { kind, namespace: undefined, name };
  const own = metadata?.namespace;
  if (own && cli.namespaceGiven && own !== cli.namespace) {
    throw new CliError(
      `the namespace from the provided object ${quote(own)} does not match the namespace ${quote(cli.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  return { kind, namespace: own ?? cli.namespace, name };
}

/** An object with the namespace it is going to be in. */
export function inNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  if (namespace === undefined || object.metadata?.namespace === namespace) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

export interface VisitOptions {
  /** Leave objects that are named unfetched: their `object` has just a name. */
  readonly blind?: boolean;
  /** Say nothing of objects that do not exist. */
  readonly ignoreNotFound?: boolean;
}

/**
 * Does something for each object of a plan, in order, going on after failures; throws them all at the
 * end, as kubectl prints errors after successes. Answers how many objects there were.
 */
export function* visit(cli: Cli, plan: Plan, options: VisitOptions, act: (info: Info) => Task<void>): Task<number> {
  const errors: unknown[] = [];
  let count = 0;
  for (const target of plan.targets) {
    try {
      for (const info of yield* infosOf(cli, target, plan.request, options)) {
        count++;
        try {
          yield* act(info);
        } catch (error) {
          gather(error);
        }
      }
    } catch (error) {
      gather(error);
    }
  }
  throwAll(errors);
  return count;

  function gather(error: unknown): void {
    if (!isExpected(error) || error instanceof PlainError) throw error;
    // Nothing else will be answered either.
    if (error instanceof NetError) throw error;
    if (options.ignoreNotFound && error instanceof ApiError && error.reason === 'NotFound') return;
    errors.push(error);
  }
}

/** All objects of a plan. Throws when one cannot be had. */
export function* gatherInfos(cli: Cli, plan: Plan, options: VisitOptions = {}): Task<Info[]> {
  const infos: Info[] = [];
  yield* visit(cli, plan, options, function* (info): Task<void> {
    infos.push(info);
  });
  return infos;
}

function* infosOf(cli: Cli, target: Target, request: ResourceRequest, options: VisitOptions): Task<Info[]> {
  switch (target.type) {
    case 'name': {
      const { kind, namespace, name } = target;
      checkName(name);
      const object = options.blind ? shell(kind, namespace, name) : yield* cli.api.get(kind, { namespace, name }, request.subresource);
      return [{ kind, namespace, name, source: '', object }];
    }
    case 'selection': {
      const { kind, namespace, labelSelector, fieldSelector } = target;
      const list = yield* cli.api.list(kind, { namespace, labelSelector, fieldSelector, limit: request.limit });
      return list.items.map((item) => listed(kind, item));
    }
    case 'manifest': {
      const { manifest } = target;
      if (isBroken(manifest)) throw manifest.error;
      const { kind, namespace, name } = yield* placeOf(cli, manifest);
      const fetch = request.latest && !request.local && !options.blind;
      const object = fetch
        ? yield* cli.api.get(kind, { namespace, name }, request.subresource)
        : inNamespace(manifest.object, request.local ? undefined : namespace);
      return [{ kind, namespace, name, source: manifest.source, object, manifest }];
    }
  }
}

function checkName(name: string): void {
  const problems = isPathSegmentName(name);
  if (problems.length > 0) throw new CliError(`invalid resource name ${quote(name)}: [${problems.join(', ')}]`);
}

function shell(kind: Kind, namespace: string | undefined, name: string): KubeObject {
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, ...(namespace && { namespace }) } };
}

/** An item of a list as an object of its own: lists leave the type out. */
export function listed(kind: Kind, item: KubeObject): Info {
  const object = item.kind ? item : { apiVersion: kind.apiVersion, kind: kind.kind, ...item };
  return { kind, namespace: item.metadata?.namespace, name: item.metadata?.name ?? '', source: '', object };
}
