import { LineCounter, parseAllDocuments, parseDocument, stringify, type Document } from 'yaml';

/** A text that is no YAML. */
export class YamlError extends Error {
  override name = 'YamlError';
  /** From 1, within the whole text. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const OPTIONS = { version: '1.1', merge: true, uniqueKeys: false, logLevel: 'silent', prettyErrors: true } as const;

function fault(error: { message: string; linePos?: readonly { line: number }[] }, firstLine: number): YamlError {
  const line = (error.linePos?.[0]?.line ?? 1) + firstLine - 1;
  const message = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
  return new YamlError(`yaml: line ${line}: ${message}`, line);
}

/** The value of a text with one document. Throws {@link YamlError}. */
export function readYaml(text: string): unknown {
  const document = parseDocument(text, OPTIONS);
  if (document.errors.length > 0) throw fault(document.errors[0]!, 1);
  return document.toJS() as unknown;
}

/** One document of a text. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line at which it begins, from 1. */
  readonly line: number;
  readonly error?: YamlError;
  /** The line of a field by its path, from 1; the nearest one above it if it is not there. */
  lineOf(path: readonly (string | number)[]): number;
}

/** All documents of a text; reading ends at the first that is broken. */
export function readYamlDocuments(text: string): YamlDocument[] {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { ...OPTIONS, lineCounter: counter }) as Document.Parsed[];
  const found: YamlDocument[] = [];
  for (const document of documents) {
    const start = document.contents?.range?.[0] ?? document.range[0];
    const line = counter.linePos(start).line;
    if (document.errors.length > 0) {
      const error = fault(document.errors[0]!, 1);
      found.push({ value: undefined, line, error, lineOf: () => error.line });
      break;
    }
    const lineOf = (path: readonly (string | number)[]): number => {
      for (let length = path.length; length > 0; length--) {
        const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
        const key = path[length - 1]!;
        const pair = (parent as { items?: { key?: { value?: unknown; range?: [number] } }[] } | undefined)?.items?.find?.((item) => item.key?.value === key);
        const at = pair?.key?.range?.[0] ?? (document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined)?.range?.[0];
        if (at !== undefined) return counter.linePos(at).line;
      }
      return line;
    };
    found.push({ value: document.toJS() as unknown, line, lineOf });
  }
  return found;
}

/** YAML as kubectl prints it: sorted keys, two blanks, lists not indented. */
export function printYaml(value: unknown): string {
  return stringify(value, { sortMapEntries: true, indentSeq: false, lineWidth: 0, version: '1.1', aliasDuplicateObjects: false, defaultStringType: 'PLAIN' });
}
