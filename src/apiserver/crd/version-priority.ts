type Rank = readonly [stability: number, major: number, minor: number];

function rankOf(name: string): Rank | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name);
  return match ? [match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0, Number(match[1]), Number(match[3] ?? 0)] : undefined;
}

/** v2, v1, v1beta2, v1beta1, v1alpha1, then others by name (apimachinery version.CompareKubeAwareVersionStrings). */
export function comparePriority(a: string, b: string): number {
  const left = rankOf(a);
  const right = rankOf(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return right[i]! - left[i]!;
  return 0;
}
