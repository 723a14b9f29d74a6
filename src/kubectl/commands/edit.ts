import { equalValues } from '../../api/equal.ts';
import { BUILTIN_KINDS } from '../../api/kind.ts';
import { createMergePatch } from '../../api/merge-patch.ts';
import { typeOf } from '../../api/schema.ts';
import { createStrategicPatch } from '../../api/strategic-diff.ts';
import { printYaml, readYaml, YamlError } from '../../api/yaml.ts';
import { indentedJson } from '../../api/print.ts';
import { changeText, FIELD_MANAGER_FLAG, VALIDATE_FLAG } from '../changes.ts';
import { command } from '../command.ts';
import { CliError, errorText, isExpected, PlainError } from '../errors.ts';
import { FILE_FLAGS, gatherInfos, planOf, requestOf, type Info, type ResourceRequest } from '../resource.ts';
import { OUTPUT_FLAG, PRINT_FLAGS, withoutManagedFields } from '../printers/output.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';

interface EditOptions {
  readonly request: ResourceRequest;
  readonly format: 'yaml' | 'json';
  readonly subresource: string | undefined;
  readonly fieldManager: string;
  readonly nameOnly: boolean;
}

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

export const edit = command<EditOptions>({
  name: 'edit',
  usage: 'kubectl edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource on the server',
  long: `Edit a resource from the default editor.

 The edit command allows you to directly edit any API resource you can retrieve via the command-line tools. It will open the editor defined by your KUBE_EDITOR, or EDITOR environment variables, or fall back to 'vi' for Linux or 'notepad' for Windows. When attempting to open the editor, it will first attempt to use the shell that has been defined in the 'SHELL' environment variable. If this is not defined, the default shell will be used, which is '/bin/bash' for Linux or 'cmd' for Windows.`,
  examples: `# Edit the service named 'registry'
kubectl edit svc/registry

# Use an alternative editor
KUBE_EDITOR="nano" kubectl edit svc/registry`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    VALIDATE_FLAG,
    FIELD_MANAGER_FLAG('kubectl-edit'),
    { name: 'output-patch', kind: 'bool', usage: 'Output the patch if the resource is edited.' },
    { name: 'save-config', kind: 'bool', usage: 'If true, the configuration of current object will be saved in its annotation.' },
    { name: 'subresource', kind: 'string', usage: 'If specified, edit will operate on the subresource of the requested object.' },
    { name: 'windows-line-endings', kind: 'bool', usage: 'Defaults to the line ending native to your platform.' },
  ],
  complete(_cli, { flags, args }) {
    const output = flags.string(OUTPUT_FLAG.name);
    return {
      request: { ...requestOf(args, flags), latest: true, allowEmptySelector: true, subresource: flags.string('subresource') || undefined },
      format: output === 'json' ? 'json' : 'yaml',
      subresource: flags.string('subresource') || undefined,
      fieldManager: flags.string('field-manager'),
      nameOnly: output === 'name',
    };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    const infos = yield* gatherInfos(cli, plan);
    if (infos.length === 0) throw new CliError('edit cancelled, no objects found');
    for (const info of infos) yield* editOne(cli, info, options);
  },
});

function* editOne(cli: Cli, info: Info, options: EditOptions): Task<void> {
  const original = withoutManagedFields(info.object);
  const text = options.format === 'json' ? `${indentedJson(original)}\n` : printYaml(original);
  const path = `/tmp/kubectl-edit-${Math.floor(cli.kernel.epochMs())}.${options.format}`;
  const { files } = cli.context.system;
  if (!files.stat('/tmp')) files.makeDirectory('/tmp', { parents: true });
  files.write(path, HEADER + text);
  yield* openEditor(cli, path);
  const edited = stripped(files.read(path));
  if (edited === text || edited.trim() === '') {
    files.remove(path);
    return yield* cli.err(edited.trim() === '' ? 'Edit cancelled, saved file was empty.\n' : 'Edit cancelled, no changes made.\n');
  }
  try {
    yield* save(cli, info, original, edited, options);
    files.remove(path);
  } catch (error) {
    if (!isExpected(error)) throw error;
    yield* cli.err(errorText(error));
    throw new PlainError(`A copy of your changes has been stored to "${path}"\nerror: Edit cancelled, no valid changes were saved.`);
  }
}

/** The text without the comments on top. */
function stripped(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

function* openEditor(cli: Cli, path: string): Task<void> {
  const { context } = cli;
  const editor = context.env.get('KUBE_EDITOR') || context.env.get('EDITOR') || 'vi';
  const shell = context.system.programs.get('bash') ?? context.system.programs.get('sh');
  if (!shell) throw new CliError(`unable to launch the editor "${editor}"`);
  const code = yield* shell({ ...context, name: 'bash', args: ['-c', `${editor} ${path}`] });
  if (code === 126 || code === 127) throw new CliError(`unable to launch the editor "${editor}"`);
  if (code !== 0) throw new CliError(`there was a problem with the editor "${editor}"`);
}

function* save(cli: Cli, { kind, namespace, name }: Info, original: KubeObject, text: string, options: EditOptions): Task<void> {
  let edited: KubeObject;
  try {
    edited = readYaml(text) as KubeObject;
  } catch (error) {
    if (error instanceof YamlError) throw new CliError(`the edited file failed validation: ${error.message}`);
    throw error;
  }
  if (equalValues(original, edited)) return yield* cli.err('Edit cancelled, no changes made.\n');
  if (edited?.metadata?.name !== name || edited.kind !== original.kind)
    throw new CliError('At least one of apiVersion, kind and name was changed');
  const type = BUILTIN_KINDS.has(`${kind.apiVersion}/${kind.resource}`) ? typeOf(kind.apiVersion, kind.kind) : undefined;
  const patch = type ? createStrategicPatch(type, original, edited) : createMergePatch(original as Tree, edited as Tree);
  yield* cli.api.patch(kind, { namespace, name }, type ? 'strategic' : 'merge', patch, {
    fieldManager: options.fieldManager,
    subresource: options.subresource,
    fieldValidation: 'Strict',
  });
  yield* cli.line(changeText(kind, name, options.nameOnly ? '' : 'edited', 'none'));
}

type Tree = Record<string, unknown>;
