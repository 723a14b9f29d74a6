import { JsonSyntaxError, parseJsonValue } from './json.ts';
import { goSyntax } from './print.ts';
import { YamlError } from './yaml-error.ts';
import { parseYaml, type YamlNode } from './yaml-parser.ts';
import { resolveWord } from './yaml-scalars.ts';

export { YamlError } from './yaml-error.ts';
export { printYaml } from './yaml-print.ts';

/** One document of a text. */
export interface YamlDocument {
  /** A plain value; null for a document that holds nothing. */
  readonly value: unknown;
  /** Number of the document in the text, from 0. */
  readonly index: number;
  /** Line at which it begins, from 1. */
  readonly line: number;
  /** What is wrong with it; reading ends here. */
  readonly error?: YamlError;
  /** The line of a field by its path, from 1; that of the nearest one above it if it is not there. */
  lineOf(path: readonly (string | number)[]): number;
}

type Path = readonly (string | number)[];

/**
 * Reads the one document of a text, YAML or JSON, as kubectl does (YAML 1.1, keys that come twice
 * pass, further documents are not looked at).
 *
 * @throws YamlError
 */
export function readYaml(text: string): unknown {
  return readChunk(text, 0, 0).value;
}

/**
 * Reads all documents of a text: YAML separated by lines of `---`, or JSON values one after the other
 * (apimachinery YAMLOrJSONDecoder). Reading ends at the first that is broken, which comes last with its
 * error. Messages count lines from the document's beginning, as kubectl does; `line` from that of the text.
 */
export function readYamlDocuments(text: string): YamlDocument[] {
  const found: YamlDocument[] = [];
  const rest = /^\s*\{/.test(text) ? readJsonStream(text, found) : { from: 0, error: undefined };
  if (rest === undefined) return found;
  const firstLine = lineAt(text, rest.from);
  for (const chunk of splitDocuments(text.slice(rest.from))) {
    const line = firstLine + chunk.line;
    const document = chunk.fault ? broken(chunk.fault, line + 1, found.length) : readDocument(chunk.text, line, found.length);
    // A text that is neither is called broken JSON.
    found.push(document.error && rest.error ? broken(rest.error, line + 1, found.length) : document);
    if (document.error) break;
    rest.error = undefined;
  }
  return found;
}

function lineAt(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Reads JSON values; answers where YAML begins, with the error of the JSON, or undefined at the end of the text. */
function readJsonStream(text: string, found: YamlDocument[]): { from: number; error: YamlError | undefined } | undefined {
  let from = 0;
  for (;;) {
    try {
      const next = parseJsonValue(text, from);
      if (!next) return undefined;
      const line = lineAt(text, next.start);
      const source = text.slice(next.start, next.end);
      found.push({ value: next.value, index: found.length, line: line + 1, lineOf: lazyLines(source, line) });
      from = next.end;
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      const ended = error.message === 'unexpected end of JSON input';
      const message = ended ? 'unexpected EOF' : `json: offset ${error.offset}: ${error.message}`;
      const fault = new YamlError(message, lineAt(text, error.offset) + 1);
      if (found.length <= 1) {
        const blanks = /^[^\S\n]*\n?/.exec(text.slice(from))?.[0].length ?? 0;
        return { from: from + blanks, error: fault };
      }
      found.push(broken(fault, fault.line, found.length));
      return undefined;
    }
  }
}

/** The lines of a JSON text's fields, found by reading it as the YAML it is when someone asks. */
function lazyLines(source: string, firstLine: number): (path: Path) => number {
  let root: YamlNode | undefined | 'broken';
  return (path) => {
    try {
      root ??= parseYaml(source);
    } catch {
      root = 'broken';
    }
    return lineOf(root === 'broken' ? undefined : root, firstLine + 1, path);
  };
}

interface DocumentText {
  readonly text: string;
  /** Of its first line, from 0. */
  readonly line: number;
  readonly fault?: YamlError;
}

/** Cuts a text at lines of `---`. A separator at which nothing has been read yet belongs to the document it begins. */
function splitDocuments(text: string): DocumentText[] {
  const chunks: DocumentText[] = [];
  const lines = text.split('\n');
  let start = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (!line.startsWith('---')) continue;
    const rest = line.slice(3).trim();
    if (rest !== '' && !rest.startsWith('#')) {
      if (i > start) chunks.push({ text: `${lines.slice(start, i).join('\n')}\n`, line: start });
      return [...chunks, { text: '', line: i, fault: new YamlError(`invalid Yaml document separator: ${rest}`, i + 1) }];
    }
    if (i === start) continue;
    chunks.push({ text: `${lines.slice(start, i).join('\n')}\n`, line: start });
    start = i + 1;
  }
  const last = lines.slice(start).join('\n');
  if (last !== '') chunks.push({ text: last, line: start });
  return chunks;
}

function broken(error: YamlError, line: number, index: number): YamlDocument {
  const placed = new YamlError(error.message, line);
  return { value: undefined, index, line, error: placed, lineOf: () => line };
}

function readDocument(text: string, firstLine: number, index: number): YamlDocument {
  try {
    return readChunk(text, firstLine, index);
  } catch (error) {
    if (error instanceof YamlError) return broken(error, firstLine + error.line, index);
    throw error;
  }
}

function readChunk(text: string, firstLine: number, index: number): YamlDocument {
  const root = parseYaml(text);
  const value = root ? new Converter().value(root) : null;
  return { value, index, line: firstLine + 1 + (root?.line ?? 0), lineOf: (path) => lineOf(root, firstLine + 1, path) };
}

/** The line of a field; that of the nearest one above it if it is not there. */
function lineOf(root: YamlNode | undefined, firstLine: number, path: Path): number {
  let node = root;
  let line = root?.line ?? 0;
  for (const step of path) {
    let place: YamlNode | undefined;
    if (node?.kind === 'map') {
      const entry = node.entries.find(([key]) => key.kind === 'scalar' && String(scalarValue(key)) === String(step));
      place = entry?.[0];
      node = entry?.[1];
    } else if (node?.kind === 'list' && typeof step === 'number') {
      node = node.items[step];
      place = node;
    }
    if (!place) break;
    line = place.line;
  }
  return firstLine + line;
}

type Scalar = Extract<YamlNode, { kind: 'scalar' }>;

function scalarValue({ text, plain, tag }: Scalar): string | number | boolean | null {
  if (tag === undefined) return plain ? resolveWord(text) : text;
  // Any other tag makes a text of it.
  return /^!!(int|float|bool|null)$/.test(tag) ? resolveWord(text) : text;
}

/** Whether a plain `<<` stands as a key. */
function isMerge(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.plain && key.text === '<<';
}

/** Makes plain values of a syntax tree, as go-yaml and the step from there to JSON do. */
class Converter {
  private readonly anchors = new Map<string, { value: unknown; size: number } | 'open'>();
  private decoded = 0;
  private aliased = 0;

  value(node: YamlNode): unknown {
    this.decoded++;
    if (node.kind === 'alias') return this.alias(node.target);
    if (node.anchor === undefined) return this.content(node);
    const before = this.decoded;
    this.anchors.set(node.anchor, 'open');
    const value = this.content(node);
    this.anchors.set(node.anchor, { value, size: this.decoded - before + 1 });
    return value;
  }

  private content(node: Exclude<YamlNode, { kind: 'alias' }>): unknown {
    if (node.kind === 'map') return this.map(node.entries);
    if (node.kind === 'list') return node.items.map((item) => this.value(item));
    const value = scalarValue(node);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
      throw new YamlError(`json: unsupported value: ${name}`, 1);
    }
    return value;
  }

  private alias(name: string): unknown {
    const anchor = this.anchors.get(name);
    if (!anchor || anchor === 'open') throw YamlError.of(`anchor '${name}' value contains itself`, undefined);
    this.decoded += anchor.size;
    this.aliased += anchor.size;
    // From 99 % of a small document down to 10 % of one with four million nodes.
    const allowed = this.decoded <= 400_000 ? 0.99 : this.decoded >= 4_000_000 ? 0.1 : 0.99 - (0.89 * (this.decoded - 400_000)) / 3_600_000;
    if (this.aliased > 100 && this.decoded > 1000 && this.aliased / this.decoded > allowed) {
      throw YamlError.of('document contains excessive aliasing', undefined);
    }
    return anchor.value;
  }

  private map(entries: readonly (readonly [YamlNode, YamlNode])[]): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const [key, value] of entries) {
      if (isMerge(key)) this.merge(object, value);
      else define(object, this.key(key, value), this.value(value));
    }
    return object;
  }

  private key(key: YamlNode, value: YamlNode): string {
    const found = this.value(key);
    if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return String(found);
    if (found === null) {
      throw new YamlError(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goSyntax(this.value(value))}`, 1);
    }
    throw YamlError.of(`invalid map key: ${goSyntax(found).replaceAll('map[string]', 'map[interface {}]')}`, undefined);
  }

  /** Copies the fields of other maps; of several the first wins. */
  private merge(object: Record<string, unknown>, node: YamlNode): void {
    const values = node.kind === 'list' ? node.items.map((item) => this.value(item)).reverse() : [this.value(node)];
    for (const value of values) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw YamlError.of('map merge requires map or sequence of maps as the value', undefined);
      }
      for (const [key, inner] of Object.entries(value)) define(object, key, inner);
    }
  }
}

/** Sets a key that may be `__proto__`. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
