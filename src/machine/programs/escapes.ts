const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

export interface Unescaped {
  readonly text: string;
  /** `\c` was met: nothing more is to be printed. */
  readonly stops: boolean;
}

/** Backslash escapes of `echo -e` and `printf %b`; `zeroOctal`: octal codes are written `\0nnn`. */
export function unescapeText(source: string, zeroOctal: boolean): Unescaped {
  if (!source.includes('\\')) return { text: source, stops: false };
  let text = '';
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== '\\' || i + 1 === source.length) {
      text += source[i];
      continue;
    }
    const c = source[++i]!;
    if (c === 'c') return { text, stops: true };
    const code = codeAt(source, i, zeroOctal);
    if (code) {
      text += code.text;
      i = code.end - 1;
    } else text += SIMPLE[c] ?? `\\${c}`;
  }
  return { text, stops: false };
}

function codeAt(source: string, at: number, zeroOctal: boolean): { text: string; end: number } | undefined {
  const rest = source.slice(at, at + 10);
  const match =
    /^x([0-9a-fA-F]{1,2})/.exec(rest) ??
    /^u([0-9a-fA-F]{1,4})/.exec(rest) ??
    /^U([0-9a-fA-F]{1,8})/.exec(rest) ??
    (zeroOctal ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest);
  if (!match) return undefined;
  const octal = /[0-7]/.test(rest[0]!);
  const code = parseInt(match[1] || '0', octal ? 8 : 16);
  return { text: code <= 0x10ffff ? String.fromCodePoint(octal ? code & 255 : code) : '', end: at + match[0].length };
}
