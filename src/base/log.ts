/**
 * The natural logarithm of a positive number by basic arithmetic only, so that every engine gives
 * the same bits (Math.log may differ between them). Good to about 1e-15.
 */
export function naturalLog(x: number): number {
  let exponent = 0;
  let mantissa = x;
  while (mantissa > 1.5) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < 0.75) {
    mantissa *= 2;
    exponent--;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let term = ratio;
  let sum = 0;
  for (let n = 1; n < 40; n += 2) {
    sum += term / n;
    term *= square;
  }
  return 2 * sum + exponent * 0.6931471805599453;
}
