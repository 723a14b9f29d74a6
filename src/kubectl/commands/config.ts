import { indentedJson } from '../../api/print.ts';
import { printYaml } from '../../api/yaml.ts';
import { kubeconfigObject, sortedNames, writeKubeconfig, type Kubeconfig } from '../kubeconfig.ts';
import { command, type Command, type Invocation } from '../command.ts';
import { CliError, UsageError } from '../errors.ts';
import { OUTPUT_FLAG, printerOf } from '../printers/output.ts';
import { RowAligner } from '../printers/tabwriter.ts';
import { resolvePath } from '../../machine/files.ts';
import type { Cli } from '../cli.ts';
import type { FlagSpec } from '../flags.ts';
import type { Task } from '../../sim/wait.ts';

/** Subcommands need no more than what was typed. */
function configCommand(
  definition: Omit<Command, 'complete' | 'usage'> & { readonly arguments?: string; run(cli: Cli, invocation: Invocation): Task<void> },
): Command {
  return command<Invocation>({
    ...definition,
    usage: `kubectl config ${definition.name}${definition.arguments ? ` ${definition.arguments}` : ''}`,
    complete: (_cli, invocation) => invocation,
  });
}

/** The file as the user wrote it, for messages. */
function shownPath(cli: Cli): string {
  const { path } = cli.config;
  const prefix = `${cli.context.cwd}/`;
  const given = cli.context.args.find((argument) => argument.startsWith('--kubeconfig='))?.slice('--kubeconfig='.length);
  if (given && resolvePath(cli.context.cwd, given) === path) return given;
  return path.startsWith(prefix) && given ? path.slice(prefix.length) : path;
}

const REDACTED_DATA = ['client-certificate-data', 'client-key-data'];

function redacted(config: Kubeconfig): Kubeconfig {
  const users = new Map(
    [...config.users].map(([name, user]) => [
      name,
      {
        ...user,
        ...(user.token && { token: 'REDACTED' }),
        ...(user.password !== undefined && { password: 'REDACTED' }),
        ...Object.fromEntries(REDACTED_DATA.filter((key) => key in user).map((key) => [key, 'DATA+OMITTED'])),
      },
    ]),
  );
  const clusters = new Map(
    [...config.clusters].map(([name, cluster]) => [
      name,
      { ...cluster, ...('certificate-authority-data' in cluster && { 'certificate-authority-data': 'DATA+OMITTED' }) },
    ]),
  );
  return { ...config, users, clusters };
}

function minified(config: Kubeconfig, contextName: string): Kubeconfig {
  const name = contextName || config.currentContext;
  const context = config.contexts.get(name);
  if (!context)
    throw new CliError(config.currentContext ? `cannot locate context ${name}` : 'current-context must exist in order to minify');
  const pick = <T>(map: Map<string, T>, key: string | undefined) => new Map([...map].filter(([one]) => one === key));
  return {
    ...config,
    currentContext: name,
    contexts: pick(config.contexts, name),
    clusters: pick(config.clusters, context.cluster),
    users: pick(config.users, context.user),
  };
}

const view = configCommand({
  name: 'view',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  long: 'Display merged kubeconfig settings or a specified kubeconfig file.\n\n You can use --output jsonpath={...} to extract specific values using a jsonpath expression.',
  flags: [
    OUTPUT_FLAG,
    {
      name: 'flatten',
      kind: 'bool',
      usage: 'Flatten the resulting kubeconfig file into self-contained output (useful for creating portable kubeconfig files)',
    },
    { name: 'merge', kind: 'bool', default: 'true', usage: 'Merge the full hierarchy of kubeconfig files' },
    { name: 'minify', kind: 'bool', usage: 'Remove all information not used by current-context from the output' },
    { name: 'raw', kind: 'bool', usage: 'Display raw byte data and sensitive data' },
  ],
  *run(cli: Cli, { flags }: Invocation) {
    const chosen = flags.bool('minify') ? minified(cli.config, flags.string('context')) : cli.config;
    const object = kubeconfigObject(flags.bool('raw') ? chosen : redacted(chosen));
    const output = flags.string('output') || 'yaml';
    if (output === 'yaml') yield* cli.out(printYaml(object));
    else if (output === 'json') yield* cli.out(`${indentedJson(object)}\n`);
    else yield* cli.out(printerOf(cli, flags)!.print(object));
  },
});

const getContexts = configCommand({
  name: 'get-contexts',
  arguments: '[(-o|--output=)name)]',
  short: 'Describe one or many contexts',
  long: 'Display one or many contexts from the kubeconfig file.',
  flags: [
    OUTPUT_FLAG,
    {
      name: 'no-headers',
      kind: 'bool',
      usage: "When using the default or custom-column output format, don't print headers (default print headers).",
    },
  ],
  *run(cli: Cli, { flags, args }: Invocation) {
    const { contexts, currentContext } = cli.config;
    const output = flags.string('output');
    if (output !== '' && output !== 'name') throw new CliError(`output must be one of '' or 'name': ${output}`);
    const names = args.length > 0 ? args.filter((name) => contexts.has(name)) : sortedNames(contexts);
    if (output === 'name') yield* cli.out(names.map((name) => `${name}\n`).join(''));
    else {
      const rows = names.map((name) => {
        const { cluster = '', user = '', namespace = '' } = contexts.get(name)!;
        return [name === currentContext ? '*' : '', name, cluster, user, namespace];
      });
      yield* cli.out(
        new RowAligner().align(flags.bool('no-headers') ? rows : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], ...rows]),
      );
    }
    const missing = args.filter((name) => !contexts.has(name));
    if (missing.length > 0) throw new CliError(missing.map((name) => `context ${name} not found`).join('\n'));
  },
});

const currentContext = configCommand({
  name: 'current-context',
  short: 'Display the current-context',
  long: 'Display the current-context.',
  *run(cli: Cli) {
    if (cli.config.currentContext === '') throw new CliError('current-context is not set');
    yield* cli.line(cli.config.currentContext);
  },
});

const useContext = configCommand({
  name: 'use-context',
  aliases: ['use'],
  arguments: 'CONTEXT_NAME',
  short: 'Set the current-context in a kubeconfig file',
  long: 'Set the current-context in a kubeconfig file.',
  *run(cli: Cli, { args }: Invocation) {
    const [name] = exactly(args, 1);
    if (!cli.config.contexts.has(name!)) throw new CliError(`no context exists with the name: "${name}"`);
    cli.config.currentContext = name!;
    writeKubeconfig(cli.context, cli.config);
    yield* cli.line(`Switched to context "${name}".`);
  },
});

function exactly(args: readonly string[], count: number): readonly string[] {
  if (args.length !== count) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
  return args;
}

/** Sets the fields that flags give in an entry; makes it where it is missing. */
function* setEntry<T extends object>(cli: Cli, map: Map<string, T>, name: string, fields: Partial<T>, what: string): Task<void> {
  const existed = map.has(name);
  map.set(name, { ...(map.get(name) ?? ({} as T)), ...fields });
  writeKubeconfig(cli.context, cli.config);
  yield* cli.line(what === 'Context' ? `Context "${name}" ${existed ? 'modified' : 'created'}.` : `${what} "${name}" set.`);
}

function given(invocation: Invocation, names: Readonly<Record<string, string>>): Record<string, string | boolean> {
  const fields: Record<string, string | boolean> = {};
  for (const [flag, field] of Object.entries(names)) {
    if (!invocation.flags.changed(flag)) continue;
    const text = invocation.flags.string(flag);
    fields[field] = flag === 'insecure-skip-tls-verify' ? text === 'true' : text;
  }
  return fields;
}

const setContext = configCommand({
  name: 'set-context',
  arguments: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: 'Set a context entry in kubeconfig',
  long: 'Set a context entry in kubeconfig.\n\n Specifying a name that already exists will merge new fields on top of existing values for those fields.',
  flags: [{ name: 'current', kind: 'bool', usage: 'Modify the current context' }],
  *run(cli: Cli, invocation: Invocation) {
    const current = invocation.flags.bool('current');
    if (current && cli.config.currentContext === '') throw new CliError('no current context is set');
    const name = current ? cli.config.currentContext : exactly(invocation.args, 1)[0]!;
    yield* setEntry(
      cli,
      cli.config.contexts,
      name,
      given(invocation, { cluster: 'cluster', user: 'user', namespace: 'namespace' }),
      'Context',
    );
  },
});

const setCluster = configCommand({
  name: 'set-cluster',
  arguments:
    'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: 'Set a cluster entry in kubeconfig',
  long: 'Set a cluster entry in kubeconfig.\n\n Specifying a name that already exists will merge new fields on top of existing values for those fields.',
  flags: [
    { name: 'embed-certs', kind: 'bool', usage: 'embed-certs for the cluster entry in kubeconfig' },
    { name: 'proxy-url', kind: 'string', usage: 'proxy-url for the cluster entry in kubeconfig' },
  ],
  *run(cli: Cli, invocation: Invocation) {
    const [name] = exactly(invocation.args, 1);
    const fields = given(invocation, {
      server: 'server',
      'certificate-authority': 'certificate-authority',
      'insecure-skip-tls-verify': 'insecure-skip-tls-verify',
      'tls-server-name': 'tls-server-name',
      'proxy-url': 'proxy-url',
    });
    yield* setEntry(cli, cli.config.clusters, name!, fields, 'Cluster');
  },
});

const setCredentials = configCommand({
  name: 'set-credentials',
  arguments:
    'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password]',
  short: 'Set a user entry in kubeconfig',
  long: 'Set a user entry in kubeconfig.\n\n Specifying a name that already exists will merge new fields on top of existing values.',
  flags: [{ name: 'embed-certs', kind: 'bool', usage: 'Embed client cert/key for the user entry in kubeconfig' }],
  *run(cli: Cli, invocation: Invocation) {
    const [name] = exactly(invocation.args, 1);
    if (invocation.flags.string('token') && invocation.flags.string('username'))
      throw new CliError('you cannot specify more than one authentication method at the same time: --token or --username/--password');
    const fields = given(invocation, {
      'client-certificate': 'client-certificate',
      'client-key': 'client-key',
      token: 'token',
      username: 'username',
      password: 'password',
    });
    yield* setEntry(cli, cli.config.users, name!, fields, 'User');
  },
});

const renameContext = configCommand({
  name: 'rename-context',
  arguments: 'CONTEXT_NAME NEW_NAME',
  short: 'Rename a context from the kubeconfig file',
  long: 'Renames a context from the kubeconfig file.',
  *run(cli: Cli, { args }: Invocation) {
    const [before, after] = exactly(args, 2) as [string, string];
    const { contexts } = cli.config;
    const entry = contexts.get(before);
    if (!entry) throw new CliError(`cannot rename the context "${before}", it's not in ${shownPath(cli)}`);
    if (contexts.has(after))
      throw new CliError(`cannot rename the context "${before}", the context "${after}" already exists in ${shownPath(cli)}`);
    contexts.delete(before);
    contexts.set(after, entry);
    if (cli.config.currentContext === before) cli.config.currentContext = after;
    writeKubeconfig(cli.context, cli.config);
    yield* cli.line(`Context "${before}" renamed to "${after}".`);
  },
});

function listing(name: string, what: string, of: (config: Kubeconfig) => ReadonlyMap<string, unknown>): Command {
  return configCommand({
    name,
    short: `Display ${what} defined in the kubeconfig`,
    long: `Display ${what} defined in the kubeconfig.`,
    *run(cli: Cli) {
      yield* cli.out(
        `NAME\n${sortedNames(of(cli.config))
          .map((one) => `${one}\n`)
          .join('')}`,
      );
    },
  });
}

function deleting(what: 'context' | 'cluster' | 'user', of: (config: Kubeconfig) => Map<string, unknown>): Command {
  return configCommand({
    name: `delete-${what}`,
    arguments: 'NAME',
    short: `Delete the specified ${what} from the kubeconfig`,
    long: `Delete the specified ${what} from the kubeconfig.`,
    *run(cli: Cli, { args }: Invocation) {
      const [name] = exactly(args, 1);
      if (!of(cli.config).delete(name!)) throw new CliError(`cannot delete ${what} ${name}, not in ${shownPath(cli)}`);
      if (what === 'context' && cli.config.currentContext === name)
        yield* cli.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n');
      writeKubeconfig(cli.context, cli.config);
      yield* cli.line(`deleted ${what} ${name} from ${shownPath(cli)}`);
    },
  });
}

const RAW_FLAG: FlagSpec = {
  name: 'set-raw-bytes',
  kind: 'bool',
  usage: 'When writing a []byte PROPERTY_VALUE, write the given string directly without base64 decoding.',
};

/** Changes one property by its dotted path: `users.ann.token`. Undefined takes it away. */
function change(config: Kubeconfig, property: string, value: string | undefined): void {
  const [section, name, ...field] = property.split('.');
  if (section === 'current-context' && name === undefined) {
    config.currentContext = value ?? '';
    return;
  }
  const map =
    section === 'users' ? config.users : section === 'clusters' ? config.clusters : section === 'contexts' ? config.contexts : undefined;
  if (!map || name === undefined) throw new CliError(`unable to locate path ${property}`);
  if (field.length === 0) {
    if (value === undefined) map.delete(name);
    return;
  }
  const key = field.join('.');
  const { [key]: _before, ...rest } = (map.get(name) ?? {}) as Record<string, unknown>;
  const typed = value === 'true' || value === 'false' ? value === 'true' : value;
  (map as Map<string, Record<string, unknown>>).set(name, value === undefined ? rest : { ...rest, [key]: typed });
}

const setProperty = configCommand({
  name: 'set',
  arguments: 'PROPERTY_NAME PROPERTY_VALUE',
  short: 'Set an individual value in a kubeconfig file',
  long: 'Set an individual value in a kubeconfig file.\n\n PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key.  Map keys may not contain dots.',
  flags: [RAW_FLAG],
  *run(cli: Cli, { args }: Invocation) {
    const [property, value] = exactly(args, 2) as [string, string];
    change(cli.config, property, value);
    writeKubeconfig(cli.context, cli.config);
    yield* cli.line(`Property "${property}" set.`);
  },
});

const unsetProperty = configCommand({
  name: 'unset',
  arguments: 'PROPERTY_NAME',
  short: 'Unset an individual value in a kubeconfig file',
  long: 'Unset an individual value in a kubeconfig file.\n\n PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key.  Map keys may not contain dots.',
  *run(cli: Cli, { args }: Invocation) {
    const [property] = exactly(args, 1) as [string];
    change(cli.config, property, undefined);
    writeKubeconfig(cli.context, cli.config);
    yield* cli.line(`Property "${property}" unset.`);
  },
});

export const config: Command = {
  name: 'config',
  usage: 'kubectl config SUBCOMMAND',
  short: 'Modify kubeconfig files',
  long: `Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".

 The loading order follows these rules:

  1.  If the --kubeconfig flag is set, then only that file is loaded. The flag may only be set once and no merging takes place.
  2.  If $KUBECONFIG environment variable is set, then it is used as a list of paths (normal path delimiting rules for your system).
  3.  Otherwise, \${HOME}/.kube/config is used and no merging takes place.`,
  subcommands: [
    currentContext,
    deleting('cluster', ({ clusters }) => clusters),
    deleting('context', ({ contexts }) => contexts),
    deleting('user', ({ users }) => users),
    listing('get-clusters', 'clusters', ({ clusters }) => clusters),
    getContexts,
    listing('get-users', 'users', ({ users }) => users),
    renameContext,
    setProperty,
    setCluster,
    setContext,
    setCredentials,
    unsetProperty,
    useContext,
    view,
  ],
};
