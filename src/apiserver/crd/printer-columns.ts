import { humanDuration, parseRfc3339 } from '../../base/time.ts';
import { JsonPath, JsonPathError } from '../../api/jsonpath.ts';
import { printed } from '../../api/jsonpath.ts';
import type { Cell, RowContext, TableColumn, TableRow } from '../../api/behaviour.ts';
import type { DefinitionVersion, PrinterColumn } from '../../api/custom/definition-types.ts';
import type { KubeObject } from '../../api/object.ts';

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function columnsOf(version: DefinitionVersion): readonly PrinterColumn[] {
  return version.additionalPrinterColumns?.length ? version.additionalPrinterColumns : [AGE];
}

/** The columns of a custom resource's Table (registry/customresource/tableconvertor). */
export function printerColumns(version: DefinitionVersion): readonly TableColumn[] {
  const given = columnsOf(version).map(({ name, type, format = '', priority = 0 }) => ({ name, type, format, priority }));
  return [{ name: 'Name', type: 'string', format: 'name', priority: 0 }, ...given];
}

const paths = new Map<string, JsonPath | undefined>();

function pathOf(jsonPath: string): JsonPath | undefined {
  if (!paths.has(jsonPath)) {
    try {
      paths.set(jsonPath, new JsonPath(`{${jsonPath}}`, { allowMissingKeys: true }));
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      paths.set(jsonPath, undefined);
    }
  }
  return paths.get(jsonPath);
}

export function printerRow(object: KubeObject, version: DefinitionVersion, context: RowContext): TableRow {
  return { cells: [object.metadata?.name ?? '', ...columnsOf(version).map((column) => cellOf(object, column, context))] };
}

function cellOf(object: KubeObject, { jsonPath, type }: PrinterColumn, { nowMs }: RowContext): Cell {
  const values = pathOf(jsonPath)?.find(object).flat() ?? [];
  if (values.length === 0 || values[0] === undefined) return null;
  const [value] = values;
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
      return values.map((one) => (typeof one === 'string' ? one : printed(one))).join(' ');
  }
}
