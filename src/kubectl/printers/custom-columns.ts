import { JsonPath, JsonPathError, printed, relaxedJsonPath } from '../../api/jsonpath.ts';
import { FileError } from '../../machine/files.ts';
import { CliError } from '../errors.ts';
import { alignTabs, GET_STOPS } from './tabwriter.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';

interface CustomColumn {
  readonly header: string;
  readonly path: JsonPath;
}

/** Prints `-o custom-columns=NAME:.metadata.name,...`; a missing value is `<none>`. Throws {@link CliError}. */
export function columnsPrinter(cli: Cli, format: string, spec: string, noHeaders: boolean): (object: KubeObject) => string {
  if (spec === '') throw new CliError('custom-columns format specified but no custom columns given');
  const columns = format === 'custom-columns-file' ? fileColumns(readColumns(cli, spec)) : inlineColumns(spec);
  return (object) => {
    const items = Array.isArray(object.items) ? (object.items as KubeObject[]) : [object];
    const lines = items.map((item) => columns.map(({ path }) => valueOf(path, item)).join('\t'));
    if (!noHeaders) lines.unshift(columns.map(({ header }) => header).join('\t'));
    return lines.length === 0 ? '' : alignTabs(`${lines.join('\n')}\n`, GET_STOPS);
  };
}

function readColumns(cli: Cli, path: string): string {
  try {
    return cli.readFile(path);
  } catch (error) {
    if (error instanceof FileError) throw new CliError(`error reading template ${path}, open ${path}: ${error.message.toLowerCase()}\n`);
    throw error;
  }
}

function inlineColumns(spec: string): CustomColumn[] {
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0 || part.slice(colon + 1) === '')
      throw new CliError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: pathOf(part.slice(colon + 1)) };
  });
}

function fileColumns(text: string): CustomColumn[] {
  const [headers, paths] = text.split('\n').map((line) => line.trim().split(/\s+/));
  if (!headers || !paths || headers.length !== paths.length) {
    throw new CliError(`number of headers (${headers?.length ?? 0}) and field specifications (${paths?.length ?? 0}) don't match`);
  }
  return headers.map((header, at) => ({ header, path: pathOf(paths[at]!) }));
}

function pathOf(text: string): JsonPath {
  try {
    return new JsonPath(relaxedJsonPath(text), { allowMissingKeys: true });
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliError(error.message);
    throw error;
  }
}

function valueOf(path: JsonPath, object: KubeObject): string {
  try {
    const values = path.find(object).flat();
    return values.length === 0
      ? '<none>'
      : values.map((value) => (typeof value === 'object' && value !== null ? goLike(value) : printed(value))).join(',');
  } catch (error) {
    if (error instanceof JsonPathError) return '<none>';
    throw error;
  }
}

/** Composite values print as Go prints maps and slices. */
function goLike(value: object): string {
  if (Array.isArray(value))
    return `[${value.map((item) => (typeof item === 'object' && item !== null ? goLike(item as object) : String(item))).join(' ')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${typeof item === 'object' && item !== null ? goLike(item as object) : String(item)}`).join(' ')}]`;
}
