import { parseRfc3339, rfc3339, rfc3339Micro } from '../base/time.ts';
import { canonicalQuantity, canonicalResource, QuantityError } from './quantity.ts';
import type { FieldSchema } from './schema.ts';

/** A JSON value of another kind than its field. `final` when the field's own reader found it, which ends the decoding. */
export class WrongKind extends Error {
  override name = 'WrongKind';
  readonly found: string;
  readonly goType: string;
  readonly final: boolean;

  constructor(found: string, goType: string, final: boolean) {
    super(`cannot unmarshal ${found} into ${goType}`);
    this.found = found;
    this.goType = goType;
    this.final = final;
  }
}

/** A value of the right kind whose text cannot be read. */
export class ValueError extends Error {
  override name = 'ValueError';
}

/** `string`, `number`, `bool`, `array`, `object`: how Go's decoder names what it found. */
export function goTypeName(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? 'array' : typeof value;
}

/**
 * Reads a scalar in the canonical form of its field.
 *
 * @throws WrongKind, ValueError
 */
export function decodeScalar(field: FieldSchema, value: unknown): unknown {
  switch (field.kind) {
    case 'string':
      if (typeof value === 'string') return value;
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'int32':
      if (typeof value === 'number') return integer(value, 2 ** 31, field.goType);
      break;
    case 'int64':
      if (typeof value === 'number') return integer(value, 2 ** 63, field.goType);
      break;
    case 'double':
      if (typeof value === 'number') return value;
      break;
    case 'bytes':
      if (typeof value === 'string') return base64(value);
      break;
    case 'quantity':
      return quantity(field, value);
    case 'intOrString':
      if (typeof value === 'string') return value;
      if (typeof value === 'number') return integer(value, 2 ** 31, 'int32', true);
      throw new WrongKind(goTypeName(value), 'int32', true);
    case 'time':
      return time(value);
    case 'microTime':
      return microTime(value);
    default:
      return value;
  }
  throw new WrongKind(goTypeName(value), field.goType, false);
}

function integer(value: number, limit: number, goType: string, final = false): number {
  if (Number.isInteger(value) && value < limit && value >= -limit) return value;
  throw new WrongKind(`number ${value}`, goType, final);
}

function quantity(field: FieldSchema, value: unknown): string {
  // What is no text or number is read as its JSON, which is no quantity either.
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? value : '{}';
  try {
    // Values of maps are resource lists; only these are rounded.
    return field.name === '' ? canonicalResource(text) : canonicalQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) throw new ValueError(error.message);
    throw error;
  }
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 without line breaks. The byte named in errors is the one at which Go's decoder stops. */
function base64(text: string): string {
  const plain = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
  if (plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return plain;
  throw new ValueError(`illegal base64 data at input byte ${base64Fault(text)}`);
}

function base64Fault(text: string): number {
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\r' || character === '\n') continue;
    if (BASE64.includes(character)) {
      digits++;
      continue;
    }
    if (character !== '=' || digits % 4 < 2) return at;
    const rest = text.slice(at + 1).replace(/[\r\n]/g, '');
    if (digits % 4 === 3) return rest === '' ? at : at + 1;
    return rest[0] === '=' ? at + 2 : rest === '' ? text.length : at;
  }
  // Go names the start of the group that is not complete.
  return text.length - (digits % 4);
}

const SECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const MICROS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

function time(value: unknown): string {
  if (typeof value !== 'string') throw new WrongKind(goTypeName(value), 'string', true);
  const instant = parseRfc3339(value);
  if (Number.isNaN(instant)) throw new ValueError(timeFault(value, '2006-01-02T15:04:05Z07:00'));
  return SECONDS.test(value) ? value : rfc3339(instant);
}

function microTime(value: unknown): string {
  if (typeof value !== 'string') throw new WrongKind(goTypeName(value), 'string', true);
  if (MICROS.test(value) && !Number.isNaN(parseRfc3339(value))) return value;
  const instant = parseRfc3339(value);
  if (Number.isNaN(instant) || !/\.\d/.test(value)) throw new ValueError(timeFault(value, '2006-01-02T15:04:05.000000Z07:00'));
  return rfc3339Micro(instant);
}

const LAYOUT: readonly (readonly [string, RegExp, string])[] = [
  ['2006', /^\d{4}/, ''],
  ['-', /^-/, ''],
  ['01', /^(0[1-9]|1[0-2])/, 'month'],
  ['-', /^-/, ''],
  ['02', /^(0[1-9]|[12]\d|3[01])/, 'day'],
  ['T', /^T/, ''],
  ['15', /^([01]\d|2[0-3])/, 'hour'],
  [':', /^:/, ''],
  ['04', /^[0-5]\d/, 'minute'],
  [':', /^:/, ''],
  ['05', /^[0-5]\d/, 'second'],
  ['.000000', /^\.\d{6}/, ''],
  ['Z07:00', /^(Z|[+-]\d{2}:\d{2})/, ''],
];

/** What Go's time.Parse says of a text that does not fit a layout. */
function timeFault(text: string, layout: string): string {
  let rest = text;
  for (const [element, pattern, range] of LAYOUT) {
    if (!layout.includes(element)) continue;
    if (element === 'Z07:00' && !layout.includes('.')) rest = rest.replace(/^\.\d+/, '');
    const match = pattern.exec(rest);
    if (match) rest = rest.slice(match[0].length);
    else if (range && /^\d{2}/.test(rest)) return `parsing time ${JSON.stringify(text)}: ${range} out of range`;
    else return `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${element}"`;
  }
  return rest
    ? `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`
    : `parsing time ${JSON.stringify(text)}: day out of range`;
}
