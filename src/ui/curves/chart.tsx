import type { CSSProperties, PointerEvent, ReactNode } from 'react';
import { dashes } from '../changes/histogram.tsx';
import { EndOf } from '../kit/end-of.tsx';
import { plain } from '../kit/format.ts';
import type { ChartKind, Series } from './charts.ts';
import { along, dotsOf, type Point, pathOf, type Range, ticksOf } from './curve.ts';
import '../changes/plot.css';

/** A line: its points from left to right. */
export type Curve = Pick<Series, 'name' | 'expert'> & {
  readonly points: readonly Point[];
  /** Draws each point by itself. */
  readonly isDots?: boolean;
};

type ChartProps = {
  readonly kind: Pick<ChartKind, 'title' | 'help' | 'range' | 'text'>;
  readonly curves: readonly Curve[];
  readonly across: Range;
  /** Where the present value is marked; null for nowhere. */
  readonly at: number | null;
  /** The handle, where this chart has it. */
  readonly children?: ReactNode;
  /** What a pointer does that is pressed or dragged to a value; `isOver` when it is let go. */
  readonly onDrag: (value: number, isOver: boolean) => void;
};

/** Some numbers along a sweep, one line each. */
export function Chart({ kind, curves, across, at, children, onDrag }: ChartProps) {
  const { title, help, range, text } = kind;
  const values = curves.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  const up: Range = range ?? [0, Math.max(...values, Number.MIN_VALUE)];
  const drag = (event: PointerEvent, isOver: boolean) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    onDrag(across[0] + share * (across[1] - across[0]), isOver);
  };
  return (
    <figure className="curve-figure">
      <h4>{title}</h4>
      {curves.length > 1 && <Legend curves={curves} />}
      <div className="delta-plot">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
          {ticksOf(up, 4).map((value) => {
            const y = 100 * (1 - along(up, value));
            return <line key={value} className="delta-rule" x1="0" x2="100" y1={y} y2={y} />;
          })}
          {curves.map((curve) => (
            <path
              key={curve.name}
              className={`delta-outline ${curve.isDots ? 'is-dots' : ''}`}
              style={toneOf(curve)}
              d={(curve.isDots ? dotsOf : pathOf)(curve.points, across, up)}
            />
          ))}
        </svg>
        {ticksOf(up, 4).map((value) => (
          <Tick key={value} at={along(up, value)} isUp>
            {text(value)}
          </Tick>
        ))}
        {ticksOf(across, 5).map((value) => (
          <Tick key={value} at={along(across, value)}>
            {plain(value)}
          </Tick>
        ))}
        <div
          className="delta-drag"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drag(event, false);
          }}
          onPointerMove={(event) => {
            if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event, false);
          }}
          onPointerUp={(event) => drag(event, true)}
        >
          {children ??
            (at !== null && (
              <span
                className="curve-mark"
                style={{ '--at': along(across, at) } as CSSProperties}
                aria-hidden
              />
            ))}
        </div>
      </div>
      <figcaption className="param-help">{help}</figcaption>
    </figure>
  );
}

function Tick(props: { readonly at: number; readonly isUp?: boolean; readonly children: string }) {
  const { at, isUp = false, children } = props;
  return (
    <span
      className={`delta-tick number ${isUp ? 'is-up' : ''}`}
      style={{ '--at': at } as CSSProperties}
    >
      {children}
    </span>
  );
}

/** Curves beyond which their names stand three in a row, cut. */
const many = 8;

function Legend({ curves }: { readonly curves: readonly Curve[] }) {
  return (
    <ul className={`curve-legend ${curves.length > many ? 'is-many' : ''}`}>
      {curves.map((curve) => (
        <li key={curve.name} title={curve.name}>
          <svg className="delta-line" viewBox="0 0 26 8" style={toneOf(curve)} aria-hidden>
            <path
              className={`delta-outline ${curve.isDots ? 'is-dots' : ''}`}
              d={curve.isDots ? 'M5 4h0M13 4h0M21 4h0' : 'M0 4H26'}
            />
          </svg>
          <EndOf name={curve.name} />
        </li>
      ))}
    </ul>
  );
}

function toneOf({ expert }: Pick<Series, 'expert'>): CSSProperties {
  const style =
    expert === null
      ? { '--tone': 'var(--ink)', '--dash': 'none' }
      : { '--tone': `var(--model-${expert % 4})`, '--dash': dashes[expert % 4] };
  return style as CSSProperties;
}
