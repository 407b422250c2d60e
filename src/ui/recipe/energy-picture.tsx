import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { RankRule } from '../../recipe/recipe.ts';
import { session } from '../../stores/use-session.ts';
import type { EnergyCurve } from '../../views/energy.ts';

/** Units of the drawing, whatever its size on the page. */
const [width, height] = [240, 64];

type PictureProps = { readonly energy: EnergyCurve; readonly rule: RankRule | null };

/** The curves of all modules together and of the worst; where it is pressed or dragged, the rule goes. */
export function EnergyPicture({ energy: { total, lowest, chosen }, rule }: PictureProps) {
  const svg = useRef<SVGSVGElement>(null);
  const longest = total.length;
  const ranks = chosen?.ranks ?? null;
  const at = Math.min(longest, rankOf(rule) ?? ranks?.most ?? longest);
  const x = (k: number) => (k / longest) * width;
  const go = (rank: number) => {
    const k = Math.max(1, Math.min(longest, Math.round(rank)));
    session.recipe.getState().setOutput({ rank: moved(rule, k) });
  };
  const drag = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (box && event.buttons > 0) go(((event.clientX - box.left) / box.width) * longest);
  };
  return (
    <div
      className="energy-slider"
      role="slider"
      tabIndex={0}
      aria-label={rule && 'most' in rule ? 'Largest rank, on the curve' : 'Rank, on the curve'}
      aria-valuemin={1}
      aria-valuemax={longest}
      aria-valuenow={at}
      onKeyDown={(event) => {
        const next = stepped(event, at, longest);
        if (next === null) return;
        event.preventDefault();
        go(next);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={drag}
    >
      <svg ref={svg} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
        {ranks?.areKnown && ranks.least < ranks.most && (
          <rect
            className="energy-span"
            x={x(ranks.least)}
            width={x(Math.min(longest, ranks.most)) - x(ranks.least)}
            y={0}
            height={height}
          />
        )}
        <path className="energy-lowest" d={lineOf(lowest, x)} />
        <path className="energy-total" d={lineOf(total, x)} />
        <line className="energy-rank" x1={x(at)} x2={x(at)} y1={0} y2={height} />
      </svg>
    </div>
  );
}

/** The rank that a rule names; null of an exact adapter. */
function rankOf(rule: RankRule | null): number | null {
  if (rule === null) return null;
  return rule.kind === 'rank' ? rule.rank : rule.most;
}

/** The rule with another rank, or largest rank; what was exact is of one rank now. */
function moved(rule: RankRule | null, rank: number): RankRule {
  if (rule === null) return { kind: 'rank', rank, convolutions: null };
  return rule.kind === 'rank' ? { ...rule, rank } : { ...rule, most: rank };
}

function stepped({ key, shiftKey }: KeyboardEvent, at: number, longest: number): number | null {
  const step = shiftKey ? 10 : 1;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return at + step;
    case 'ArrowLeft':
    case 'ArrowDown':
      return at - step;
    case 'PageUp':
      return at + 10;
    case 'PageDown':
      return at - 10;
    case 'Home':
      return 1;
    case 'End':
      return longest;
    default:
      return null;
  }
}

function lineOf(shares: EnergyCurve['total'], x: (k: number) => number): string {
  const points = shares.map((share, i) => `${x(i + 1)} ${height * (1 - share)}`);
  return `M0 ${height}L${points.join('L')}`;
}
