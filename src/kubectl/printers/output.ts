import { indentedJson } from '../../api/print.ts';
import { JsonPath, JsonPathError } from '../../api/jsonpath.ts';
import { FileError } from '../../machine/files.ts';
import { printYaml } from '../../api/yaml.ts';
import { CliError } from '../errors.ts';
import { presentKind } from '../legacy-kinds.ts';
import { columnsPrinter } from './custom-columns.ts';
import { templatePrinter } from './go-template.ts';
import { printKyaml } from './kyaml.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';
import type { Flags, FlagSpec } from '../flags.ts';

/** How `-o` renders an object or a list; answers the text. */
export interface ObjectPrinter {
  readonly format: string;
  print(object: KubeObject): string;
}

const OBJECT_FORMATS = [
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'name',
  'template',
  'templatefile',
  'yaml',
];
const GET_FORMATS = ['custom-columns', 'custom-columns-file', ...OBJECT_FORMATS, 'wide'].sort((a, b) => (a < b ? -1 : 1));

export const OUTPUT_FLAG: FlagSpec = {
  name: 'output',
  shorthand: 'o',
  kind: 'string',
  usage: `Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).`,
};

export const PRINT_FLAGS: readonly FlagSpec[] = [
  OUTPUT_FLAG,
  {
    name: 'template',
    kind: 'string',
    usage:
      'Template string or path to template file to use when -o=go-template, -o=go-template-file. The template format is golang templates [http://golang.org/pkg/text/template/#pkg-overview].',
  },
  { name: 'show-managed-fields', kind: 'bool', usage: 'If true, keep the managedFields when printing objects in JSON or YAML format.' },
  {
    name: 'allow-missing-template-keys',
    kind: 'bool',
    default: 'true',
    usage:
      'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.',
  },
];

export interface OutputOptions {
  /** The formats of `get`: tables and columns too. Such a format alone gives undefined. */
  readonly forGet?: boolean;
}

/** The printer that `-o` asks for, or undefined for the way a command prints by itself. Throws {@link CliError}. */
export function printerOf(cli: Cli, flags: Flags, options: OutputOptions = {}): ObjectPrinter | undefined {
  const template = flags.has('template') ? flags.string('template') : '';
  let output = flags.string('output');
  if (output === '' && template !== '') output = 'go-template';
  if (output === '' || (options.forGet && output === 'wide')) return undefined;
  const equals = output.indexOf('=');
  const format = equals < 0 ? output : output.slice(0, equals);
  const argument = equals < 0 ? undefined : output.slice(equals + 1);
  const showManaged = flags.has('show-managed-fields') && flags.bool('show-managed-fields');
  const shown = (object: KubeObject) => (showManaged ? object : withoutManagedFields(object));
  const allowMissing = flags.has('allow-missing-template-keys') ? flags.bool('allow-missing-template-keys') : true;
  if (argument === undefined || format === 'json' || format === 'yaml') {
    switch (output) {
      case 'json':
        return { format, print: (object) => `${jsonText(shown(object))}\n` };
      case 'yaml':
        return yamlPrinter(shown);
      case 'kyaml':
        return { format, print: (object) => printKyaml(shown(object)) };
      case 'name':
        return { format, print: (object) => nameText(object) };
    }
  }
  const formats = options.forGet ? GET_FORMATS : OBJECT_FORMATS;
  if (!formats.includes(format) || format === 'wide') throw unknownFormat(output, formats);
  if (format.startsWith('custom-columns'))
    return { format, print: columnsPrinter(cli, format, argument ?? '', flags.has('no-headers') && flags.bool('no-headers')) };
  const text = templateText(cli, format, argument ?? template);
  if (format.startsWith('jsonpath')) return { format, print: jsonPathPrinter(format, text, allowMissing) };
  return { format, print: templatePrinter(text, allowMissing) };
}

function unknownFormat(output: string, formats: readonly string[]): CliError {
  return new CliError(`unable to match a printer suitable for the output format "${output}", allowed formats are: ${formats.join(',')}`);
}

function templateText(cli: Cli, format: string, text: string): string {
  if (text === '') throw new CliError('template format specified but no template given');
  if (!format.endsWith('file')) return text;
  try {
    return cli.readFile(text);
  } catch (error) {
    if (error instanceof FileError) throw new CliError(`error reading --template ${text}, open ${text}: ${error.message.toLowerCase()}\n`);
    throw error;
  }
}

function jsonPathPrinter(format: string, text: string, allowMissingKeys: boolean): (object: KubeObject) => string {
  let path: JsonPath;
  try {
    path = new JsonPath(text, { allowMissingKeys });
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliError(`error parsing jsonpath ${text}, ${error.message}`);
    throw error;
  }
  return (object) => {
    try {
      return format === 'jsonpath-as-json' ? path.printAsJson(object) : path.print(object);
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      throw new CliError(
        `error executing jsonpath "${text}": Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${indentedJson(object)}\n\n`,
      );
    }
  };
}

/** YAML documents, `---` between them. */
function yamlPrinter(shown: (object: KubeObject) => KubeObject): ObjectPrinter {
  let count = 0;
  return {
    format: 'yaml',
    print: (object) => `${count++ > 0 ? '---\n' : ''}${printYaml(shown(object))}`,
  };
}

/** JSON as kubectl prints it: objects of the server sorted, those made here in the order of their fields. */
function jsonText(object: KubeObject): string {
  return isMadeHere(object) ? JSON.stringify(object, undefined, 4).replace(/\[\]/g, '[]') : indentedJson(object);
}

function isMadeHere(object: KubeObject): boolean {
  return Object.keys(object)[0] === 'kind' && object.metadata?.uid === undefined && object.items === undefined;
}

export function withoutManagedFields(object: KubeObject): KubeObject {
  if (Array.isArray(object.items)) return { ...object, items: object.items.map((item: KubeObject) => withoutManagedFields(item)) };
  if (!object.metadata?.managedFields) return object;
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function nameText(object: KubeObject): string {
  if (Array.isArray(object.items)) return object.items.map((item: KubeObject) => nameText(item)).join('');
  return `${objectName(object)}\n`;
}

/** `deployment.apps/web`. */
export function objectName(object: KubeObject): string {
  const [group] = (object.apiVersion ?? '').includes('/') ? object.apiVersion!.split('/') : [''];
  const kind = (object.kind ?? '').toLowerCase();
  return `${kind}${group ? `.${group}` : ''}/${object.metadata?.name ?? ''}`;
}

/** `deployment.apps/web` by the kind's present place. */
export function qualifiedName(kind: Kind, name: string): string {
  const { group, kind: kindName } = presentKind(kind);
  return `${kindName.toLowerCase()}${group ? `.${group}` : ''}/${name}`;
}
