import { isApiError } from '../../api/status.ts';
import { printYaml } from '../../api/yaml.ts';
import { applyObject } from '../apply.ts';
import { FIELD_MANAGER_FLAG } from '../changes.ts';
import { command } from '../command.ts';
import { CliError, Exit } from '../errors.ts';
import { FILE_FLAGS, hasFiles, planOf, requestOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../resource.ts';
import { withoutManagedFields } from '../printers/output.ts';
import { unifiedHunks } from '../unified-diff.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';

interface DiffOptions {
  readonly request: ResourceRequest;
  readonly fieldManager: string;
  readonly serverSide: boolean;
  readonly forceConflicts: boolean;
}

export const diff = command<DiffOptions>({
  name: 'diff',
  usage: 'kubectl diff -f FILENAME',
  short: 'Diff the live version against a would-be applied version',
  long: `Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied.

 The output is always YAML.

 Exit status: 0 No differences were found. 1 Differences were found. >1 Kubectl or diff failed with an error.`,
  examples: '# Diff resources included in pod.json\nkubectl diff -f pod.json',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    FIELD_MANAGER_FLAG('kubectl-client-side-apply'),
    {
      name: 'concurrency',
      kind: 'int',
      default: '1',
      usage: 'Number of objects to process in parallel when diffing against the live version.',
    },
    { name: 'force-conflicts', kind: 'bool', usage: 'If true, server-side apply will force the changes against conflicts.' },
    { name: 'server-side', kind: 'bool', usage: 'If true, apply runs in the server instead of the client.' },
    { name: 'show-managed-fields', kind: 'bool', usage: 'If true, include managed fields in the diff.' },
  ],
  complete: (_cli, { flags, args }) => ({
    request: requestOf(args, flags),
    fieldManager: flags.string('field-manager'),
    serverSide: flags.bool('server-side'),
    forceConflicts: flags.bool('force-conflicts'),
  }),
  validate({ request }) {
    if (!hasFiles(request)) throw new CliError('must specify one of -f and -k');
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    let differ = false;
    yield* visit(cli, plan, {}, function* (info): Task<void> {
      const text = yield* difference(cli, info, options);
      if (text === '') return;
      differ = true;
      yield* cli.out(text);
    });
    if (differ) throw new Exit(1);
  },
});

function* difference(cli: Cli, info: Info, options: DiffOptions): Task<string> {
  const { kind, namespace, name } = info;
  let live: KubeObject | undefined;
  try {
    live = yield* cli.api.get(kind, { namespace, name });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
  const merged = yield* wouldBe(cli, info, options);
  const file = [kind.group ? `${kind.group}.${kind.version}` : kind.version, kind.kind, namespace ?? '', name].join('.');
  const stamp = Math.floor(cli.kernel.epochMs() / 1000);
  const [from, to] = [`/tmp/LIVE-${stamp}/${file}`, `/tmp/MERGED-${stamp}/${file}`];
  const hunks = unifiedHunks(live ? shown(live) : '', shown(merged));
  return hunks === '' ? '' : `diff -u -N ${from} ${to}\n--- ${from}\n+++ ${to}\n${hunks}`;
}

function* wouldBe(cli: Cli, info: Info, options: DiffOptions): Task<KubeObject> {
  const { kind, namespace, name, object } = info;
  if (options.serverSide)
    return yield* cli.api.patch(kind, { namespace, name }, 'apply', object, {
      dryRun: true,
      fieldManager: options.fieldManager,
      force: options.forceConflicts,
    });
  const applied = yield* applyObject(cli.api, info, {
    dryRun: 'server',
    fieldManager: options.fieldManager,
    fieldValidation: 'Warn',
    force: false,
    warn: silent,
  });
  return applied.object;
}

const SECRET_MASK = '***';

/** As it is compared: without managed fields and kubectl's annotation, secrets hidden. */
function shown(object: KubeObject): string {
  const plain = withoutManagedFields(object);
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...annotations } = plain.metadata?.annotations ?? {};
  const { annotations: _annotations, ...metadata } = plain.metadata ?? {};
  const data =
    plain.kind === 'Secret' && plain.data
      ? { data: Object.fromEntries(Object.keys(plain.data as object).map((key) => [key, SECRET_MASK])) }
      : {};
  return printYaml({ ...plain, ...data, metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata });
}

/** A comparison changes nothing, so there is nothing to warn of. */
function* silent(): Task<void> {}
