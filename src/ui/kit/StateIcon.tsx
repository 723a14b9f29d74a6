import type { StateLook } from './states.ts';

const ROUND = { fill: 'none', strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

/** The drawing of a state in its tone. Always stands beside its word, so it is hidden from screen readers. */
export function StateIcon({ look, size = 14 }: { readonly look: StateLook; readonly size?: number }) {
  const colour = `var(--${look.tone})`;
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden className="state-icon">
      {look.fill && <path d={look.fill} fill={colour} />}
      {look.stroke && <path d={look.stroke} stroke={colour} strokeWidth={1.8} {...ROUND} />}
      {look.mark && <path d={look.mark} stroke="var(--surface)" strokeWidth={1.8} {...ROUND} />}
    </svg>
  );
}
