/** A text quoted so that a shell reads it back: as `set`, `declare -p` and `${x@Q}` print it. */
export function quoteForShell(text: string): string {
  if (/[\x00-\x1f]/.test(text)) {
    const escapes: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\x1b': '\\E', "'": "\\'", '\\': '\\\\' };
    const quoted = text.replace(/[\x00-\x1f'\\]/g, (c) => escapes[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
    return `$'${quoted}'`;
  }
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** The same with backslashes, as `printf %q` prints it. */
export function escapeForShell(text: string): string {
  if (text === '') return "''";
  if (/[\x00-\x1f]/.test(text)) return quoteForShell(text);
  return text.replace(/[\s'"\\|&;()<>*?[\]{}$`!#~^,]/g, (c, at: number) => ((c === '#' || c === '~') && at > 0 ? c : `\\${c}`));
}
