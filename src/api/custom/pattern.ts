/** Go's regular expressions (RE2) written for this language, kept by their text. */
const compiled = new Map<string, RegExp | undefined>();
const KEPT = 2_000;

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** The pattern of a text in RE2's syntax; undefined if it is none. Look-around and back references are refused, as RE2 does. */
export function compilePattern(text: string): RegExp | undefined {
  if (!compiled.has(text)) {
    if (compiled.size >= KEPT) compiled.clear();
    compiled.set(text, compileAnew(text));
  }
  return compiled.get(text);
}

function compileAnew(text: string): RegExp | undefined {
  if (/\(\?(=|!|<=|<!)/.test(text) || /(^|[^\\])(\\\\)*\\[1-9]/.test(text)) return undefined;
  let source = text;
  let flags = 'u';
  const leading = /^\(\?([imsU]+)\)/.exec(source);
  if (leading) {
    source = source.slice(leading[0].length);
    for (const flag of leading[1]!) if (flag !== 'U') flags += flag;
  }
  source = source
    .replaceAll('(?P<', '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[:(\^?)(\w+):\]/g, (whole, _not: string, name: string) => CLASSES[name] ?? whole)
    .replace(/\\Q(.*?)(\\E|$)/g, (_whole, literal: string) => literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  try {
    return new RegExp(source, flags);
  } catch {
    return compileLoosely(source, flags.replace('u', ''));
  }
}

/** RE2 escapes characters that need none, which this language refuses in Unicode mode. */
function compileLoosely(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** What the server says of a text that is no pattern. */
export function patternFault(text: string): string | undefined {
  if (compilePattern(text)) return undefined;
  const perl = /\(\?(=|!|<=|<!)/.exec(text);
  if (perl) return `error parsing regexp: invalid or unsupported Perl syntax: \`${perl[0]}\``;
  const back = /\\[1-9]/.exec(text);
  if (back) return `error parsing regexp: invalid escape sequence: \`${back[0]}\``;
  const open = unclosed(text);
  if (open === '(') return `error parsing regexp: missing closing ): \`${text}\``;
  if (open) return `error parsing regexp: missing closing ]: \`${open}\``;
  const repeat = /^[*+?]/.exec(text);
  if (repeat) return `error parsing regexp: missing argument to repetition operator: \`${repeat[0]}\``;
  return `error parsing regexp: unexpected ): \`${text}\``;
}

function unclosed(text: string): string | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === '[') {
      const close = text.indexOf(']', i + 2);
      if (close < 0) return text.slice(i);
      i = close;
    }
  }
  return depth > 0 ? '(' : undefined;
}
