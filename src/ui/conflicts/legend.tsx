import type { CSSProperties } from 'react';
import type { ConflictMap } from '../../views/conflict-map.ts';
import { chanceWords, type Metric, percent, worded } from './metrics.ts';
import { scaleOf } from './model-grid.tsx';

/** What the colours mean, and where chance alone would be. */
export function Legend({ map, metric }: { readonly map: ConflictMap; readonly metric: Metric }) {
  const top = scaleOf(map, metric);
  const { length } = map.models;
  const chance = metric.chance(length);
  const states = new Set(map.cells.map(({ state }) => state));
  return (
    <div className="conflict-legend number">
      {states.has('measured') && (
        <>
          <span className="conflict-scale">
            <span>{worded(metric, 0)}</span>
            <span className="conflict-ramp">
              {chance !== null && (
                <span
                  className="conflict-chance"
                  style={{ '--at': Math.min(1, chance / top) } as CSSProperties}
                />
              )}
            </span>
            <span>{worded(metric, top)}</span>
          </span>
          <span>
            {chance === null
              ? `Random signs would conflict in ${chanceWords(length)}.`
              : `The mark is chance: ${percent(chance)} for ${length} models${length > 2 ? `, ${percent(metric.chance(2))} where only two change an element` : ''}${chance > top ? '; it is beyond the scale' : ''}.`}
          </span>
        </>
      )}
      {states.has('alone') && (
        <span>
          <span aria-hidden className="conflict-key is-alone" /> only one model changes it
        </span>
      )}
      {states.has('untouched') && (
        <span>
          <span aria-hidden className="conflict-key is-untouched" /> nobody changes it
        </span>
      )}
    </div>
  );
}
