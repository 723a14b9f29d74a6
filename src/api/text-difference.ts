/** Lines shown around a change. */
const CONTEXT = 3;

interface Change {
  /** Lines of the old text from `start` to `end` are replaced by those of the new from `newStart` to `newEnd`. */
  start: number;
  end: number;
  newStart: number;
  newEnd: number;
}

/** The changes between two texts, by the longest common subsequence of what lies between their common ends. */
function changesOf(old: readonly string[], now: readonly string[]): Change[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const rows = old.length - head - tail;
  const columns = now.length - head - tail;
  const longest: Uint32Array[] = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const same = old[head + i] === now[head + j];
      longest[i]![j] = same ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && old[head + i] === now[head + j]) {
      i++;
      j++;
      continue;
    }
    const change: Change = { start: head + i, end: head + i, newStart: head + j, newEnd: head + j };
    while ((i < rows || j < columns) && !(i < rows && j < columns && old[head + i] === now[head + j])) {
      if (j >= columns || (i < rows && longest[i + 1]![j]! >= longest[i]![j + 1]!)) i++;
      else j++;
    }
    change.end = head + i;
    change.newEnd = head + j;
    changes.push(change);
  }
  return changes;
}

const range = (start: number, length: number) => (length === 1 ? `${start + 1}` : `${length === 0 ? start : start + 1},${length}`);

/** A unified diff without its file names: `@@ -1,7 +1,7 @@` and so on, every line ended. */
export function unifiedDifference(oldText: string, newText: string): string {
  const old = oldText.split('\n');
  const now = newText.split('\n');
  const groups: Change[][] = [];
  for (const change of changesOf(old, now)) {
    const last = groups.at(-1)?.at(-1);
    if (last && change.start - last.end <= 2 * CONTEXT) groups.at(-1)!.push(change);
    else groups.push([change]);
  }
  let text = '';
  for (const group of groups) {
    const first = group[0] as Change;
    const last = group.at(-1) as Change;
    const before = Math.min(CONTEXT, first.start);
    const after = Math.min(CONTEXT, old.length - last.end);
    const start = first.start - before;
    const newStart = first.newStart - before;
    text += `@@ -${range(start, last.end + after - start)} +${range(newStart, last.newEnd + after - newStart)} @@\n`;
    let at = start;
    for (const change of group) {
      while (at < change.start) text += ` ${old[at++]}\n`;
      while (at < change.end) text += `-${old[at++]}\n`;
      for (let line = change.newStart; line < change.newEnd; line++) text += `+${now[line]}\n`;
    }
    while (at < last.end + after) text += ` ${old[at++]}\n`;
  }
  return text;
}
