/** A whole number or a text: ports by number or name, counts or shares (`intstr.IntOrString`). */
export type IntOrString = number | string;

/** The share of a text such as `25%` in per cent, or undefined if it is none. */
export function percentOf(value: IntOrString | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d+%$/.test(value)) return undefined;
  return Number(value.slice(0, -1));
}

/**
 * A count, or a share of `total` in per cent rounded up or down (intstr.GetScaledValueFromIntOrPercent).
 * Undefined for a text that is no share.
 */
export function scaledCount(value: IntOrString, total: number, roundUp: boolean): number | undefined {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) return undefined;
  const exact = percent * total;
  return roundUp ? Math.ceil(exact / 100) : Math.floor(exact / 100);
}

/** A flag's or annotation's text as an IntOrString: a number if it is one (intstr.Parse). */
export function parseIntOrString(text: string): IntOrString {
  return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 0x7fffffff ? Number(text) : text;
}
