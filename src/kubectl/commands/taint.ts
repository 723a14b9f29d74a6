import { isLabelValue, isQualifiedName } from '../../api/names.ts';
import { NODES } from '../../api/kinds.ts';
import { changePrinter, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, VALIDATE_FLAG, type DryRun } from '../changes.ts';
import { command } from '../command.ts';
import { CliError, UsageError } from '../errors.ts';
import { planOf, requestOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import type { Taint } from 'kubernetes-types/core/v1';
import type { Flags } from '../flags.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';

interface Removal {
  readonly key: string;
  readonly effect: string | undefined;
}

interface TaintOptions {
  readonly request: ResourceRequest;
  readonly add: readonly Taint[];
  readonly remove: readonly Removal[];
  readonly overwrite: boolean;
  readonly dryRun: DryRun;
  readonly fieldManager: string;
  readonly flags: Flags;
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const taint = command<TaintOptions>({
  name: 'taint',
  usage: 'kubectl taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  short: 'Update the taints on one or more nodes',
  long: `Update the taints on one or more nodes.

  *  A taint consists of a key, value, and effect. As an argument here, it is expressed as key=value:effect.
  *  The key must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and underscores, up to 253 characters.
  *  Optionally, the key can begin with a DNS subdomain prefix and a single '/', like example.com/my-app.
  *  The value is optional. If given, it must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and underscores, up to 63 characters.
  *  The effect must be NoSchedule, PreferNoSchedule or NoExecute.
  *  Currently taint can only apply to node.`,
  examples: `# Update node 'foo' with a taint with key 'dedicated' and value 'special-user' and effect 'NoSchedule'
# If a taint with that key and effect already exists, its value is replaced as specified
kubectl taint nodes foo dedicated=special-user:NoSchedule

# Remove from node 'foo' the taint with key 'dedicated' and effect 'NoSchedule' if one exists
kubectl taint nodes foo dedicated:NoSchedule-`,
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    SELECTOR_FLAG,
    FIELD_MANAGER_FLAG('kubectl-taint'),
    { name: 'all', kind: 'bool', usage: 'Select all nodes in the cluster' },
    {
      name: 'overwrite',
      kind: 'bool',
      usage: 'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.',
    },
  ],
  complete(_cli, { flags, args }) {
    const isSpec = (argument: string) => /[=:]/.test(argument) || argument.endsWith('-');
    const at = args.findIndex(isSpec);
    const resources = at < 0 ? args : args.slice(0, at);
    const specs = at < 0 ? [] : args.slice(at);
    const [type] = resources;
    if (type === undefined) throw new CliError('one or more resources must be specified as <resource> <name>');
    if (!['node', 'nodes', 'no', 'Node'].includes(type.split('/')[0]!))
      throw new CliError(`invalid resource type ${type}, only node types are supported`);
    if (specs.length === 0) throw new CliError('at least one taint update is required');
    const add: Taint[] = [];
    const remove: Removal[] = [];
    for (const spec of specs) parseSpec(spec, add, remove);
    const both = add.filter((one) => remove.some(({ key, effect }) => key === one.key && (effect === undefined || effect === one.effect)));
    if (both.length > 0)
      throw new CliError(
        `can not both modify and remove the following taint(s) in the same command: ${both.map(({ key }) => `${key}=`).join(', ')}`,
      );
    if (resources.length === 1 && !type.includes('/') && !flags.bool('all') && !flags.string('selector'))
      throw new CliError('one or more nodes must be specified as <resource> <name> or <resource>/<name>');
    return {
      request: { ...requestOf(resources, flags), latest: true },
      add,
      remove,
      overwrite: flags.bool('overwrite'),
      dryRun: dryRunOf(flags),
      fieldManager: flags.string('field-manager'),
      flags,
    };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    yield* visit(cli, plan, {}, (info) => taintOne(cli, options, info));
  },
});

/** Reads `key=value:effect`, `key:effect`, `key:effect-` or `key-`. Throws {@link UsageError}. */
function parseSpec(spec: string, add: Taint[], remove: Removal[]): void {
  if (spec.endsWith('-')) {
    const [key = '', effect] = spec.slice(0, -1).split(':');
    if (effect !== undefined && effect !== '') checkEffect(effect);
    remove.push({ key: key.split('=')[0]!, effect: effect || undefined });
    return;
  }
  const parts = spec.split(':');
  const pair = (parts[0] ?? '').split('=');
  const [key = '', value = ''] = pair;
  const problems = parts.length === 1 ? isQualifiedName(parts[0]!) : [];
  if (parts.length > 2 || pair.length > 2 || problems.length > 0)
    throw new UsageError(`invalid taint spec: ${spec}${problems.length > 0 ? `, ${problems.join('; ')}` : ''}`);
  const valueProblems = isLabelValue(value);
  if (valueProblems.length > 0) throw new UsageError(`invalid taint spec: ${spec}, ${valueProblems.join('; ')}`);
  if (parts.length === 2) checkEffect(parts[1]!);
  const keyProblems = isQualifiedName(key);
  if (keyProblems.length > 0) throw new UsageError(`invalid taint spec: ${spec}, ${keyProblems.join('; ')}`);
  if (parts.length === 1) throw new UsageError(`invalid taint spec: ${spec}`);
  add.push({ key, ...(value && { value }), effect: parts[1]! });
}

function checkEffect(effect: string): void {
  if (!EFFECTS.includes(effect)) throw new UsageError(`invalid taint effect: ${effect}, unsupported taint effect`);
}

function* taintOne(cli: Cli, options: TaintOptions, { object, name }: Info): Task<void> {
  const before = (object.spec?.taints ?? []) as Taint[];
  if (!options.overwrite) {
    const taken = options.add.filter((one) => before.some(({ key, effect }) => key === one.key && effect === one.effect));
    if (taken.length > 0)
      throw new CliError(
        `node ${name} already has ${taken.map(({ key }) => key).join(', ')} taint(s) with same effect(s) and --overwrite is false`,
      );
  }
  const isRemoved = (one: Taint) =>
    options.remove.some(({ key, effect }) => key === one.key && (effect === undefined || effect === one.effect));
  const missing = options.remove.filter(
    ({ key, effect }) => !before.some((one) => one.key === key && (effect === undefined || effect === one.effect)),
  );
  if (missing.length > 0)
    throw new CliError(missing.map(({ key, effect }) => `taint "${key}${effect ? `:${effect}` : ''}" not found`).join('; '));
  const isReplaced = (one: Taint) => options.add.some(({ key, effect }) => key === one.key && effect === one.effect);
  const after = [...options.add, ...before.filter((one) => !isRemoved(one) && !isReplaced(one))];
  const done = options.overwrite ? 'modified' : options.add.length === 0 ? 'untainted' : options.remove.length > 0 ? 'modified' : 'tainted';
  const changed = { ...object, spec: { ...object.spec, taints: after } };
  const stored =
    options.dryRun === 'client'
      ? changed
      : yield* cli.api.patch(
          NODES,
          { name },
          'merge',
          { spec: { taints: after.length > 0 ? after : null } },
          { dryRun: options.dryRun === 'server', fieldManager: options.fieldManager },
        );
  yield* changePrinter(cli, options.flags, done, 'none')(stored, NODES);
}
