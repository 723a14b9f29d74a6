import { equalValues } from '../../api/equal.ts';
import { applyJsonPatch, readJsonPatch } from '../../api/json-patch.ts';
import { applyMergePatch } from '../../api/merge-patch.ts';
import { PatchError } from '../../api/patch-error.ts';
import { typeOf } from '../../api/schema.ts';
import { applyStrategicPatch } from '../../api/strategic-merge.ts';
import { isApiError } from '../../api/status.ts';
import { readYaml, YamlError } from '../../api/yaml.ts';
import { changePrinter, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, type DryRun } from '../changes.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { FILE_FLAGS, hasFiles, MISSING_RESOURCES, planOf, requestOf, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import { readFile } from './create/sources.ts';
import type { KubeObject } from '../../api/object.ts';
import type { PatchType } from '../../client/client.ts';
import type { Cli } from '../cli.ts';
import type { Flags } from '../flags.ts';
import type { Task } from '../../sim/wait.ts';

interface PatchOptions {
  readonly request: ResourceRequest;
  readonly type: PatchType;
  /** As it is sent: JSON text. */
  readonly patch: string;
  readonly subresource: string | undefined;
  readonly local: boolean;
  readonly dryRun: DryRun;
  readonly fieldManager: string;
  readonly flags: Flags;
}

export const patch = command<PatchOptions>({
  name: 'patch',
  usage: 'kubectl patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Update fields of a resource',
  long: `Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.

 JSON and YAML formats are accepted.

 Note: Strategic merge patch is not supported for custom resources.`,
  examples: `# Partially update a node using a strategic merge patch, specifying the patch as JSON
kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'

# Update a container's image using a JSON patch with positional arrays
kubectl patch pod valid-pod --type='json' -p='[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]'`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    FIELD_MANAGER_FLAG('kubectl-patch'),
    { name: 'local', kind: 'bool', usage: 'If true, patch will operate on the content of the file, not the server-side resource.' },
    { name: 'patch', shorthand: 'p', kind: 'string', usage: 'The patch to be applied to the resource JSON file.' },
    { name: 'patch-file', kind: 'string', usage: 'A file containing a patch to be applied to the resource.' },
    { name: 'subresource', kind: 'string', usage: 'If specified, patch will operate on the subresource of the requested object.' },
    { name: 'type', kind: 'string', default: 'strategic', usage: 'The type of patch being provided; one of [json merge strategic]' },
  ],
  complete(cli, { flags, args }) {
    const [text, file] = [flags.string('patch'), flags.string('patch-file')];
    if (text && file) throw new CliError('cannot specify --patch and --patch-file together');
    if (!text && !file) throw new CliError('must specify --patch or --patch-file containing the contents of the patch');
    const request = requestOf(args, flags);
    if (args.length === 0 && !hasFiles(request)) throw new CliError(MISSING_RESOURCES);
    const type = flags.string('type').toLowerCase();
    if (!['json', 'merge', 'strategic'].includes(type)) throw new CliError(`--type must be one of [json merge strategic], not "${type}"`);
    const content = text || readFile(cli, file);
    return {
      request: { ...request, latest: true, subresource: flags.string('subresource') || undefined },
      type: type as PatchType,
      patch: jsonText(content),
      subresource: flags.string('subresource') || undefined,
      local: flags.bool('local'),
      dryRun: dryRunOf(flags),
      fieldManager: flags.string('field-manager'),
      flags,
    };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    yield* visit(cli, plan, {}, (info) => patchOne(cli, options, info));
  },
});

/** JSON as it stands, YAML as JSON. Throws {@link CliError}. */
function jsonText(content: string): string {
  if (content.trimStart().startsWith('{')) return content;
  try {
    return JSON.stringify(readYaml(content));
  } catch (error) {
    if (error instanceof YamlError) throw new CliError(`unable to parse "${content}": ${error.message}`);
    throw error;
  }
}

function* patchOne(cli: Cli, options: PatchOptions, info: Info): Task<void> {
  const { kind, namespace, name, object } = info;
  let patched: KubeObject;
  if (options.local || options.dryRun === 'client') patched = patchedHere(object, options);
  else {
    try {
      patched = yield* cli.api.patch(kind, { namespace, name }, options.type, options.patch, {
        dryRun: options.dryRun === 'server',
        fieldManager: options.fieldManager,
        subresource: options.subresource,
      });
    } catch (error) {
      if (isApiError(error, 'UnsupportedMediaType')) {
        throw new CliError(
          `application/${options.type === 'strategic' ? 'strategic-merge-patch' : `${options.type}-patch`}+json is not supported by ${kind.apiVersion}, Kind=${kind.kind}: ${error.message}`,
        );
      }
      throw error;
    }
  }
  const done = equalValues(object, patched) ? 'patched (no change)' : 'patched';
  yield* changePrinter(cli, options.flags, done, 'none')(patched, kind);
}

/** The object with the patch, without a server. Throws {@link CliError}. */
function patchedHere(object: KubeObject, { type, patch }: PatchOptions): KubeObject {
  try {
    const value = JSON.parse(patch) as Record<string, unknown>;
    if (type === 'json') return applyJsonPatch(object, readJsonPatch(value));
    const schema = typeOf(object.apiVersion ?? '', object.kind ?? '');
    if (type === 'strategic' && schema) return applyStrategicPatch(schema, object, value);
    return applyMergePatch(object, value);
  } catch (error) {
    if (error instanceof PatchError || error instanceof SyntaxError) throw new CliError(error.message);
    throw error;
  }
}
