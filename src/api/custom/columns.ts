import { humanDuration, parseRfc3339 } from '../../base/time.ts';
import { JsonPath, JsonPathError, printed } from '../jsonpath.ts';
import type { Cell, RowContext, TableColumn, TableRow } from '../behaviour.ts';
import type { KubeObject } from '../object.ts';
import type { PrinterColumn } from './definition-types.ts';

const NAME_TEXT =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
const CREATED_TEXT =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

const NAME: TableColumn = { name: 'Name', type: 'string', format: 'name', description: NAME_TEXT, priority: 0 };
const AGE: readonly PrinterColumn[] = [{ name: 'Age', type: 'date', description: CREATED_TEXT, jsonPath: '.metadata.creationTimestamp' }];

/** How objects of a custom resource print as a Table (registry/customresource/tableconvertor). */
export interface CustomTable {
  readonly columns: readonly TableColumn[];
  row(object: KubeObject, context: RowContext): TableRow;
}

/** Without columns of its own a custom resource shows its age. */
export function customTable(printerColumns: readonly PrinterColumn[] | undefined): CustomTable {
  const shown = printerColumns?.length ? printerColumns : AGE;
  const paths = shown.map(({ jsonPath }) => pathOf(jsonPath));
  const columns: TableColumn[] = [NAME];
  for (const { name, type, format = '', description, priority = 0, jsonPath } of shown) {
    columns.push({
      name,
      type,
      format,
      description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
      priority,
    });
  }
  return {
    columns,
    row: (object, context) => ({
      cells: [object.metadata?.name ?? '', ...shown.map(({ type }, i) => cell(type, paths[i], object, context))],
    }),
  };
}

function pathOf(jsonPath: string): JsonPath | undefined {
  try {
    return new JsonPath(`{${jsonPath}}`, { allowMissingKeys: true });
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function cell(type: string, path: JsonPath | undefined, object: KubeObject, { nowMs }: RowContext): Cell {
  const value = first(path, object);
  if (value === undefined || (value === null && type !== 'string')) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date': {
      if (typeof value !== 'string') return null;
      const at = parseRfc3339(value);
      return Number.isNaN(at) ? '<invalid>' : humanDuration(nowMs - at);
    }
    default:
      return printed(value);
  }
}

/** The first value at a path; undefined if there is none. */
function first(path: JsonPath | undefined, object: KubeObject): unknown {
  try {
    return path?.find(object)[0]?.[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

/** What field selectors see at the path of a selectable field: its text, or nothing. */
export function selectableValue(jsonPath: string): (object: KubeObject) => string {
  const path = pathOf(jsonPath);
  return (object) => {
    const value = first(path, object);
    return value === undefined || value === null ? '' : String(value);
  };
}
