import { YamlError } from './yaml-error.ts';
import { Scanner, type Token, type TokenKind } from './yaml-scanner.ts';

/** Nesting beyond this is refused, as by go-yaml. */
const DEEPEST = 10_000;

/**
 * What go-yaml finds wrong with the first document of a text, or undefined if it finds nothing. The
 * grammar is that of YAML 1.1, the words are libyaml's.
 */
export function yamlFault(text: string): YamlError | undefined {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.test(text)) return YamlError.of('control characters are not allowed', undefined);
  try {
    new Checker(new Scanner(text)).document();
    return undefined;
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
}

class Checker {
  private readonly scanner: Scanner;
  private readonly anchors = new Set<string>();
  private depth = 0;

  constructor(scanner: Scanner) {
    this.scanner = scanner;
  }

  document(): void {
    while (this.at('documentEnd')) this.scanner.take();
    let explicit = false;
    while (this.at('directive')) {
      this.scanner.take();
      explicit = true;
    }
    if (this.at('documentStart')) this.scanner.take();
    else if (explicit) throw this.unexpected('did not find expected <document start>');
    if (!this.at('end', 'documentStart', 'documentEnd', 'directive')) this.node(true, false);
    this.scanner.peek();
  }

  private at(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.scanner.peek().kind);
  }

  private unexpected(problem: string, token: Token = this.scanner.peek()): YamlError {
    // The grammar's errors count lines from 0, and name none for the first.
    return YamlError.of(problem, token.line === 0 ? undefined : token.line);
  }

  /** A node; in a block if `block`, and then a sequence may stand at the column of its key if `indentless`. */
  private node(block: boolean, indentless: boolean): void {
    if (++this.depth > DEEPEST) throw YamlError.of('exceeded max depth of 10000', undefined);
    this.content(block, indentless);
    this.depth--;
  }

  private content(block: boolean, indentless: boolean): void {
    if (this.at('alias')) {
      const { anchor = '' } = this.scanner.take();
      if (!this.anchors.has(anchor)) throw YamlError.of(`unknown anchor '${anchor}' referenced`, undefined);
      return;
    }
    let properties = false;
    while (this.at('property')) {
      const { anchor } = this.scanner.take();
      if (anchor !== undefined) this.anchors.add(anchor);
      properties = true;
    }
    const { kind } = this.scanner.peek();
    if (indentless && kind === 'blockEntry') this.indentlessSequence();
    else if (kind === 'scalar') this.scanner.take();
    else if (kind === 'flowSequence') this.flowSequence();
    else if (kind === 'flowMapping') this.flowMapping();
    else if (block && kind === 'blockSequence') this.blockSequence();
    else if (block && kind === 'blockMapping') this.blockMapping();
    else if (!properties) throw this.unexpected('did not find expected node content');
  }

  private blockSequence(): void {
    this.scanner.take();
    while (this.at('blockEntry')) {
      this.scanner.take();
      if (!this.at('blockEntry', 'blockEnd')) this.node(true, false);
    }
    if (!this.at('blockEnd')) throw this.unexpected("did not find expected '-' indicator");
    this.scanner.take();
  }

  private indentlessSequence(): void {
    while (this.at('blockEntry')) {
      this.scanner.take();
      if (!this.at('blockEntry', 'key', 'value', 'blockEnd')) this.node(true, false);
    }
  }

  private blockMapping(): void {
    this.scanner.take();
    while (this.at('key')) {
      this.scanner.take();
      if (!this.at('key', 'value', 'blockEnd')) this.node(true, true);
      if (!this.at('value')) continue;
      this.scanner.take();
      if (!this.at('key', 'value', 'blockEnd')) this.node(true, true);
    }
    if (!this.at('blockEnd')) throw this.unexpected('did not find expected key');
    this.scanner.take();
  }

  private flowSequence(): void {
    this.scanner.take();
    for (let first = true; !this.at('flowSequenceEnd'); first = false) {
      if (!first) this.separator("did not find expected ',' or ']'");
      if (this.at('key')) this.flowPair('flowSequenceEnd');
      else if (!this.at('flowSequenceEnd')) this.node(false, false);
    }
    this.scanner.take();
  }

  private flowMapping(): void {
    this.scanner.take();
    for (let first = true; !this.at('flowMappingEnd'); first = false) {
      if (!first) this.separator("did not find expected ',' or '}'");
      if (this.at('key')) this.flowPair('flowMappingEnd');
      else if (!this.at('flowMappingEnd')) this.node(false, false);
    }
    this.scanner.take();
  }

  private separator(problem: string): void {
    if (!this.at('flowEntry')) throw this.unexpected(problem);
    this.scanner.take();
  }

  private flowPair(end: TokenKind): void {
    this.scanner.take();
    if (!this.at('value', 'flowEntry', end)) this.node(false, false);
    if (!this.at('value')) return;
    this.scanner.take();
    if (!this.at('flowEntry', end)) this.node(false, false);
  }
}
