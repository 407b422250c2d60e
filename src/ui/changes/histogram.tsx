import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { session } from '../../stores/use-session.ts';
import { densityAt, type Kept, type Magnitudes } from '../../views/magnitudes.ts';
import { percent } from '../conflicts/metrics.ts';
import { counted, plain } from '../kit/format.ts';
import { acrossOf, axesOf, type Draw, decades, drawn, magnitudeAt, outline, upOf } from './axes.ts';
import './plot.css';

/** How an outline is drawn, so that it is told apart without its colour, too. */
export const dashes = ['none', '7 3', '2 3', '9 3 2 3'];

export type Handle = {
  /** The expert that it belongs to, in recipe order and by its id. */
  readonly expert: number;
  readonly model: string;
  readonly density: number;
  readonly kept: Kept;
  /** What a threshold counts over: the whole model, or what is shown. */
  readonly over: Magnitudes;
};

type HistogramProps = {
  readonly names: readonly string[];
  readonly of: readonly Magnitudes[];
  readonly chosen: number;
  readonly handle: Handle | null;
  /** Where the chosen one is thinned by chance: shown beside what it was. */
  readonly draw?: Draw | null;
};

/** |Δ| against how many elements have it, both in powers: an outline for each expert, and the trim of one. */
export function Histogram({ names, of, chosen, handle, draw = null }: HistogramProps) {
  const axes = axesOf(of, draw?.scale);
  const across = decades(axes.from, axes.to, 6);
  const up = decades(1, axes.most, 5);
  const hidden = axes.below.reduce((sum, count) => sum + count, 0);
  return (
    <figure className="delta-figure">
      <div className="delta-plot">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
          {up.map((power) => {
            const y = 100 * (1 - upOf(axes, 10 ** power));
            return <line key={power} className="delta-rule" x1="0" x2="100" y1={y} y2={y} />;
          })}
          {axes.bars.map((bars, k) => {
            const style = {
              '--tone': `var(--model-${k % 4})`,
              '--dash': dashes[k % 4],
            } as CSSProperties;
            return (
              <g key={names[k]} style={style} className={k === chosen ? 'is-chosen' : ''}>
                <path className="delta-outline" d={outline(axes, bars)} />
              </g>
            );
          })}
          {draw && (
            <path className="delta-drawn" d={outline(axes, drawn(axes.bars[chosen], draw))} />
          )}
        </svg>
        {up.map((power) => (
          <span
            key={power}
            className="delta-tick is-up"
            style={{ '--at': upOf(axes, 10 ** power) } as CSSProperties}
          >
            <Power of={power} />
          </span>
        ))}
        {across.map((power) => (
          <span
            key={power}
            className="delta-tick"
            style={{ '--at': acrossOf(axes, 10 ** power) } as CSSProperties}
          >
            <Power of={power} />
          </span>
        ))}
        {handle && <Threshold handle={handle} axes={axes} name={names[handle.expert]} />}
      </div>
      <figcaption className="param-help">
        Left to right |Δ|, upwards the number of elements; each line to the next is ten times as
        many. Zeros are in the table.
        {draw &&
          ` The bold outline is what draws leave of ${names[chosen]}: ${percent(draw.keep)} of its changes, each times ${sized(draw.scale)}.`}
        {hidden >= 1 &&
          ` ${counted(Math.round(hidden), 'change')} too small for the picture ${hidden < 1.5 ? 'lies' : 'lie'} to its left.`}
      </figcaption>
    </figure>
  );
}

function Power({ of }: { readonly of: number }) {
  return (
    <>
      10<sup>{of < 0 ? `−${-of}` : of}</sup>
    </>
  );
}

type ThresholdProps = {
  readonly handle: Handle;
  readonly axes: ReturnType<typeof axesOf>;
  readonly name: string;
};

/** One handle with two read-outs: further right a higher threshold, which is a lower density. */
function Threshold({ handle, axes, name }: ThresholdProps) {
  const box = useRef<HTMLDivElement>(null);
  const { model, density, kept, over } = handle;
  const set = (value: number) => {
    const clipped = Number(Math.min(1, Math.max(0.001, value)).toFixed(3));
    if (clipped !== density) session.recipe.getState().setExpertValue(model, 'density', clipped);
  };
  const drag = (event: PointerEvent) => {
    const { left, width } = box.current!.getBoundingClientRect();
    const at = Math.min(1, Math.max(0, (event.clientX - left) / width));
    set(at === 0 ? 1 : densityAt(over, magnitudeAt(axes, at)));
  };
  const move = (event: KeyboardEvent) => {
    const far = event.shiftKey ? 0.1 : 0.01;
    const to = {
      ArrowRight: density - far,
      ArrowUp: density - far,
      ArrowLeft: density + far,
      ArrowDown: density + far,
      PageUp: density - 0.1,
      PageDown: density + 0.1,
      Home: 1,
      End: 0.01,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  };
  const at = kept.threshold === 0 ? 0 : acrossOf(axes, kept.threshold);
  return (
    <div
      ref={box}
      className="delta-drag"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event);
      }}
    >
      <span
        className="delta-handle"
        role="slider"
        tabIndex={0}
        aria-label={`Trim of ${name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Number((100 * (1 - density)).toFixed(1))}
        aria-valuetext={`density ${plain(density)}, threshold ${sized(kept.threshold)}, keeps ${percent(kept.l1)} of L1 and ${percent(kept.l2)} of L2`}
        style={{ '--at': at } as CSSProperties}
        onKeyDown={move}
      >
        <span className={`delta-read-out number ${at > 0.5 ? 'is-left' : ''}`} aria-hidden>
          |Δ| ≥ {sized(kept.threshold)}
          <br />
          density {plain(density)}
        </span>
      </span>
    </div>
  );
}

/** Three digits: 0.00123, 1.2e-7; "nothing" beyond all there is. */
export function sized(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '∞';
  return value === 0 ? '0' : String(Number(value.toPrecision(3)));
}
