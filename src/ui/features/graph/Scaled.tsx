import type { ReactNode } from 'react';

/** Draws its content larger than life, to fill a node that was laid out larger. */
export function Scaled({ by, children }: { readonly by: unknown; readonly children: ReactNode }) {
  if (typeof by !== 'number' || by === 1) return children;
  return (
    <div className="scaled" style={{ transform: `scale(${by})`, width: `${100 / by}%`, height: `${100 / by}%` }}>
      {children}
    </div>
  );
}
