import { parse } from 'yaml';
import { readClusterDocument } from '../cluster/parse.ts';
import type { ClusterDocument } from '../cluster/document.ts';

/** A line of a console block with its place in the file. */
export interface ConsoleLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

export type ScenarioBlock =
  | { readonly kind: 'prose'; readonly text: string; readonly line: number }
  | { readonly kind: 'file'; readonly name: string; readonly text: string; readonly line: number }
  /** `host` is undefined for the first master. */
  | { readonly kind: 'console'; readonly host: string | undefined; readonly lines: readonly ConsoleLine[]; readonly line: number };

export interface Scenario {
  readonly title: string;
  readonly cluster: ClusterDocument;
  readonly blocks: readonly ScenarioBlock[];
}

/** A scenario that cannot be read: what is wrong, and at which line. */
export class ScenarioError extends Error {
  override name = 'ScenarioError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** Reads the Markdown of a scenario: front matter, files and console sessions in fenced blocks, prose between them. */
export function parseScenario(text: string): Scenario {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const { title, cluster, next } = readFrontMatter(lines);
  const blocks: ScenarioBlock[] = [];
  let prose: string[] = [];
  let proseLine = next + 1;
  const endProse = (): void => {
    const joined = prose.join('\n').trim();
    if (joined !== '') blocks.push({ kind: 'prose', text: joined, line: proseLine });
    prose = [];
  };
  for (let i = next; i < lines.length; i++) {
    const fence = /^(`{3,})(.*)$/.exec(lines[i]!);
    if (!fence) {
      if (prose.length === 0) proseLine = i + 1;
      prose.push(lines[i]!);
      continue;
    }
    const end = lines.findIndex((line, at) => at > i && line.trimEnd() === fence[1]);
    if (end < 0) throw new ScenarioError(i + 1, 'this block has no end');
    const block = readBlock(fence[2]!.trim(), lines.slice(i + 1, end), i + 1);
    if (block) {
      endProse();
      blocks.push(block);
    } else prose.push(...lines.slice(i, end + 1));
    i = end;
  }
  endProse();
  return { title, cluster, blocks };
}

function readFrontMatter(lines: readonly string[]): { title: string; cluster: ClusterDocument; next: number } {
  if (lines[0]?.trimEnd() !== '---') return { title: '', cluster: readClusterDocument({}), next: 0 };
  const end = lines.findIndex((line, i) => i > 0 && line.trimEnd() === '---');
  if (end < 0) throw new ScenarioError(1, 'the front matter has no closing ---');
  let fields: Record<string, unknown>;
  try {
    fields = (parse(lines.slice(1, end).join('\n')) as Record<string, unknown> | null) ?? {};
  } catch (error) {
    throw new ScenarioError(1, `the front matter is no YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  try {
    return { title: String(fields['title'] ?? ''), cluster: readClusterDocument(fields['cluster'] ?? {}), next: end + 1 };
  } catch (error) {
    throw new ScenarioError(1, `cluster: ${(error as Error).message}`);
  }
}

function readBlock(info: string, body: readonly string[], line: number): ScenarioBlock | undefined {
  const [language, ...words] = info.split(/\s+/);
  const settings = new Map(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  if (language === 'console') {
    return { kind: 'console', host: settings.get('host'), lines: body.map((text, i) => ({ text, line: line + 1 + i })), line };
  }
  const name = settings.get('file');
  return name === undefined ? undefined : { kind: 'file', name, text: `${body.join('\n')}\n`, line };
}
