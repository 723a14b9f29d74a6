/** How many texts are remembered: caches of the same objects meet the same keys within moments. */
const MOST_TEXTS = 512;

const texts = new Map<string, string>();

/** An equal text that was handed in lately, or this one: what is kept in many places is then kept once. It only saves memory. */
export function sharedText(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(text, text);
  return text;
}
