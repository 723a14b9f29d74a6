const CONTEXT_LINES = 3;

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/** The edits from one list of lines to another, by their longest common subsequence. */
function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  const width = after.length + 1;
  const lengths = new Int32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      edits.push({ kind: ' ', line: before[i++]! });
      j++;
    } else if (j >= after.length || (i < before.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!))
      edits.push({ kind: '-', line: before[i++]! });
    else edits.push({ kind: '+', line: after[j++]! });
  }
  return edits;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The hunks of `diff -u`, with three lines around each change; '' for equal texts. */
export function unifiedHunks(before: string, after: string): string {
  if (before === after) return '';
  const edits = editsOf(linesOf(before), linesOf(after));
  const changed = edits.flatMap(({ kind }, at) => (kind === ' ' ? [] : [at]));
  let text = '';
  for (let at = 0; at < changed.length;) {
    const from = Math.max(0, changed[at]! - CONTEXT_LINES);
    let last = changed[at]!;
    while (at + 1 < changed.length && changed[at + 1]! - last <= 2 * CONTEXT_LINES) last = changed[++at]!;
    at++;
    text += hunk(edits, from, Math.min(edits.length, last + 1 + CONTEXT_LINES));
  }
  return text;
}

function hunk(edits: readonly Edit[], from: number, to: number): string {
  const count = (kinds: string, start: number, end: number) => edits.slice(start, end).filter(({ kind }) => kinds.includes(kind)).length;
  const range = (kinds: string) => {
    const size = count(kinds, from, to);
    const first = count(kinds, 0, from) + (size > 0 ? 1 : 0);
    return size === 1 ? String(first) : `${first},${size}`;
  };
  const lines = edits.slice(from, to).map(({ kind, line }) => `${kind}${line}\n`);
  return `@@ -${range(' -')} +${range(' +')} @@\n${lines.join('')}`;
}
