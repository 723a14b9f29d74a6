import { isLabelValue } from '../../api/names.ts';
import { quote } from '../../base/quote.ts';
import { changeText, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, type DryRun } from '../changes.ts';
import { command, type Command } from '../command.ts';
import { CliError, throwAll } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  hasFiles,
  planOf,
  requestOf,
  SELECTOR_FLAG,
  visit,
  type Info,
  type ResourceRequest,
} from '../resource.ts';
import { printerOf, PRINT_FLAGS, type ObjectPrinter } from '../printers/output.ts';
import { splitPairs } from './pairs.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';

/** `kubectl label` and `kubectl annotate` differ in words and in what a value may be. */
export interface MetadataVerb {
  readonly name: 'label' | 'annotate';
  readonly field: 'labels' | 'annotations';
  /** `label`, `annotation`. */
  readonly noun: string;
  readonly usage: string;
  readonly short: string;
  readonly long: string;
  readonly examples: string;
}

interface MetadataOptions {
  readonly request: ResourceRequest;
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
  readonly overwrite: boolean;
  readonly list: boolean;
  readonly local: boolean;
  readonly resourceVersion: string;
  readonly dryRun: DryRun;
  readonly fieldManager: string;
  readonly printer: ObjectPrinter | undefined;
}

type Texts = Readonly<Record<string, string>>;

export function metadataCommand(verb: MetadataVerb): Command {
  return command<MetadataOptions>({
    ...verb,
    flags: [
      ...FILE_FLAGS,
      ...PRINT_FLAGS,
      SELECTOR_FLAG,
      FIELD_SELECTOR_FLAG,
      ALL_NAMESPACES_FLAG,
      DRY_RUN_FLAG,
      FIELD_MANAGER_FLAG(`kubectl-${verb.name}`),
      { name: 'all', kind: 'bool', usage: 'Select all resources, in the namespace of the specified resource types' },
      { name: 'list', kind: 'bool', usage: `If true, display the ${verb.field} for a given resource.` },
      { name: 'local', kind: 'bool', usage: `If true, ${verb.name} will NOT contact api-server but run locally.` },
      {
        name: 'overwrite',
        kind: 'bool',
        usage: `If true, allow ${verb.field} to be overwritten, otherwise reject ${verb.noun} updates that overwrite existing ${verb.field}.`,
      },
      {
        name: 'resource-version',
        kind: 'string',
        usage: `If non-empty, the ${verb.field} update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.`,
      },
    ],
    complete(cli, { flags, args }) {
      const { resources, changes } = splitPairs(args, verb.noun);
      const request = requestOf(resources, flags);
      const list = flags.bool('list');
      if (request.all && request.labelSelector) throw new CliError('cannot set --all and --selector at the same time');
      if (resources.length === 0 && !hasFiles(request))
        throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
      if (changes.length === 0 && !list) throw new CliError(`at least one ${verb.noun} update is required`);
      return {
        ...parseChanges(verb, changes),
        request: { ...request, latest: true },
        overwrite: flags.bool('overwrite'),
        list,
        local: flags.bool('local'),
        resourceVersion: flags.string('resource-version'),
        dryRun: dryRunOf(flags),
        fieldManager: flags.string('field-manager'),
        printer: printerOf(cli, flags),
      };
    },
    *run(cli, options) {
      const plan = yield* planOf(cli, options.request);
      if (options.resourceVersion && !plan.single) throw new CliError('--resource-version may only be used with a single resource');
      const single = plan.single;
      yield* visit(cli, plan, {}, (info) => (options.list ? list(cli, verb, info, single) : change(cli, verb, info, options)));
    },
  });
}

function parseChanges(verb: MetadataVerb, changes: readonly string[]): { set: Map<string, string>; remove: string[] } {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const text of changes) {
    const equals = text.indexOf('=');
    if (equals > 0) {
      const value = text.slice(equals + 1);
      if (verb.name === 'label') {
        const problems = isLabelValue(value);
        if (problems.length > 0) throw new CliError(`invalid label value: ${quote(text)}: ${problems.join(';')}`);
      }
      set.set(text.slice(0, equals), value);
    } else if (text.endsWith('-')) remove.push(text.slice(0, -1));
    else throw new CliError(`unknown ${verb.noun} spec: ${text}`);
  }
  const both = remove.filter((key) => set.has(key));
  if (both.length > 0) {
    throw new CliError(
      verb.name === 'label'
        ? 'can not both modify and remove a label in the same command'
        : `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  }
  return { set, remove };
}

function* list(cli: Cli, verb: MetadataVerb, info: Info, single: boolean): Task<void> {
  const texts: Texts = info.object.metadata?.[verb.field] ?? {};
  let output = '';
  if (!single) output += `Listing ${verb.field} for ${info.kind.kind}.${info.kind.group}/${info.name}:\n`;
  for (const key of Object.keys(texts).sort()) output += `${single ? '' : ' '}${key}=${texts[key]}\n`;
  yield* cli.out(output);
}

function* change(cli: Cli, verb: MetadataVerb, info: Info, options: MetadataOptions): Task<void> {
  const { kind, namespace, name, object } = info;
  const before: Texts = object.metadata?.[verb.field] ?? {};
  if (verb.name === 'label') {
    for (const key of options.remove) if (!(key in before)) yield* cli.err(`label "${key}" not found.\n`);
  }
  if (!options.overwrite) refuseOverwriting(verb, before, options.set);
  const patch: Record<string, string | null> = {};
  for (const [key, value] of options.set) if (before[key] !== value) patch[key] = value;
  for (const key of options.remove) if (key in before) patch[key] = null;
  const body = {
    metadata: {
      ...(Object.keys(patch).length > 0 && { [verb.field]: patch }),
      ...(options.resourceVersion && { resourceVersion: options.resourceVersion }),
    },
  };
  let after: KubeObject;
  if (options.dryRun === 'client' || options.local) after = patched(object, verb, patch);
  else {
    const send = Object.keys(body.metadata).length > 0 ? body : {};
    after = yield* cli.api.patch(kind, { namespace, name }, 'merge', send, {
      dryRun: options.dryRun === 'server',
      fieldManager: options.fieldManager,
    });
  }
  if (options.printer && options.printer.format !== 'name') yield* cli.out(options.printer.print(after));
  else yield* cli.line(changeText(kind, name, options.printer ? '' : doneText(verb, patch, options), options.dryRun));
}

function doneText(verb: MetadataVerb, patch: Readonly<Record<string, string | null>>, { overwrite }: MetadataOptions): string {
  if (verb.name === 'annotate') return 'annotated';
  const values = Object.values(patch);
  if (values.length === 0) return 'not labeled';
  return !overwrite && values.every((value) => value === null) ? 'unlabeled' : 'labeled';
}

function refuseOverwriting(verb: MetadataVerb, before: Texts, set: ReadonlyMap<string, string>): void {
  const taken = [...set]
    .filter(([key, value]) => key in before && before[key] !== value)
    .map(([key]) => `'${key}' already has a value (${before[key]})`);
  if (taken.length === 0) return;
  if (verb.name === 'annotate')
    throw new CliError(`--overwrite is false but found the following declared annotation(s): ${taken.join('; ')}`);
  throwAll(taken.map((text) => new CliError(`${text}, and --overwrite is false`)));
}

function patched(object: KubeObject, verb: MetadataVerb, patch: Readonly<Record<string, string | null>>): KubeObject {
  const texts: Record<string, string> = { ...object.metadata?.[verb.field] };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete texts[key];
    else texts[key] = value;
  }
  return { ...object, metadata: { ...object.metadata, [verb.field]: texts } };
}
