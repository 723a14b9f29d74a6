/** What `{{NAME}}` has been bound to so far. */
export type Bindings = ReadonlyMap<string, string>;

const TOKEN = /\[\.\.\]|\{\{\s*([A-Za-z0-9_]+)\s*\}\}| {2,}/g;

/** Puts bound names into a typed line. A name that is not bound stays as it is. */
export function substitute(line: string, bindings: Bindings): string {
  return line.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (whole, name: string) => bindings.get(name) ?? whole);
}

/**
 * Compares printed lines with expected ones: `[..]` is any text within a line, a line `...` any
 * number of lines, `{{NAME}}` binds letters, digits, `.` and `-`; two or more spaces equal any two or
 * more; spaces at the end do not count. Answers the bindings, or undefined if they differ.
 */
export function matchOutput(expected: readonly string[], printed: readonly string[], bindings: Bindings): Bindings | undefined {
  const [first, ...rest] = expected;
  if (first === undefined) return printed.length === 0 ? bindings : undefined;
  if (first.trimEnd() === '...') {
    for (let skipped = 0; skipped <= printed.length; skipped++) {
      const found = matchOutput(rest, printed.slice(skipped), bindings);
      if (found) return found;
    }
    return undefined;
  }
  if (printed.length === 0) return undefined;
  const bound = matchLine(first, printed[0]!, bindings);
  return bound && matchOutput(rest, printed.slice(1), bound);
}

/** The same for one line. */
export function matchLine(expected: string, printed: string, bindings: Bindings): Bindings | undefined {
  const names: string[] = [];
  let pattern = '';
  let last = 0;
  const line = expected.trimEnd();
  for (const token of line.matchAll(TOKEN)) {
    pattern += literal(line.slice(last, token.index));
    last = token.index + token[0].length;
    const name = token[1];
    if (token[0] === '[..]') pattern += '.*?';
    else if (name === undefined) pattern += ' {2,}';
    else if (bindings.has(name)) pattern += literal(bindings.get(name)!);
    else if (names.includes(name)) pattern += `\\k<${name}>`;
    else {
      names.push(name);
      pattern += `(?<${name}>[A-Za-z0-9.-]+)`;
    }
  }
  pattern += literal(line.slice(last));
  const found = new RegExp(`^${pattern}$`).exec(printed.trimEnd());
  if (!found) return undefined;
  if (names.length === 0) return bindings;
  const bound = new Map(bindings);
  for (const name of names) bound.set(name, found.groups![name]!);
  return bound;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** A line of a comparison: on both sides, only expected, or only printed. */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Sets expected and printed lines side by side, for people: lines that match stand together. */
export function diffOutput(expected: readonly string[], printed: readonly string[], bindings: Bindings): DiffLine[] {
  const fits = (i: number, j: number) => expected[i]!.trimEnd() !== '...' && matchLine(expected[i]!, printed[j]!, bindings) !== undefined;
  const lengths = Array.from({ length: expected.length + 1 }, () => new Array<number>(printed.length + 1).fill(0));
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = printed.length - 1; j >= 0; j--) {
      lengths[i]![j] = fits(i, j) ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < expected.length || j < printed.length) {
    if (i < expected.length && j < printed.length && fits(i, j)) {
      lines.push({ mark: ' ', text: printed[j++]! });
      i++;
    } else if (j >= printed.length || (i < expected.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!))
      lines.push({ mark: '-', text: expected[i++]! });
    else lines.push({ mark: '+', text: printed[j++]! });
  }
  return lines;
}
