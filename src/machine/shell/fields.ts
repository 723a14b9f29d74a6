import { escapePattern, hasGlob } from './pattern.ts';

export interface Field {
  readonly text: string;
  /** The field as a pattern with its quoted parts escaped, where it has unquoted wildcards. */
  readonly pattern: string | undefined;
}

/** Collects the pieces of a word while it is expanded and cuts unquoted results into fields at $IFS. */
export class Fields {
  readonly done: Field[] = [];
  private text = '';
  private pattern: string | undefined;
  private present = false;
  private afterBlank = false;
  private readonly ifs: string;
  private readonly splits: boolean;

  /** Without `splits` everything becomes one field: assignments, redirections, here-strings. */
  constructor(ifs: string | undefined, splits: boolean) {
    this.ifs = ifs ?? ' \t\n';
    this.splits = splits;
  }

  /** Text whose characters mean only themselves. */
  addQuoted(text: string): void {
    this.present = true;
    this.afterBlank = false;
    this.text += text;
    if (this.pattern !== undefined) this.pattern += escapePattern(text);
  }

  /** A wildcard of the source, or an unquoted result in which wildcards count. */
  addPattern(text: string): void {
    this.present = true;
    this.afterBlank = false;
    if (this.pattern === undefined) this.pattern = escapePattern(this.text);
    this.pattern += text;
    this.text += text;
  }

  /** The result of an expansion. */
  addResult(text: string, quoted: boolean): void {
    if (quoted) this.addQuoted(text);
    else if (this.splits) this.split(text);
    else if (text !== '') this.addUnquoted(text);
  }

  /** The present field ends here, whatever is in it: between the members of "$@". */
  breakField(): void {
    this.done.push({ text: this.text, pattern: this.pattern });
    this.text = '';
    this.pattern = undefined;
    this.present = false;
  }

  /** Between the members of `$@`: ends the field, but an unquoted empty member makes none. */
  separate(): void {
    if (this.present && this.splits) this.breakField();
    else if (!this.splits) this.addQuoted(' ');
  }

  /** For "$@" without members: quotes alone then make no field. */
  forgetIfEmpty(): void {
    if (this.text === '') this.present = false;
  }

  finish(): readonly Field[] {
    if (this.present) this.breakField();
    return this.done;
  }

  /** Everything as one text. */
  joined(): string {
    return this.text;
  }

  /** Everything as one pattern. */
  joinedPattern(): string {
    return this.pattern ?? escapePattern(this.text);
  }

  private addUnquoted(text: string): void {
    // In a pattern (not a path) a backslash that comes from a variable escapes too.
    if (hasGlob(text) || (!this.splits && text.includes('\\'))) this.addPattern(text);
    else this.addQuoted(text);
  }

  private split(text: string): void {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!;
      if (!this.ifs.includes(c)) continue;
      if (i > from) this.addUnquoted(text.slice(from, i));
      from = i + 1;
      if (c === ' ' || c === '\t' || c === '\n') {
        if (this.present) {
          this.breakField();
          this.afterBlank = true;
        }
      } else if (this.afterBlank) this.afterBlank = false;
      else this.breakField();
    }
    if (text.length > from) this.addUnquoted(from === 0 ? text : text.slice(from));
  }
}
