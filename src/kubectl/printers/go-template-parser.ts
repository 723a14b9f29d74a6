/** A template that cannot be read or executed. The message begins with its line: `2: unclosed action`. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'dot' }
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'group'; readonly pipeline: readonly Expression[]; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly variable: string | undefined; readonly pipeline: readonly Expression[] }
  | {
      readonly kind: 'if' | 'with';
      readonly pipeline: readonly Expression[];
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly kind: 'range';
      readonly variables: readonly string[];
      readonly pipeline: readonly Expression[];
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'loop'; readonly control: 'break' | 'continue' };

interface Piece {
  /** Text between actions, or what stands within one. */
  readonly text: string;
  readonly isAction: boolean;
  readonly line: number;
}

/** Cuts a template at `{{` and `}}`; `{{-` and `-}}` take blanks along. */
function cut(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  const lineAt = (offset: number) => template.slice(0, offset).split('\n').length;
  while (at <= template.length) {
    const open = template.indexOf('{{', at);
    let text = template.slice(at, open < 0 ? undefined : open);
    if (trimNext) text = text.trimStart();
    const trimLeft = open >= 0 && /^\{\{-\s/.test(template.slice(open, open + 4));
    if (trimLeft) text = text.trimEnd();
    if (text !== '') pieces.push({ text, isAction: false, line: lineAt(at) });
    if (open < 0) break;
    const close = endOfAction(template, open + 2);
    if (close < 0) throw new TemplateError(`${lineAt(template.length)}: unclosed action started at output:${lineAt(open)}`);
    const inner = template.slice(open + 2, close);
    trimNext = /\s-$/.test(inner);
    const action = inner.replace(/^-\s/, ' ').replace(/\s-$/, ' ').trim();
    if (!action.startsWith('/*')) pieces.push({ text: action, isAction: true, line: lineAt(open) });
    at = close + 2;
  }
  return pieces;
}

/** Where `}}` stands outside of texts in quotes; -1 if it does not. */
function endOfAction(template: string, from: number): number {
  let quote = '';
  for (let at = from; at < template.length; at++) {
    const character = template[at]!;
    if (quote !== '') {
      if (character === '\\' && quote === '"') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === '`') quote = character;
    else if (template.startsWith('}}', at)) return at;
  }
  return -1;
}

/** Reads a template. Throws {@link TemplateError}. */
export function parseTemplate(template: string): readonly Node[] {
  const reader = new BlockReader(cut(template));
  const { nodes, end } = reader.block();
  if (end !== undefined) throw new TemplateError(`${end.line}: unexpected {{${end.word}}}`);
  return nodes;
}

interface BlockEnd {
  readonly word: string;
  readonly rest: string;
  readonly line: number;
}

class BlockReader {
  private readonly pieces: readonly Piece[];
  private at = 0;

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  /** Nodes up to `{{end}}`, `{{else}}` or the end of the template. */
  block(): { nodes: Node[]; end: BlockEnd | undefined } {
    const nodes: Node[] = [];
    while (this.at < this.pieces.length) {
      const { text, isAction, line } = this.pieces[this.at++]!;
      if (!isAction) {
        nodes.push({ kind: 'text', text });
        continue;
      }
      const [word = ''] = /^\w+/.exec(text) ?? [];
      const rest = text.slice(word.length).trim();
      if (word === 'end' || word === 'else') return { nodes, end: { word, rest, line } };
      if (word === 'if' || word === 'with' || word === 'range') nodes.push(this.control(word, rest, line));
      else if ((word === 'break' || word === 'continue') && rest === '') nodes.push({ kind: 'loop', control: word });
      else nodes.push(actionOf(text, line));
    }
    return { nodes, end: undefined };
  }

  private control(word: 'if' | 'with' | 'range', head: string, line: number): Node {
    const { nodes: body, end } = this.block();
    if (!end) throw new TemplateError(`${line}: unexpected EOF`);
    let otherwise: Node[] = [];
    if (end.word === 'else') {
      const chained = /^(if|with)\s+(.*)$/s.exec(end.rest);
      if (chained) otherwise = [this.control(chained[1] as 'if', chained[2]!, end.line)];
      else {
        const { nodes, end: last } = this.block();
        if (last?.word !== 'end') throw new TemplateError(`${line}: unexpected EOF`);
        otherwise = nodes;
      }
    }
    const assigned = /^(\$\w*(?:\s*,\s*\$\w*)?)\s*:?=\s*(.*)$/s.exec(head);
    const pipeline = pipelineOf(assigned ? assigned[2]! : head, line);
    if (word === 'range') return { kind: 'range', variables: assigned ? assigned[1]!.split(/\s*,\s*/) : [], pipeline, body, otherwise };
    return { kind: word, pipeline, body, otherwise };
  }
}

function actionOf(text: string, line: number): Node {
  const assigned = /^(\$\w+)\s*:?=\s*(.*)$/s.exec(text);
  return { kind: 'action', variable: assigned?.[1], pipeline: pipelineOf(assigned ? assigned[2]! : text, line) };
}

const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|`[^`]*`|[()|]|-?\d+(?:\.\d+)?|\$?[\w]*(?:\.[A-Za-z_][\w]*)+|\$\w*|\.|\w+/gy;

function pipelineOf(text: string, line: number): readonly Expression[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new TemplateError(`${line}: unexpected ${JSON.stringify(text.slice(at, at + 1))} in operand`);
    if (match[0].trim() !== '') tokens.push(match[0]);
  }
  const reader = new PipelineReader(tokens, line);
  const pipeline = reader.pipeline();
  if (pipeline.length === 0) throw new TemplateError(`${line}: missing value for command`);
  return pipeline;
}

class PipelineReader {
  private readonly tokens: readonly string[];
  private readonly line: number;
  private at = 0;

  constructor(tokens: readonly string[], line: number) {
    this.tokens = tokens;
    this.line = line;
  }

  pipeline(): Expression[] {
    const commands: Expression[] = [];
    while (this.at < this.tokens.length && this.tokens[this.at] !== ')') {
      commands.push(this.command());
      if (this.tokens[this.at] === '|') this.at++;
    }
    return commands;
  }

  private command(): Expression {
    const operands: Expression[] = [];
    while (this.at < this.tokens.length && this.tokens[this.at] !== '|' && this.tokens[this.at] !== ')') operands.push(this.operand());
    const [first, ...args] = operands;
    if (!first) throw new TemplateError(`${this.line}: missing value for command`);
    return first.kind === 'call' ? { ...first, args } : first;
  }

  private operand(): Expression {
    const token = this.tokens[this.at++]!;
    if (token === '(') {
      const pipeline = this.pipeline();
      if (this.tokens[this.at++] !== ')') throw new TemplateError(`${this.line}: unclosed left paren`);
      const next = this.tokens[this.at];
      const path = next?.startsWith('.') && next.length > 1 ? this.tokens[this.at++]!.slice(1).split('.') : [];
      return { kind: 'group', pipeline, path };
    }
    if (token === '.') return { kind: 'dot' };
    if (token.startsWith('"')) return { kind: 'literal', value: unquoted(token) };
    if (token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) };
    if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
    if (token === 'nil') return { kind: 'literal', value: null };
    if (token.startsWith('$')) {
      const [name = '$', ...path] = token.split('.');
      return { kind: 'variable', name, path };
    }
    if (token.startsWith('.')) return { kind: 'field', path: token.slice(1).split('.') };
    return { kind: 'call', name: token, args: [] };
  }
}

function unquoted(token: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return token.slice(1, -1).replace(/\\(.)/g, (_all, letter: string) => escapes[letter] ?? letter);
}
