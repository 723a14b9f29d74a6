/** A count or a share of `total` in per cent, rounded up or down (intstr.GetScaledValueFromIntOrPercent). */
export function scaledValue(value: number | string | undefined, total: number, roundUp: boolean, fallback: number | string = 0): number {
  const given = value ?? fallback;
  if (typeof given === 'number') return given;
  const percent = Number(given.endsWith('%') ? given.slice(0, -1) : NaN);
  if (!Number.isInteger(percent)) return 0;
  const exact = percent * total;
  return roundUp ? Math.ceil(exact / 100) : Math.floor(exact / 100);
}
