import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react';
import { useRef, useState } from 'react';
import type { Fate } from '../../../methods/worked-vote.ts';
import './bars.css';

type BarRowProps = {
  readonly name: string;
  readonly note: string;
  /** What can be dragged; null for the result. */
  readonly raw: readonly number[] | null;
  /** What is drawn solid. */
  readonly values: readonly number[];
  readonly fates: readonly Fate[] | null;
  /** Where the scale ends, up and down, and how a value is written. */
  readonly reach: number;
  readonly write: (value: number) => string;
  /** Element pointed at in any row. */
  readonly focus: number | null;
  readonly onFocus: (element: number) => void;
  readonly onChange?: (element: number, value: number) => void;
};

/** One model's changes as bars from a zero line; blue up, orange down. */
export function BarRow(props: BarRowProps) {
  const { name, note, raw, values, fates, focus, onFocus, reach, write } = props;
  const [active, setActive] = useState(0);
  const row = useRef<HTMLDivElement>(null);
  const move = (to: number) => {
    const next = Math.min(values.length - 1, Math.max(0, to));
    setActive(next);
    (row.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className={`bar-row ${raw ? '' : 'is-result'}`}>
      <span className="bar-name">
        <strong title={name}>
          <bdi>{name}</bdi>
        </strong>
        <span className="bar-note">{note}</span>
      </span>
      <div className="bars" ref={row}>
        {values.map((value, i) => (
          <Bar
            // biome-ignore lint/suspicious/noArrayIndexKey: an element is its number
            key={i}
            label={`${name}, element ${i + 1}`}
            reach={reach}
            write={write}
            value={value}
            raw={raw?.[i] ?? null}
            fate={fates?.[i] ?? 'counts'}
            isFocus={focus === i}
            isReachable={active === i}
            onFocus={() => onFocus(i)}
            onMove={(by) => move(i + by)}
            onChange={(next) => props.onChange?.(i, next)}
          />
        ))}
      </div>
    </div>
  );
}

type BarProps = {
  readonly label: string;
  readonly reach: number;
  readonly write: (value: number) => string;
  readonly value: number;
  readonly raw: number | null;
  readonly fate: Fate;
  readonly isFocus: boolean;
  readonly isReachable: boolean;
  readonly onFocus: () => void;
  readonly onMove: (by: number) => void;
  readonly onChange: (value: number) => void;
};

function Bar(props: BarProps) {
  const { label, value, raw, fate, isFocus, reach, write } = props;
  const body = (
    <>
      {raw !== null && Math.abs(raw - value) > 1e-6 * reach && (
        <span className="bar is-raw" style={extent(raw / reach)} />
      )}
      {/* Of no height where there is nothing, so that it shrinks and grows from step to step. */}
      <span
        className={`bar ${value < 0 ? 'is-negative' : 'is-positive'} is-${fate}`}
        style={extent(value / reach)}
      />
    </>
  );
  const look = `bar-cell ${isFocus ? 'is-focus' : ''}`;
  if (raw === null) {
    return (
      <span
        className={look}
        role="img"
        aria-label={`${label}: ${write(value)}`}
        onPointerEnter={props.onFocus}
      >
        {body}
        <span className="bar-number number">{write(value)}</span>
      </span>
    );
  }
  return (
    <span
      className={`${look} is-live`}
      role="slider"
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={-reach}
      aria-valuemax={reach}
      aria-valuenow={raw}
      aria-valuetext={fate === 'counts' ? write(raw) : `${write(raw)}, ${fate}`}
      tabIndex={props.isReachable ? 0 : -1}
      onFocus={props.onFocus}
      onPointerEnter={props.onFocus}
      onPointerDown={(event) => drag(event, props)}
      onPointerMove={(event) => event.buttons === 1 && drag(event, props)}
      onKeyDown={(event) => press(event, raw, props)}
    >
      {body}
    </span>
  );
}

function drag(event: PointerEvent<HTMLElement>, { onChange, reach }: BarProps): void {
  event.currentTarget.setPointerCapture(event.pointerId);
  const { top, height } = event.currentTarget.getBoundingClientRect();
  onChange(snap(1 - (2 * (event.clientY - top)) / height) * reach);
}

/** By how much of the scale a key changes a bar; with Shift a fifth of it. */
const nudges: Readonly<Record<string, number>> = {
  ArrowUp: 0.05,
  ArrowDown: -0.05,
  PageUp: 0.25,
  PageDown: -0.25,
};
const ends: Readonly<Record<string, number>> = { Home: -1, End: 1, Delete: 0, Backspace: 0 };
const moves: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

function press(event: KeyboardEvent, raw: number, { onChange, onMove, reach }: BarProps): void {
  const { key, shiftKey } = event;
  if (key in nudges) onChange(snap(raw / reach + nudges[key] * (shiftKey ? 0.2 : 1)) * reach);
  else if (key in ends) onChange(ends[key] * reach);
  else if (key in moves) onMove(moves[key]);
  else return;
  event.preventDefault();
}

/** A share of the scale to a hundredth. */
const snap = (share: number): number => Number(Math.min(1, Math.max(-1, share)).toFixed(2));

/** Where a bar lies in its cell, in per cent of the height; what is longer than the cell is cut. */
function extent(share: number): CSSProperties {
  const size = Math.min(1, Math.abs(share)) * 50;
  return share < 0 ? { top: '50%', height: `${size}%` } : { bottom: '50%', height: `${size}%` };
}
