import type { CSSProperties } from 'react';
import { signed } from './format.ts';

/** How much of its sign's colour a cell gets; the number stands in it. */
export function heat(cosine: number | null): CSSProperties {
  const sign = (cosine ?? 0) < 0 ? '--negative' : '--positive';
  return {
    '--tone': `var(${sign})`,
    '--share': `${Math.round(Math.abs(cosine ?? 0) * 40)}%`,
  } as CSSProperties;
}

/** Two places; a dash where there is no direction. */
export const shortCosine = (cosine: number | null) => (cosine === null ? '–' : signed(cosine));
