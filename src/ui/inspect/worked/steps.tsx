import { Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Step } from '../../../methods/method.ts';
import type { Worked } from '../../../methods/worked.ts';
import { IconButton } from '../../kit/button.tsx';
import { Arc } from './arc.tsx';
import { shortOf } from './short.ts';
import type { Told } from './words.ts';
import './steps.css';

/** Milliseconds that a step is shown while they play. */
const pace = 1400;

type StepsProps = {
  readonly steps: readonly Step[];
  readonly now: number;
  readonly told: Told;
  /** Where the scale ends. */
  readonly reach: number;
  readonly focus: number | null;
  readonly onStep: (step: number) => void;
  readonly onFocus: (element: number) => void;
};

/** All steps side by side, small; one of them is shown large below. They can be scrubbed and played. */
export function Steps({ steps, now, onStep, ...shown }: StepsProps) {
  const [isPlaying, setPlaying] = useState(false);
  const last = steps.length - 1;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => {
      if (now < last) onStep(now + 1);
      else setPlaying(false);
    }, pace);
    return () => clearTimeout(timer);
  }, [isPlaying, now, last, onStep]);
  const go = (step: number) => {
    setPlaying(false);
    onStep(step);
  };
  const play = () => {
    if (!isPlaying && now === last) onStep(0);
    setPlaying(!isPlaying);
  };
  return (
    <div className="steps">
      <div className="step-panels">
        {steps.map((step, i) => (
          <div key={step.shows} className="step">
            <button
              type="button"
              className="step-panel"
              aria-current={i === now ? 'step' : undefined}
              onClick={() => go(i)}
            >
              <span className="step-name">
                <span className="number">{i + 1}</span> {step.name}
              </span>
              <Panel step={step} {...shown} />
            </button>
            <p className="step-formula number">{shortOf(step, shown.told, shown.focus)}</p>
          </div>
        ))}
      </div>
      <div className="step-bar">
        <IconButton label={isPlaying ? 'Pause' : 'Play the steps'} onPress={play}>
          {isPlaying ? <Pause aria-hidden /> : <Play aria-hidden />}
        </IconButton>
        <input
          type="range"
          aria-label="Step"
          aria-valuetext={`${now + 1} of ${steps.length}: ${steps[now].name}`}
          min={0}
          max={last}
          step={1}
          value={now}
          onChange={(event) => go(event.target.valueAsNumber)}
        />
      </div>
    </div>
  );
}

type PanelProps = Omit<StepsProps, 'steps' | 'now' | 'onStep'> & { readonly step: Step };

const high = 20;

/** The values of one step as bars: a line a model, or one for all. */
function Panel({ step, told: { changes, worked }, reach, focus, onFocus }: PanelProps) {
  if (step.shows === 'arc') return worked.arc && <Arc arc={worked.arc} small />;
  const rows = rowsOf(step, changes, worked);
  const count = changes[0].length;
  return (
    <svg
      viewBox={`0 0 ${count * 6} ${changes.length * high}`}
      preserveAspectRatio="none"
      aria-hidden
      onPointerMove={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        onFocus(Math.min(count - 1, Math.floor((count * (event.clientX - left)) / width)));
      }}
    >
      {focus !== null && (
        <rect className="step-focus" x={focus * 6} y={0} width={6} height={changes.length * high} />
      )}
      {rows.map((row, r) => {
        const tall = (changes.length * high) / rows.length;
        const middle = (r + 0.5) * tall;
        return row.map(({ value, fate }, i) => {
          const size = Math.min(1, Math.abs(value) / reach) * (tall / 2 - 1);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a position is its number
              key={`${r} ${i}`}
              className={`${value < 0 ? 'is-negative' : 'is-positive'} is-${fate}`}
              x={i * 6 + 1}
              width={4}
              y={value < 0 ? middle : middle - size}
              height={size}
            />
          );
        });
      })}
    </svg>
  );
}

/** What a step shows of each model, and what became of it. */
export function rowsOf({ shows }: Step, changes: readonly (readonly number[])[], worked: Worked) {
  const { fates, left, drawn, contributions, votes, unscaled, result } = worked;
  const plainly = (rows: readonly (readonly number[])[]) =>
    rows.map((row) => row.map((value) => ({ value, fate: 'counts' as const })));
  const fated = (rows: readonly (readonly number[])[]) =>
    rows.map((row, k) => row.map((value, i) => ({ value, fate: fates[k][i] })));
  switch (shows) {
    case 'changes':
    case 'arc':
      return plainly(changes);
    case 'drawn':
      return plainly(drawn ?? left);
    case 'left':
      return plainly(left);
    case 'vote':
      return fated(votes ?? contributions);
    case 'merged':
      return plainly([unscaled]);
    case 'result':
      return plainly([result]);
    default:
      return shows satisfies never;
  }
}
