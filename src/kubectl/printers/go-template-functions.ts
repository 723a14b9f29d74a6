import { decodeBase64 } from '../../api/base64.ts';
import { goValue } from '../../api/print.ts';
import { TemplateError } from './go-template-parser.ts';

/** Whether a template takes a value for true: not empty, not zero. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function size(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new TemplateError('1: error calling len: len of nil pointer');
}

function indexed(value: unknown, keys: readonly unknown[]): unknown {
  let current = value;
  for (const key of keys) {
    if (current === undefined || current === null) throw new TemplateError('1: error calling index: index of untyped nil');
    if (Array.isArray(current)) {
      const at = Number(key);
      if (at < 0 || at >= current.length) throw new TemplateError(`1: error calling index: reflect: slice index out of range`);
      current = current[at];
    } else current = (current as Record<string, unknown>)[String(key)];
  }
  return current;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) throw new TemplateError('1: incompatible types for comparison');
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}

/** `fmt.Sprintf`: the verbs that texts and numbers need. */
function formatted(format: string, values: readonly unknown[]): string {
  let at = 0;
  return format.replace(/%(-?\d*)(?:\.(\d+))?([vsdqtf%])/g, (_all, width: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (at >= values.length) return `%!${verb}(MISSING)`;
    const value = values[at++];
    let text =
      verb === 'q'
        ? JSON.stringify(goValue(value))
        : verb === 'f'
          ? Number(value).toFixed(precision === undefined ? 6 : Number(precision))
          : goValue(value);
    const length = Math.abs(Number(width || 0));
    text = width.startsWith('-') ? text.padEnd(length) : text.padStart(length);
    return text;
  });
}

type TemplateFunction = (...args: any[]) => unknown;

const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  len: size,
  index: (value: unknown, ...keys: unknown[]) => indexed(value, keys),
  not: (value: unknown) => !isTrue(value),
  eq: (first: unknown, ...others: unknown[]) => others.some((other) => other === first),
  ne: (a: unknown, b: unknown) => a !== b,
  lt: (a: unknown, b: unknown) => compare(a, b) < 0,
  le: (a: unknown, b: unknown) => compare(a, b) <= 0,
  gt: (a: unknown, b: unknown) => compare(a, b) > 0,
  ge: (a: unknown, b: unknown) => compare(a, b) >= 0,
  print: (...values: unknown[]) =>
    values
      .map((value, at) => (at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string' ? ' ' : '') + goValue(value))
      .join(''),
  println: (...values: unknown[]) => `${values.map(goValue).join(' ')}\n`,
  printf: (format: string, ...values: unknown[]) => formatted(format, values),
  base64decode: (text: string) => decodeBase64(text) ?? '',
  exists: (value: unknown, ...keys: unknown[]) => {
    try {
      return indexed(value, keys) !== undefined;
    } catch (error) {
      if (error instanceof TemplateError) return false;
      throw error;
    }
  },
  slice: (value: string | unknown[], from?: number, to?: number) => value.slice(from, to),
  urlquery: (text: string) => encodeURIComponent(text),
  html: (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
  js: (text: string) => JSON.stringify(text).slice(1, -1),
};

/** Calls a function of templates by name. Throws {@link TemplateError}. */
export function callFunction(name: string, args: readonly unknown[]): unknown {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!found) throw new TemplateError(`1: function "${name}" not defined`);
  return found(...args);
}
