import { parseJson } from '../../api/json.ts';
import { indentedJson } from '../../api/print.ts';
import { isApiError } from '../../api/status.ts';
import { printYaml } from '../../api/yaml.ts';
import { command, type Command } from '../command.ts';
import { CliError } from '../errors.ts';
import { changePrinter, DRY_RUN_FLAG, dryRunOf, type ChangePrinter, type DryRun } from '../changes.ts';
import { lastAppliedPatch } from '../apply.ts';
import { lastApplied } from '../last-applied.ts';
import { FILE_FLAGS, planOf, requestOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import type { Task } from '../../sim/wait.ts';

interface ViewOptions {
  readonly request: ResourceRequest;
  readonly output: string;
}

const viewLastApplied = command<ViewOptions>({
  name: 'view-last-applied',
  usage: 'kubectl apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  long: 'View the latest last-applied-configuration annotations by type/name or file.\n\n The default output will be printed to stdout in YAML format. You can use the -o option to change the output format.',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    { name: 'all', kind: 'bool', usage: 'Select all resources in the namespace of the specified resource types' },
    { name: 'output', shorthand: 'o', kind: 'string', default: 'yaml', usage: 'Output format. Must be one of (yaml, json)' },
  ],
  complete: (_cli, { flags, args }) => ({ request: { ...requestOf(args, flags), latest: true }, output: flags.string('output') }),
  validate({ output }) {
    if (output !== 'yaml' && output !== 'json')
      throw new CliError(`Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
  },
  *run(cli, { request, output }) {
    const plan = yield* planOf(cli, request);
    let text = '';
    yield* visit(cli, plan, {}, function* (info: Info): Task<void> {
      const configuration = lastApplied(info.object);
      if (configuration === undefined) return;
      const value = parseJson(configuration);
      text += output === 'json' ? `${indentedJson(value)}\n` : printYaml(value);
    });
    yield* cli.out(text);
  },
});

interface SetOptions {
  readonly request: ResourceRequest;
  readonly dryRun: DryRun;
  readonly printer: ChangePrinter;
  readonly createAnnotation: boolean;
}

const setLastApplied = command<SetOptions>({
  name: 'set-last-applied',
  usage: 'kubectl apply set-last-applied -f FILENAME',
  short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  flags: [
    FILE_FLAGS[0]!,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    {
      name: 'create-annotation',
      kind: 'bool',
      usage: "Will create 'last-applied-configuration' annotations if current objects doesn't have one",
    },
  ],
  complete(cli, { flags, args }) {
    const dryRun = dryRunOf(flags);
    return {
      request: requestOf(args, flags),
      dryRun,
      printer: changePrinter(cli, flags, 'configured', dryRun),
      createAnnotation: flags.bool('create-annotation'),
    };
  },
  *run(cli, { request, dryRun, printer, createAnnotation }) {
    const plan = yield* planOf(cli, request);
    yield* visit(cli, plan, {}, function* ({ kind, namespace, name, object }: Info): Task<void> {
      try {
        const current = yield* cli.api.get(kind, { namespace, name });
        if (lastApplied(current) === undefined && !createAnnotation) {
          throw new CliError(
            `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
          );
        }

        const patched =
          dryRun === 'client'
            ? current
            : yield* cli.api.patch(kind, { namespace, name }, 'merge', lastAppliedPatch(object), { dryRun: dryRun === 'server' });
        yield* printer(patched, kind);
      } catch (error) {
        if (isApiError(error, 'NotFound')) throw new CliError(error.message);
        throw error;
      }
    });
  },
});

/** `kubectl apply <these>`. */
export const applySubcommands: readonly Command[] = [setLastApplied, viewLastApplied];
