import { type CSSProperties, type PointerEvent, useRef } from 'react';
import { plain } from '../kit/format.ts';

type BlockStripProps = {
  readonly slots: readonly string[];
  readonly values: readonly number[];
  /** Slots in which something is merged; null while nobody knows. */
  readonly present: readonly string[] | null;
  readonly name: string;
  readonly chosen: number;
  readonly onChoose: (slot: number) => void;
  readonly onChange: (values: readonly number[]) => void;
};

const STEP = 0.05;
const onStep = (value: number) => Number((Math.round(value / STEP) * STEP).toFixed(2));

/**
 * A bar for each slot. A pointer paints over them; for the keyboard each is a native slider, of which the chosen one
 * is in the order of tabs: left and right go to its neighbours, up and down change it.
 */
export function BlockStrip(props: BlockStripProps) {
  const { slots, values, present, name, chosen, onChoose, onChange } = props;
  const strip = useRef<HTMLDivElement>(null);
  const painted = useRef<{ slot: number; values: readonly number[] } | null>(null);
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
  const at = (value: number) => (value - low) / (high - low);

  const paint = (event: PointerEvent) => {
    const box = strip.current!.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * slots.length);
    const slot = Math.max(0, Math.min(slots.length - 1, x));
    const share = Math.max(0, Math.min(1, (box.bottom - event.clientY) / box.height));
    const value = onStep(low + share * (high - low));
    // A quick pointer leaps over bars.
    const from = painted.current?.slot ?? slot;
    const [first, last] = [Math.min(from, slot), Math.max(from, slot)];
    const before = painted.current?.values ?? values;
    const next = before.map((old, k) => (k >= first && k <= last ? value : old));
    painted.current = { slot, values: next };
    onChoose(slot);
    onChange(next);
  };
  const goTo = (slot: number) => {
    if (slot < 0 || slot >= slots.length) return;
    onChoose(slot);
    strip.current!.querySelectorAll('input')[slot].focus();
  };
  const style = { '--slots': slots.length, '--zero': at(0) } as CSSProperties;
  return (
    <div className="block-strip" style={style}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a grid everywhere */}
      <div
        className="block-bars"
        role="group"
        aria-label={`${name}, block weights`}
        ref={strip}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          paint(event);
        }}
        onPointerMove={(event) => painted.current && paint(event)}
        onPointerUp={() => {
          painted.current = null;
          goTo(chosen);
        }}
        onPointerCancel={() => {
          painted.current = null;
        }}
      >
        {slots.map((slot, k) => {
          const value = values[k];
          const isEmpty = present !== null && !present.includes(slot);
          return (
            <span
              key={slot}
              className={`block-slot ${isEmpty ? 'is-empty' : ''} ${value < 0 ? 'is-negative' : ''}`}
              style={
                {
                  '--from': at(Math.min(0, value)),
                  '--to': at(Math.max(0, value)),
                } as CSSProperties
              }
              title={`${slot} × ${plain(value)}`}
            >
              <input
                type="range"
                aria-label={`${name}, ${slot}`}
                aria-valuetext={`${plain(value)}${isEmpty ? ', nothing is merged here' : ''}`}
                aria-orientation="vertical"
                tabIndex={k === chosen ? 0 : -1}
                min={low}
                max={high}
                step={STEP}
                value={value}
                onFocus={() => onChoose(k)}
                onChange={(event) => onChange(values.with(k, onStep(event.target.valueAsNumber)))}
                onKeyDown={(event) => {
                  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
                  if (step === undefined) return;
                  event.preventDefault();
                  goTo(k + step);
                }}
              />
            </span>
          );
        })}
      </div>
      <div className="block-groups" aria-hidden>
        {groupsOf(slots).map(({ label, from, to }) => (
          <span key={from} style={{ gridColumn: `${from + 1} / ${to + 1}` }}>
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Neighbours of one kind: "IN", "OUT"; of one slot alone its first letter, if there is room. */
function groupsOf(slots: readonly string[]) {
  const groups: { label: string; from: number; to: number }[] = [];
  for (const [k, slot] of slots.entries()) {
    const kind = slot.replace(/\d\d$/, '');
    const last = groups.at(-1);
    if (last?.label === kind) last.to = k + 1;
    else groups.push({ label: kind, from: k, to: k + 1 });
  }
  const short = slots.length > 40 ? '' : null;
  return groups.map((group) =>
    group.to - group.from > 1 ? group : { ...group, label: short ?? group.label[0] },
  );
}
