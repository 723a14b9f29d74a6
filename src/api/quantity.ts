/*
 * resource.Quantity: amounts with decimal (`500m`, `2k`), binary (`64Mi`) or exponent (`1e3`)
 * suffixes. Values are exact to a billionth; more precise ones are rounded up, as Kubernetes does.
 * Texts repeat endlessly in a cluster, so parsed ones are kept.
 */

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** A quantity that was read. */
export interface Quantity {
  /** The value in billionths. */
  readonly nanos: bigint;
  readonly format: QuantityFormat;
  /** The text in which Kubernetes stores and answers it. */
  readonly canonical: string;
  /** The value, rounded up to a whole number: bytes, pods, cores. */
  readonly value: number;
  /** The value in thousandths, rounded up. */
  readonly millis: number;
}

/** A text that is no quantity. The message is Kubernetes'. */
export class QuantityError extends Error {
  override name = 'QuantityError';
}

const GRAMMAR = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const UNIT = 1_000_000_000n;
const MILLI = 1_000_000n;
const LARGEST_BINARY = (2n ** 63n - 1n) * UNIT;
/** Parsed texts kept at most; beyond it all are forgotten. */
const KEPT = 10_000;

const parsed = new Map<string, Quantity>();

/**
 * Reads a quantity. Numbers are taken as their decimal text, as in JSON.
 *
 * @throws QuantityError
 */
export function parseQuantity(quantity: string | number): Quantity {
  const text = typeof quantity === 'number' ? String(quantity) : quantity;
  let found = parsed.get(text);
  if (!found) {
    found = parse(text);
    if (parsed.size >= KEPT) parsed.clear();
    parsed.set(text, found);
  }
  return found;
}

/** The fault of a text as a quantity, or undefined if it is one. */
export function quantityFault(quantity: string | number): string | undefined {
  try {
    parseQuantity(quantity);
    return undefined;
  } catch (error) {
    if (error instanceof QuantityError) return error.message;
    throw error;
  }
}

function parse(text: string): Quantity {
  const match = text === '' ? null : GRAMMAR.exec(text);
  if (!match) throw new QuantityError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  const sign = match[1] === '-' ? -1n : 1n;
  const whole = (match[2] ?? '').replace(/^0+/, '');
  const fraction = match[3] ?? '';
  const suffix = readSuffix(match[4] ?? '');
  let { format } = suffix;
  let nanos = sign * scale(BigInt(whole + fraction || '0'), fraction.length, suffix);
  if (format === 'BinarySI') {
    if (nanos > LARGEST_BINARY) nanos = LARGEST_BINARY;
    if (nanos < -LARGEST_BINARY) nanos = -LARGEST_BINARY;
    if (nanos < UNIT && nanos > 0n) format = 'DecimalSI';
  }
  const canonical = keepsItsText(whole, fraction, suffix) ? text : formatQuantity(nanos, format);
  return { nanos, format, canonical, value: Number(divideUp(nanos, UNIT)), millis: Number(divideUp(nanos, MILLI)) };
}

interface Suffix {
  readonly format: QuantityFormat;
  /** Of 10, or of 2 for binary suffixes. */
  readonly exponent: number;
}

function readSuffix(text: string): Suffix {
  const decimal = DECIMAL.indexOf(text);
  if (decimal >= 0) return { format: 'DecimalSI', exponent: (decimal - 3) * 3 };
  const binary = BINARY.indexOf(text);
  if (binary >= 0) return { format: 'BinarySI', exponent: binary * 10 };
  const exponent = /^[eE]([-+]?\d+)$/.exec(text);
  if (!exponent || exponent[1]!.length > 5) throw new QuantityError("unable to parse quantity's suffix");
  return { format: 'DecimalExponent', exponent: Number(exponent[1]) };
}

/** `digits` with `places` behind the point, as billionths, rounded up. */
function scale(digits: bigint, places: number, { format, exponent }: Suffix): bigint {
  if (digits === 0n) return 0n;
  const amount = format === 'BinarySI' ? digits << BigInt(exponent) : digits;
  const power = 9 - places + (format === 'BinarySI' ? 0 : exponent);
  return power >= 0 ? amount * 10n ** BigInt(power) : divideUp(amount, 10n ** BigInt(-power));
}

/**
 * Whether Kubernetes takes a text for canonical as it was written. It looks at the last digits
 * only, so that `1.234` stays while `1.5` becomes `1500m`.
 */
function keepsItsText(whole: string, fraction: string, { format, exponent }: Suffix): boolean {
  if (format === 'BinarySI') {
    const precise = 14 - whole.length - Math.floor(exponent * 0.3) >= 0;
    return precise && exponent > 0 && fraction === '' && whole !== '' && (Number(whole) & 7) !== 0;
  }
  const digits = whole + fraction;
  const places = exponent - fraction.length;
  return whole !== '' && digits.length <= 18 && places >= -9 && places % 3 === 0 && !digits.endsWith('000');
}

/** Away from zero. */
function divideUp(amount: bigint, by: bigint): bigint {
  const quotient = amount / by;
  if (quotient * by === amount) return quotient;
  return amount < 0n ? quotient - 1n : quotient + 1n;
}

/** The canonical text of a value in billionths. */
export function formatQuantity(nanos: bigint, format: QuantityFormat): string {
  if (nanos === 0n) return '0';
  const magnitude = nanos < 0n ? -nanos : nanos;
  if (format === 'BinarySI' && magnitude >= 1024n * UNIT && magnitude % UNIT === 0n) {
    let mantissa = nanos / UNIT;
    let power = 0;
    while (power < BINARY.length - 1 && mantissa % 1024n === 0n) {
      mantissa /= 1024n;
      power++;
    }
    return `${mantissa}${BINARY[power]}`;
  }
  let mantissa = nanos;
  let power = 0;
  while ((power < DECIMAL.length - 1 || format === 'DecimalExponent') && mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    power++;
  }
  if (format === 'DecimalExponent') return power === 3 ? `${mantissa}` : `${mantissa}e${(power - 3) * 3}`;
  return `${mantissa}${DECIMAL[power]}`;
}

/** The text in which Kubernetes stores a quantity: `0.5` → `500m`, `1024Mi` → `1Gi`. */
export function canonicalQuantity(quantity: string | number): string {
  return parseQuantity(quantity).canonical;
}

/** The canonical text, rounded up to thousandths, as amounts in resource lists are. */
export function canonicalResource(quantity: string | number): string {
  const { nanos, format, canonical } = parseQuantity(quantity);
  return nanos % MILLI === 0n ? canonical : formatQuantity(divideUp(nanos, MILLI) * MILLI, format);
}

/** CPU in thousandths of a core, rounded up. */
export function cpuMillis(quantity: string | number): number {
  return parseQuantity(quantity).millis;
}

/** The value as a whole number, rounded up: bytes of memory, a count of pods. */
export function quantityValue(quantity: string | number): number {
  return parseQuantity(quantity).value;
}

/** The same as {@link quantityValue}, for where it is bytes that are meant. */
export function bytes(quantity: string | number): number {
  return parseQuantity(quantity).value;
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export function compareQuantities(a: string | number, b: string | number): number {
  if (a === b) return 0;
  const left = parseQuantity(a).nanos;
  const right = parseQuantity(b).nanos;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The canonical text of `a + b`, in the format of `a` unless that is zero. */
export function addQuantities(a: string | number, b: string | number): string {
  return sum(parseQuantity(a), parseQuantity(b), 1n);
}

/** The canonical text of `a - b`, in the format of `a` unless that is zero. */
export function subtractQuantities(a: string | number, b: string | number): string {
  return sum(parseQuantity(a), parseQuantity(b), -1n);
}

function sum(a: Quantity, b: Quantity, sign: bigint): string {
  return formatQuantity(a.nanos + sign * b.nanos, a.nanos === 0n ? b.format : a.format);
}

/** `2`, `100m`: a quantity of thousandths. */
export function milliQuantity(millis: number): string {
  return formatQuantity(BigInt(Math.ceil(millis)) * MILLI, 'DecimalSI');
}

/** `128Mi`, or with another format `134217728`: a quantity of whole units. */
export function wholeQuantity(value: number, format: QuantityFormat): string {
  return formatQuantity(BigInt(Math.ceil(value)) * UNIT, format);
}
