import { YamlError } from './yaml-error.ts';
import { Scanner, type Token, type TokenKind } from './yaml-scanner.ts';

/** A node of a document. Lines count from 0. */
export type YamlNode = { readonly line: number; readonly anchor?: string; readonly tag?: string } & (
  | { readonly kind: 'scalar'; readonly text: string; readonly plain: boolean }
  | { readonly kind: 'alias'; readonly target: string }
  | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [YamlNode, YamlNode])[] }
);

/** Nesting beyond this is refused. go-yaml allows ten times as much, but the stack here is shorter. */
const DEEPEST = 1_000;

/**
 * Parses the first document of a text; undefined if it holds none. The grammar is that of YAML 1.1 as
 * libyaml has it, and so are the messages.
 *
 * @throws YamlError
 */
export function parseYaml(text: string): YamlNode | undefined {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.test(text))
    throw YamlError.of('control characters are not allowed', undefined);
  return new Parser(new Scanner(text)).document();
}

class Parser {
  private readonly scanner: Scanner;
  private readonly anchors = new Set<string>();
  private depth = 0;

  constructor(scanner: Scanner) {
    this.scanner = scanner;
  }

  document(): YamlNode | undefined {
    while (this.at('documentEnd')) this.scanner.take();
    let explicit = false;
    while (this.at('directive')) {
      this.scanner.take();
      explicit = true;
    }
    if (this.at('documentStart')) this.scanner.take();
    else if (explicit) throw this.unexpected('did not find expected <document start>');
    const root = this.at('end', 'documentStart', 'documentEnd', 'directive') ? undefined : this.node(true, false);
    this.scanner.peek();
    return root;
  }

  private at(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.scanner.peek().kind);
  }

  private unexpected(problem: string, token: Token = this.scanner.peek()): YamlError {
    // The grammar's errors count lines from 0, and name none for the first.
    return YamlError.of(problem, token.line === 0 ? undefined : token.line);
  }

  /** A node that may be missing before one of these tokens. */
  private nodeUnless(ends: readonly TokenKind[], block: boolean, indentless: boolean): YamlNode {
    return this.at(...ends) ? this.empty() : this.node(block, indentless);
  }

  private empty(): YamlNode {
    return { kind: 'scalar', line: this.scanner.peek().line, text: '', plain: true };
  }

  /** A node; in a block if `block`, and then a sequence may stand at the column of its key if `indentless`. */
  private node(block: boolean, indentless: boolean): YamlNode {
    if (++this.depth > DEEPEST) throw YamlError.of(`exceeded max depth of ${DEEPEST}`, undefined);
    const node = this.content(block, indentless);
    this.depth--;
    return node;
  }

  private content(block: boolean, indentless: boolean): YamlNode {
    if (this.at('alias')) {
      const { anchor: target = '', line } = this.scanner.take();
      if (!this.anchors.has(target)) throw YamlError.of(`unknown anchor '${target}' referenced`, undefined);
      return { kind: 'alias', line, target };
    }
    const { line } = this.scanner.peek();
    let anchor: string | undefined;
    let tag: string | undefined;
    while (this.at('property')) {
      const property = this.scanner.take();
      anchor ??= property.anchor;
      tag ??= property.tag;
    }
    if (anchor !== undefined) this.anchors.add(anchor);
    const node = this.bare(block, indentless) ?? ((anchor ?? tag) ? { ...this.empty(), line } : undefined);
    if (!node) throw this.unexpected('did not find expected node content');
    return anchor === undefined && tag === undefined
      ? node
      : { ...node, ...(anchor !== undefined && { anchor }), ...(tag !== undefined && { tag }) };
  }

  private bare(block: boolean, indentless: boolean): YamlNode | undefined {
    const { kind } = this.scanner.peek();
    if (indentless && kind === 'blockEntry') return this.indentlessSequence();
    if (kind === 'scalar') {
      const { line, text = '', plain = false } = this.scanner.take();
      return { kind, line, text, plain };
    }
    if (kind === 'flowSequence') return this.flowSequence();
    if (kind === 'flowMapping') return this.flowMapping();
    if (block && kind === 'blockSequence') return this.blockSequence();
    if (block && kind === 'blockMapping') return this.blockMapping();
    return undefined;
  }

  private blockSequence(): YamlNode {
    const { line } = this.scanner.take();
    const items: YamlNode[] = [];
    while (this.at('blockEntry')) {
      this.scanner.take();
      items.push(this.nodeUnless(['blockEntry', 'blockEnd'], true, false));
    }
    if (!this.at('blockEnd')) throw this.unexpected("did not find expected '-' indicator");
    this.scanner.take();
    return { kind: 'list', line, items };
  }

  private indentlessSequence(): YamlNode {
    const { line } = this.scanner.peek();
    const items: YamlNode[] = [];
    while (this.at('blockEntry')) {
      this.scanner.take();
      items.push(this.nodeUnless(['blockEntry', 'key', 'value', 'blockEnd'], true, false));
    }
    return { kind: 'list', line, items };
  }

  private blockMapping(): YamlNode {
    const { line } = this.scanner.take();
    const entries: (readonly [YamlNode, YamlNode])[] = [];
    while (this.at('key')) {
      this.scanner.take();
      const key = this.nodeUnless(['key', 'value', 'blockEnd'], true, true);
      entries.push([key, this.valueUnless(['key', 'value', 'blockEnd'], true)]);
    }
    if (!this.at('blockEnd')) throw this.unexpected('did not find expected key');
    this.scanner.take();
    return { kind: 'map', line, entries };
  }

  /** The value behind a `:`, or nothing where there is none. */
  private valueUnless(ends: readonly TokenKind[], block: boolean): YamlNode {
    if (!this.at('value')) return this.empty();
    this.scanner.take();
    return this.nodeUnless(ends, block, block);
  }

  private flowSequence(): YamlNode {
    const { line } = this.scanner.take();
    const items: YamlNode[] = [];
    for (let first = true; !this.at('flowSequenceEnd'); first = false) {
      if (!first) this.separator("did not find expected ',' or ']'");
      if (this.at('key')) items.push({ kind: 'map', line: this.scanner.peek().line, entries: [this.flowPair('flowSequenceEnd')] });
      else if (!this.at('flowSequenceEnd')) items.push(this.node(false, false));
    }
    this.scanner.take();
    return { kind: 'list', line, items };
  }

  private flowMapping(): YamlNode {
    const { line } = this.scanner.take();
    const entries: (readonly [YamlNode, YamlNode])[] = [];
    for (let first = true; !this.at('flowMappingEnd'); first = false) {
      if (!first) this.separator("did not find expected ',' or '}'");
      if (this.at('key')) entries.push(this.flowPair('flowMappingEnd'));
      else if (!this.at('flowMappingEnd')) entries.push([this.node(false, false), this.empty()]);
    }
    this.scanner.take();
    return { kind: 'map', line, entries };
  }

  private separator(problem: string): void {
    if (!this.at('flowEntry')) throw this.unexpected(problem);
    this.scanner.take();
  }

  private flowPair(end: TokenKind): readonly [YamlNode, YamlNode] {
    this.scanner.take();
    const key = this.nodeUnless(['value', 'flowEntry', end], false, false);
    return [key, this.valueUnless(['flowEntry', end], false)];
  }
}
