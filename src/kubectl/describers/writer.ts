import { alignTabs, DESCRIBE_STOPS } from '../printers/tabwriter.ts';
import { LAST_APPLIED } from '../last-applied.ts';

type Texts = Readonly<Record<string, string>> | undefined;

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

const LONGEST_ANNOTATION = 140;

/** Gathers the lines of a description: fields as `Name:\tvalue`, two blanks a level, aligned at the end. */
export class DescriptionWriter {
  private text = '';

  /** A line at a level of indentation. Cells are parted by tabs. */
  line(level: number, text: string): void {
    this.text += `${'  '.repeat(level)}${text}\n`;
  }

  /** A line of the outermost level with a value. */
  field(name: string, value: unknown): void {
    this.line(0, `${name}:\t${String(value ?? '')}`);
  }

  /** `Labels:` and the like: one `key=value` a line. `indent` stands before each line. */
  labels(title: string, labels: Texts, indent = ''): void {
    const keys = Object.keys(labels ?? {}).sort();
    this.column(
      title,
      indent,
      keys.map((key) => `${key}=${labels![key]}`),
    );
  }

  /** Annotations but for kubectl's own; long ones on lines of their own. */
  annotations(title: string, annotations: Texts, indent = ''): void {
    const keys = Object.keys(annotations ?? {})
      .filter((key) => key !== LAST_APPLIED)
      .sort();
    const entries = keys.flatMap((key) => {
      const value = annotations![key]!.replace(/\n$/, '');
      if (value.length + key.length + 2 <= LONGEST_ANNOTATION && !value.includes('\n')) return [`${key}: ${value}`];
      return [`${key}:`, ...value.split('\n').map((part) => `  ${shortened(part, LONGEST_ANNOTATION - 2)}`)];
    });
    this.column(title, indent, entries);
  }

  tolerations(title: string, tolerations: readonly Toleration[] | undefined, indent = ''): void {
    const sorted = [...(tolerations ?? [])].sort((a, b) => compare(a.key ?? '', b.key ?? ''));
    this.column(title, indent, sorted.map(tolerationText));
  }

  taints(taints: readonly { key: string; value?: string; effect: string }[] | undefined): void {
    const sorted = [...(taints ?? [])].sort((a, b) => compare(a.effect, b.effect) || compare(a.key, b.key));
    this.column(
      'Taints',
      '',
      sorted.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
    );
  }

  /** A title and its entries, each on a line, in the second column. The indentation is the title's. */
  column(title: string, indent: string, entries: readonly string[]): void {
    if (entries.length === 0) this.line(0, `${indent}${title}:\t<none>`);
    entries.forEach((entry, at) => this.line(0, at === 0 ? `${indent}${title}:\t${entry}` : `\t${entry}`));
  }

  /** Text that is not to be aligned with what stands before it. */
  raw(text: string): void {
    this.text += text;
  }

  /** The whole text with its columns aligned. */
  aligned(): string {
    return alignTabs(this.text, DESCRIBE_STOPS);
  }

  /** The whole text with its tabs. */
  tabbed(): string {
    return this.text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

function tolerationText({ key = '', operator, value = '', effect = '', tolerationSeconds }: Toleration): string {
  let text = key;
  if (value !== '') text += `=${value}`;
  if (effect !== '') text += `:${effect}`;
  if (operator === 'Exists' && value === '') text += key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists';
  if (tolerationSeconds !== undefined) text += ` for ${tolerationSeconds}s`;
  return text;
}
