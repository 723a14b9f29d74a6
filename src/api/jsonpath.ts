import { compactJson, goType, goValue, indentedJson } from './print.ts';
import { JsonPathError, parseTemplate, type Slice, type Step, type Template } from './jsonpath-parser.ts';

export { JsonPathError } from './jsonpath-parser.ts';

export interface JsonPathOptions {
  /** Missing fields give no value instead of an error, as kubectl has it by default. */
  readonly allowMissingKeys?: boolean;
}

/**
 * A template in kubectl's JSONPath dialect: `{.items[*].metadata.name}`, `{range .items[*]}...{end}`,
 * `{..image}`, `[?(@.type=="Ready")]`, `['a','b']`, `[-1:]`, `{"\n"}` (client-go util/jsonpath). Where
 * Go walks maps without order, keys are taken sorted.
 */
export class JsonPath {
  private readonly template: Template;
  private readonly allowMissingKeys: boolean;

  /** @throws JsonPathError when the template cannot be read */
  constructor(text: string, options: JsonPathOptions = {}) {
    this.template = parseTemplate(text);
    this.allowMissingKeys = options.allowMissingKeys ?? false;
  }

  /**
   * The values found, a list for each action that was evaluated. Values within `data` are not copied.
   *
   * @throws JsonPathError
   */
  find(data: unknown): unknown[][] {
    const run = new Run(this.template, this.allowMissingKeys);
    const results: unknown[][] = [];
    run.block(0, data, false, results);
    return results;
  }

  /** The text of the template over `data`: lists joined by blanks, composite values as compact JSON. */
  print(data: unknown): string {
    return this.find(data)
      .map((values) => values.map(printed).join(' '))
      .join('');
  }

  /** What `-o jsonpath-as-json` prints: a JSON list for each action. */
  printAsJson(data: unknown): string {
    return this.find(data)
      .map((values) => `${indentedJson(values)}\n`)
      .join('');
  }
}

/** A value as a template prints it. */
export function printed(value: unknown): string {
  if (typeof value === 'object' && value !== null) return compactJson(value);
  return value === null ? 'null' : goValue(value);
}

/**
 * The template of a path written loosely: `name`, `.name` and `{name}` all become `{.name}`, as
 * `--sort-by` and custom columns take them.
 *
 * @throws JsonPathError
 */
export function relaxedJsonPath(text: string): string {
  if (text === '') return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (!match)
    throw new JsonPathError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  return `{.${match[1] ?? match[2]}}`;
}

class Run {
  private readonly template: Template;
  private readonly allowMissingKeys: boolean;

  constructor(template: Template, allowMissingKeys: boolean) {
    this.template = template;
    this.allowMissingKeys = allowMissingKeys;
  }

  /** Evaluates actions from `start` up to the end of the block; answers the index of its `{end}`, or the template's length. */
  block(start: number, data: unknown, inRange: boolean, results: unknown[][]): number {
    for (let at = start; at < this.template.length; at++) {
      const action = this.template[at] as readonly Step[];
      const values = this.steps(action, [data]);
      if (action.some((step) => step.kind === 'end')) {
        if (!inRange) throw new JsonPathError('not in range, nothing to end');
        return at;
      }
      if (action.some((step) => step.kind === 'range')) at = this.range(at + 1, values, results);
      else results.push(values);
    }
    return this.template.length;
  }

  private range(start: number, values: readonly unknown[], results: unknown[][]): number {
    let end = start;
    // An empty range is walked once for its end, and its results are dropped.
    if (values.length === 0) return this.block(start, undefined, true, []);
    for (const value of values) end = this.block(start, value, true, results);
    return end;
  }

  private steps(steps: readonly Step[], input: unknown[]): unknown[] {
    let values = input;
    for (const step of steps) values = this.step(step, values);
    return values;
  }

  private step(step: Step, input: unknown[]): unknown[] {
    switch (step.kind) {
      case 'text':
        return [step.text];
      case 'literal':
        return input.map(() => step.value);
      case 'field':
        return this.field(step.name, input);
      case 'wildcard':
        return input.flatMap(children);
      case 'recursive':
        return recursive(input);
      case 'slice':
        return sliced(step, input);
      case 'union':
        return step.parts.flatMap((part) => this.steps(part, input));
      case 'filter':
        return input.flatMap((value) => this.filter(step, value));
      case 'range':
        return input;
      case 'end':
        return [];
      case 'unknown':
        throw new JsonPathError(`unrecognized identifier ${step.name}`);
    }
  }

  private field(name: string, input: readonly unknown[]): unknown[] {
    if (input.length === 0) return [];
    const found: unknown[] = [];
    for (const value of input) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
      const child = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      if (child !== undefined) found.push(child);
    }
    if (found.length === 0 && !this.allowMissingKeys) throw new JsonPathError(`${name} is not found`);
    return found;
  }

  private filter(step: Extract<Step, { kind: 'filter' }>, list: unknown): unknown[] {
    if (!Array.isArray(list)) throw new JsonPathError(`${goValue(list)} is not array or slice and cannot be filtered`);
    return list.filter((item) => {
      if (step.operator === 'exists') return this.exists(step.left, item);
      const left = this.steps(step.left, [item]);
      if (left.length === 0) return false;
      const right = left.length === 1 ? this.steps(step.right, [item]) : left;
      if (right.length > 1) throw new JsonPathError('can only compare one element at a time');
      return right.length === 1 && compare(left[0], step.operator, right[0]);
    });
  }

  private exists(steps: readonly Step[], item: unknown): boolean {
    try {
      return this.steps(steps, [item]).length > 0;
    } catch (error) {
      if (error instanceof JsonPathError) return false;
      throw error;
    }
  }
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  // A text is a row of its characters' codes, as Go walks it.
  if (typeof value === 'string') return Array.from(value, (character) => character.codePointAt(0));
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Record<string, unknown>;
  return Object.keys(record)
    .sort()
    .filter((key) => record[key] !== undefined)
    .map((key) => record[key]);
}

function recursive(input: readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  const visit = (value: unknown): void => {
    const inner = children(value);
    if (inner.length === 0) return;
    found.push(value);
    if (typeof value !== 'string') inner.forEach(visit);
  };
  input.forEach(visit);
  return found;
}

function sliced({ from, to, step = 1, one }: Slice, input: readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  for (const list of input) {
    if (list === null || list === undefined) continue;
    if (!Array.isArray(list)) throw new JsonPathError(`${goType(list)} is not array or slice`);
    const { length } = list;
    let start = from ?? 0;
    let end = to ?? length;
    if (start < 0) start += length;
    if (end < 0 || (end === 0 && one)) end += length;
    // Kubernetes gives up at the first list from which nothing is asked.
    if (start === end) return found;
    if (start >= length || start < 0) throw outOfBounds(start, length);
    if (end > length || end < 0) throw outOfBounds(end - 1, length);
    if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
    if (step <= 0) throw new JsonPathError('step must be > 0');
    for (let i = start; i < end; i += step) found.push(list[i]);
  }
  return found;
}

function outOfBounds(index: number, length: number): JsonPathError {
  return new JsonPathError(`array index out of bounds: index ${index}, length ${length}`);
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  const kind = comparable(left);
  if (kind !== comparable(right)) throw new JsonPathError('incompatible types for comparison');
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (kind === 'bool' && ['<', '>', '<=', '>='].includes(operator)) throw new JsonPathError('invalid type for comparison');
  const a = left as number | string;
  const b = right as number | string;
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  if (operator === '<=') return a <= b;
  if (operator === '>=') return a >= b;
  throw new JsonPathError(`unrecognized filter operator ${operator}`);
}

function comparable(value: unknown): string {
  const type = goType(value);
  if (type !== 'string' && type !== 'int64' && type !== 'float64' && type !== 'bool')
    throw new JsonPathError('invalid type for comparison');
  return type;
}
