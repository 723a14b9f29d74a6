/*
 * What a bare word means in YAML 1.1 as Kubernetes reads it (go-yaml v2): `yes`, `on` and `y` are
 * booleans, `017` is octal, `1_000` a number; `12:30` is a text, unlike in other readers.
 */

const WORDS: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[+-]\d{2}:\d{2})| \d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

const INTEGERS: readonly (readonly [RegExp, number])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, 16],
  [/^0[bB]([01]+)$/, 2],
  [/^0[oO]?([0-7]+)$/, 8],
  [/^(0|[1-9][0-9]*)$/, 10],
];

/** The value of a bare word: a boolean, a number, null, or the word itself. */
export function resolveWord(word: string): string | number | boolean | null {
  const known = WORDS.get(word);
  if (known !== undefined) return known;
  if (!/^[-+.0-9]/.test(word)) return word;
  const plain = word.startsWith('.') ? word : word.replaceAll('_', '');
  const negative = plain.startsWith('-');
  const digits = /^[-+]/.test(plain) ? plain.slice(1) : plain;
  for (const [pattern, base] of INTEGERS) {
    const match = pattern.exec(digits);
    if (match) return (negative ? -1 : 1) * parseInt(match[1] as string, base) + 0;
  }
  return FLOAT.test(plain) ? Number(plain) : word;
}

/** Whether a text, written bare, would be read as something else than itself, here or by other readers. */
export function needsQuotes(text: string): boolean {
  return resolveWord(text) !== text || BASE_60.test(text) || TIMESTAMP.test(text);
}
