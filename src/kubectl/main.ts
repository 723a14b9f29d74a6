import { NetError } from '../net/fabric.ts';
import { BrokenPipe } from '../machine/program.ts';
import { Api } from './api.ts';
import { Cli } from './cli.ts';
import { COMMANDS } from './commands/list.ts';
import { Discovery, DiscoveryCache } from './discovery.ts';
import { errorText, Exit, isExpected, PlainError, UsageError } from './errors.ts';
import { FlagError, Flags, HelpRequested, type FlagSpec } from './flags.ts';
import { GLOBAL_FLAGS } from './globals.ts';
import { helpText } from './help.ts';
import { kubeconfigPath, readKubeconfig, type ClusterEntry, type Kubeconfig, type UserEntry } from './kubeconfig.ts';
import { suggestions } from './suggest.ts';
import type { Client } from '../client/client.ts';
import type { Program, ProgramContext } from '../machine/program.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { Command, Invocation } from './command.ts';

/** Where and as whom the kubeconfig says to connect. */
export interface Connection {
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
}

export interface KubectlOptions {
  /**
   * A client for one invocation. `connection` is what the kubeconfig's context says; undefined if there
   * is no kubeconfig.
   */
  clientFor(context: ProgramContext, connection?: Connection): Client;
}

/** What a process takes from its start to its first request. */
const STARTUP_MS = 50;

/** What the real program takes to start and to read its caches. */
const START_MS = 60;

const ROOT: Command = {
  name: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager.',
  long: 'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  usage: 'kubectl [flags]',
  subcommands: COMMANDS,
};

/** The program `kubectl`: reads its arguments, talks to the API server, answers its exit code. */
export function createKubectl(options: KubectlOptions): Program {
  const cache = new DiscoveryCache();
  return function* kubectl(context: ProgramContext): Task<number> {
    yield* sleep(STARTUP_MS);
    try {
      yield* sleep(START_MS);
      yield* dispatch(context, options, cache);
      return 0;
    } catch (error) {
      if (error instanceof Exit) return error.code;
      if (error instanceof BrokenPipe || !isReportable(error)) throw error;
      yield* context.stderr.write(errorText(error));
      return error instanceof PlainError ? error.exitCode : 1;
    }
  };
}

function isReportable(error: unknown): boolean {
  return isExpected(error) || error instanceof FlagError || error instanceof NetError;
}

/** The command that the arguments name, and what is left for it. */
interface Found {
  readonly command: Command;
  /** `kubectl rollout status`. */
  readonly path: string;
  readonly args: readonly string[];
}

function find(args: readonly string[]): Found {
  let command = ROOT;
  let path = 'kubectl';
  const rest = [...args];
  for (;;) {
    const at = firstWord(rest);
    const next = at < 0 ? undefined : command.subcommands?.find(({ name, aliases }) => name === rest[at] || aliases?.includes(rest[at]!));
    if (!next) return { command, path, args: rest };
    rest.splice(at, 1);
    command = next;
    path += ` ${next.name}`;
  }
}

/** Where the first argument stands that is neither a flag nor a flag's value; -1 if there is none. */
function firstWord(args: readonly string[]): number {
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') return -1;
    if (!argument.startsWith('-') || argument === '-') return at;
    if (takesNext(argument)) at++;
  }
  return -1;
}

function takesNext(argument: string): boolean {
  if (argument.includes('=')) return false;
  const spec = argument.startsWith('--')
    ? GLOBAL_FLAGS.find(({ name }) => name === argument.slice(2))
    : argument.length === 2
      ? GLOBAL_FLAGS.find(({ shorthand }) => shorthand === argument[1])
      : undefined;
  return spec !== undefined && spec.kind !== 'bool' && spec.bare === undefined;
}

function* dispatch(context: ProgramContext, options: KubectlOptions, cache: DiscoveryCache): Task<void> {
  const [first, ...rest] = context.args;
  const found = first === 'help' ? find(rest.filter((argument) => !argument.startsWith('-'))) : find(context.args);
  if (first === 'help') {
    yield* context.stdout.write(helpText(found.path, found.command, []));
    return;
  }
  const { command, path } = found;
  if (!command.run && firstWord(found.args) >= 0 && !found.args.includes('--help') && !found.args.includes('-h')) {
    yield* noSuchCommand(context, command, path, [found.args[firstWord(found.args)]!]);
    return;
  }
  const flags = new Flags(distinct([...(command.flags ?? []), ...GLOBAL_FLAGS]));
  let invocation: Invocation;
  try {
    const { rest: args, dashAt } = flags.parse(found.args);
    invocation = { flags, args, dashAt };
  } catch (error) {
    if (error instanceof HelpRequested) {
      yield* context.stdout.write(helpText(path, command, []));
      return;
    }
    if (error instanceof FlagError) throw new PlainError(`error: ${error.message}\nSee '${path} --help' for usage.`);
    throw error;
  }
  for (const note of flags.deprecations) yield* context.stderr.write(`${note}\n`);
  if (!command.run) {
    yield* noSuchCommand(context, command, path, invocation.args);
    return;
  }
  const missing = flags.missingRequired();
  if (missing.length > 0) throw new PlainError(`error: required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`);
  const cli = connect(context, flags, options, cache, path.startsWith('kubectl config'));
  try {
    const completed: unknown = command.complete ? command.complete(cli, invocation) : invocation;
    command.validate?.(completed, cli);
    yield* command.run(cli, completed);
  } catch (error) {
    if (error instanceof UsageError) throw new PlainError(`error: ${error.message}\nSee '${path} -h' for help and examples`);
    throw error;
  }
}

/** A group of commands called without one of them, or with one that is not there. */
function* noSuchCommand(context: ProgramContext, command: Command, path: string, args: readonly string[]): Task<void> {
  if (args.length === 0) {
    yield* context.stdout.write(helpText(path, command, []));
    return;
  }
  if (command !== ROOT) {
    // Groups of commands print their help for a word they do not know.
    yield* context.stdout.write(helpText(path, command, []));
    return;
  }
  const like = suggestions(args[0]!, command.subcommands?.flatMap(({ name }) => name) ?? []);
  const did = like.length === 0 ? '' : `\n\nDid you mean this?\n${like.map((name) => `\t${name}\n`).join('')}`;
  throw new PlainError(`error: unknown command "${args[0]}" for "kubectl"${did}`);
}

/** A command's own flag hides a global one of the same name. */
function distinct(specs: readonly FlagSpec[]): FlagSpec[] {
  const names = new Set<string>();
  const letters = new Set<string>();
  const kept: FlagSpec[] = [];
  for (const spec of specs) {
    if (names.has(spec.name)) continue;
    names.add(spec.name);
    const taken = spec.shorthand !== undefined && letters.has(spec.shorthand);
    if (spec.shorthand) letters.add(spec.shorthand);
    kept.push(taken ? { ...spec, shorthand: undefined } : spec);
  }
  return kept;
}

function connect(context: ProgramContext, flags: Flags, options: KubectlOptions, cache: DiscoveryCache, offline: boolean): Cli {
  const config = readKubeconfig(context, kubeconfigPath(context, flags.string('kubeconfig')));
  // Commands on the file itself may speak of contexts that are not there.
  const connection = offline ? undefined : connectionOf(config, flags);
  const client = options.clientFor(context, connection);
  const headers = impersonation(flags);
  const server = flags.string('server') || connection?.cluster.server || 'http://localhost:8080';
  const api = new Api({
    kernel: context.kernel,
    group: context.group,
    client,
    headers,
    timeoutMs: timeoutMs(flags.string('request-timeout')),
    warn: (text) => context.stderr.write(`Warning: ${text}\n`),
  });
  const contextName = flags.string('context') || config.currentContext;
  return new Cli({
    context,
    api,
    discovery: new Discovery(api, cache, server),
    config,
    namespace: flags.string('namespace') || config.contexts.get(contextName)?.namespace || 'default',
    namespaceGiven: flags.changed('namespace'),
    server,
  });
}

function connectionOf(config: Kubeconfig, flags: Flags): Connection | undefined {
  const asked = flags.string('context');
  const entry = config.contexts.get(asked || config.currentContext);
  if (asked && !entry) throw new PlainError(`Error in configuration: context was not found for specified context: ${asked}`);
  if (!entry) return undefined;
  const cluster = config.clusters.get(flags.string('cluster') || (entry.cluster ?? '')) ?? {};
  const user = config.users.get(flags.string('user') || (entry.user ?? '')) ?? {};
  const server = flags.string('server');
  const token = flags.string('token');
  return { cluster: server ? { ...cluster, server } : cluster, user: token ? { ...user, token } : user };
}

function impersonation(flags: Flags): Record<string, string> {
  const headers: Record<string, string> = {};
  if (flags.string('as')) headers['impersonate-user'] = flags.string('as');
  if (flags.changed('as-group')) headers['impersonate-group'] = flags.strings('as-group').join('\n');
  if (flags.string('as-uid')) headers['impersonate-uid'] = flags.string('as-uid');
  if (!headers['impersonate-user'] && Object.keys(headers).length > 0) {
    throw new PlainError('error: requesting uid, groups or user-extra for  without impersonating a user');
  }
  if (flags.string('token')) headers.authorization = `Bearer ${flags.string('token')}`;
  return headers;
}

function timeoutMs(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds * 1000;
  return new Flags([{ name: 'timeout', kind: 'duration', usage: '', default: text }]).durationMs('timeout');
}
