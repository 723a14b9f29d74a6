import { CONFIG_MAPS, SECRETS } from '../../../api/kinds.ts';
import { decodeBase64 } from '../../../api/base64.ts';
import { command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { hasFiles, planOf, requestOf, visit, type Info } from '../../resource.ts';
import { isSelected, podSpecOf, SET_FLAGS, setOne, setOptions, withPodSpec, type SetOptions } from './pod-spec.ts';
import type { Container, EnvVar } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../../../api/object.ts';
import type { Cli } from '../../cli.ts';
import type { Task } from '../../../sim/wait.ts';

interface EnvOptions extends SetOptions {
  readonly set: readonly EnvVar[];
  readonly remove: readonly string[];
  readonly from: string;
  readonly prefix: string;
  readonly keys: readonly string[];
  readonly containers: string;
  readonly list: boolean;
  readonly resolve: boolean;
  readonly overwrite: boolean;
  readonly stdin: boolean;
}

export const setEnv = command<EnvOptions>({
  name: 'env',
  usage: 'kubectl set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  long: `Update environment variables on a pod template.

 List environment variable definitions in one or more pods, pod templates. Add, update, or remove container environment variable definitions in one or more pod templates (within replication controllers or deployment configurations). View or modify the environment variable definitions on all containers in the specified pods or pod templates, or just those that match a wildcard.

 If "--env -" is passed, environment variables can be read from STDIN using the standard env syntax.`,
  examples: `# Update deployment 'registry' with a new environment variable
kubectl set env deployment/registry STORAGE_DIR=/local

# Import environment from a secret
kubectl set env --from=secret/mysecret deployment/myapp`,
  flags: [
    ...SET_FLAGS,
    {
      name: 'containers',
      shorthand: 'c',
      kind: 'string',
      default: '*',
      usage: 'The names of containers in the selected pod templates to change - may use wildcards',
    },
    {
      name: 'env',
      shorthand: 'e',
      kind: 'array',
      usage: 'Specify a key-value pair for an environment variable to set into each container.',
    },
    { name: 'from', kind: 'string', usage: 'The name of a resource from which to inject environment variables' },
    { name: 'keys', kind: 'strings', usage: 'Comma-separated list of keys to import from specified resource' },
    {
      name: 'list',
      kind: 'bool',
      usage:
        'If true, display the environment and any changes in the standard format. this flag will removed when we have kubectl view env.',
    },
    {
      name: 'overwrite',
      kind: 'bool',
      default: 'true',
      usage: 'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
    },
    { name: 'prefix', kind: 'string', usage: 'Prefix to append to variable names' },
    { name: 'resolve', kind: 'bool', usage: 'If true, show secret or configmap references when listing variables' },
  ],
  complete(cli, { flags, args }) {
    const isChange = (argument: string) => argument.includes('=') || (argument.endsWith('-') && argument !== '-');
    const resources = args.filter((argument) => !isChange(argument) && argument !== '-');
    const set: EnvVar[] = [];
    const remove: string[] = [];
    for (const text of [...args.filter(isChange), ...flags.strings('env')]) {
      const equals = text.indexOf('=');
      if (equals > 0) set.push({ name: text.slice(0, equals), value: text.slice(equals + 1) });
      else if (text.endsWith('-')) remove.push(text.slice(0, -1));
      else throw new CliError(`environment variables must be of the form key=value: ${text}`);
    }
    const request = requestOf(resources, flags);
    if (resources.length === 0 && !hasFiles(request))
      throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    const from = flags.string('from');
    if (flags.bool('list') && flags.string('output')) throw new CliError('--list and --output may not be specified together');
    if (flags.strings('keys').length > 0 && !from)
      throw new CliError('when specifying --keys, a configmap or secret must be provided with --from');
    return {
      ...setOptions(cli, flags, request, 'env updated'),
      set,
      remove,
      from,
      prefix: flags.string('prefix'),
      keys: flags.strings('keys'),
      containers: flags.string('containers'),
      list: flags.bool('list'),
      resolve: flags.bool('resolve'),
      overwrite: flags.bool('overwrite'),
      stdin: args.includes('-'),
    };
  },
  *run(cli, options) {
    const set = [
      ...options.set,
      ...(options.from ? yield* variablesFrom(cli, options) : []),
      ...(options.stdin ? yield* variablesOfInput(cli) : []),
    ];
    const plan = yield* planOf(cli, options.request);
    if (set.length + options.remove.length === 0 && !options.list) throw new CliError('at least one environment variable must be provided');
    yield* visit(cli, plan, {}, function* (info): Task<void> {
      if (options.list) return yield* listVariables(cli, info, options);
      yield* setOne(cli, options, 'env update', info, ({ object }) => withVariables(object, set, options));
    });
  },
});

/** Variables for the keys of a config map or secret, in the order of their names. */
function* variablesFrom(cli: Cli, { from, prefix, keys }: EnvOptions): Task<EnvVar[]> {
  const [type = '', name = ''] = from.split('/');
  const kind = yield* cli.discovery.resource(name === '' ? '' : type);
  const source = yield* cli.api.get(kind, { namespace: cli.namespace, name });
  if (kind.resource !== 'configmaps' && kind.resource !== 'secrets')
    throw new CliError(`unsupported resource specified in --from: "${from}"`);
  const wanted = Object.keys((source.data ?? {}) as object)
    .sort()
    .filter((key) => keys.length === 0 || keys.includes(key));
  return wanted.map((key) => {
    const reference = { name, key };
    const valueFrom = kind.resource === 'configmaps' ? { configMapKeyRef: reference } : { secretKeyRef: reference };
    return { name: `${prefix}${key}`.toUpperCase().replace(/[^A-Za-z0-9_]/g, '_'), valueFrom };
  });
}

function* variablesOfInput(cli: Cli): Task<EnvVar[]> {
  const lines = (yield* cli.context.stdin.readAll()).split('\n').filter((line) => line.includes('=') && !line.startsWith('#'));
  return lines.map((line) => ({ name: line.slice(0, line.indexOf('=')), value: line.slice(line.indexOf('=') + 1) }));
}

function withVariables(object: KubeObject, set: readonly EnvVar[], { remove, containers, overwrite }: EnvOptions): KubeObject | undefined {
  const spec = podSpecOf(object);
  if (!spec) return undefined;
  const update = (container: Container): Container => {
    if (!isSelected(container.name, containers)) return container;
    const before = container.env ?? [];
    if (!overwrite) {
      const taken = set.find(({ name }) => before.some((one) => one.name === name));
      if (taken)
        throw new CliError(
          `'${taken.name}' already has a value (${before.find(({ name }) => name === taken.name)?.value ?? ''}), and --overwrite is false`,
        );
    }
    const env = before.filter(({ name }) => !remove.includes(name)).map((one) => set.findLast(({ name }) => name === one.name) ?? one);
    for (const one of set) if (!env.some(({ name }) => name === one.name)) env.push(one);
    const { env: _env, ...rest } = container;
    return env.length > 0 ? { ...rest, env } : rest;
  };
  return withPodSpec(object, {
    ...spec,
    containers: spec.containers.map(update),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(update) }),
  });
}

function* listVariables(cli: Cli, { object, kind, name }: Info, { containers, resolve }: EnvOptions): Task<void> {
  const spec = podSpecOf(object);
  for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    if (!isSelected(container.name, containers)) continue;
    yield* cli.line(`# ${kind.kind} ${name}, container ${container.name}`);
    for (const variable of container.env ?? []) yield* cli.line(yield* variableText(cli, variable, resolve));
  }
}

function* variableText(cli: Cli, { name, value = '', valueFrom }: EnvVar, resolve: boolean): Task<string> {
  if (!valueFrom) return `${name}=${value}`;
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference) {
    if (!resolve) return `# ${name} from ${configMapKeyRef ? 'configmap' : 'secret'} ${reference.name}, key ${reference.key}`;
    const source = yield* cli.api.get(configMapKeyRef ? CONFIG_MAPS : SECRETS, { namespace: cli.namespace, name: reference.name! });
    const found = (source.data as Record<string, string> | undefined)?.[reference.key] ?? '';
    return `${name}=${configMapKeyRef ? found : (decodeBase64(found) ?? '')}`;
  }
  if (fieldRef) return `# ${name} from field path ${fieldRef.fieldPath}`;
  return `# ${name} from resource ${resourceFieldRef?.resource ?? ''}`;
}
