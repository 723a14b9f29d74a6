/**
 * The same text in one piece. A text that was put together from parts keeps the parts until an
 * engine has had to read it as a whole; for texts that are kept for long this asks for it now.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}
