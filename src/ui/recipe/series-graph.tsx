import type { StepState } from '../../stores/series.ts';
import './series.css';

/** Of a box, and of the room between two; in pixels. */
const box = { width: 124, height: 52, across: 12, down: 26 };

export type StepShown = {
  /** Null for the last. */
  readonly name: string | null;
  readonly method: string;
  readonly models: readonly unknown[];
  /** Names of steps whose results it takes. */
  readonly uses: readonly string[];
};

type SeriesGraphProps = {
  readonly steps: readonly StepShown[];
  /** What the last result is called. */
  readonly name: string;
  readonly states?: readonly StepState[];
  /** Whose recipe is in place. */
  readonly at?: number;
  readonly onShow?: (at: number) => void;
};

/** Recipes from those that need no other, at the top, to the last; lines go from a result to where it is taken. */
export function SeriesGraph({ steps, name, states = [], at, onShow }: SeriesGraphProps) {
  const places = placesOf(steps);
  const width = Math.max(...places.map(({ x }) => x)) + box.width + box.across;
  const height = Math.max(...places.map(({ y }) => y)) + box.height;
  const lines = steps.flatMap(({ uses }, k) =>
    uses.map((used) => lineOf(places[steps.findIndex(({ name }) => name === used)], places[k])),
  );
  return (
    <div className="series-graph">
      <ol style={{ width, height }}>
        <svg aria-hidden="true" width={width} height={height}>
          {lines.map((line) => (
            <path key={line} d={line} />
          ))}
        </svg>
        {steps.map((step, k) => (
          <li key={step.name ?? ''} style={{ left: places[k].x, top: places[k].y }}>
            <StepBox
              step={step}
              name={step.name ?? name}
              state={states[k] ?? null}
              isShown={at === k}
              onShow={onShow && (() => onShow(k))}
            />
          </li>
        ))}
      </ol>
    </div>
  );
}

type StepBoxProps = {
  readonly step: StepShown;
  readonly name: string;
  readonly state: StepState | null;
  readonly isShown: boolean;
  readonly onShow: (() => void) | undefined;
};

const words: Readonly<Record<StepState, string>> = {
  ...{ waiting: '', 'under way': 'under way', failed: 'failed', cancelled: 'cancelled' },
  ...{ made: 'made', found: 'there already' },
};

function StepBox({ step, name, state, isShown, onShow }: StepBoxProps) {
  const from = step.uses.length > 0 && (
    <span className="visually-hidden"> from {step.uses.join(', ')}</span>
  );
  const text = (
    <>
      <strong>{name}</strong>
      <span>
        {step.method} of {step.models.length}
        {from}
      </span>
      {state && words[state] && <em>{words[state]}</em>}
    </>
  );
  const isStopped = state === 'failed' || state === 'cancelled';
  const className = `series-box ${isStopped ? 'is-stopped' : ''}`;
  if (!onShow) return <div className={className}>{text}</div>;
  return (
    <button
      type="button"
      className={className}
      aria-current={isShown ? 'step' : undefined}
      onClick={onShow}
    >
      {text}
    </button>
  );
}

type Corner = { readonly x: number; readonly y: number };

/** From the foot of a box to the head of another; past rows between, it goes beside the lower one's column. */
function lineOf(from: Corner, to: Corner): string {
  const [x, y] = [from.x + box.width / 2, from.y + box.height];
  const toX = to.x + box.width / 2;
  const bend = box.down / 2;
  if (to.y - y === box.down)
    return `M${x} ${y} C${x} ${y + bend} ${toX} ${y + bend} ${toX} ${to.y}`;
  const side = to.x + box.width + box.across / 2;
  const [enter, leave] = [y + box.down, to.y - box.down];
  return (
    `M${x} ${y} C${x} ${y + bend} ${side} ${y + bend} ${side} ${enter} L${side} ${leave} ` +
    `C${side} ${to.y - bend} ${toX} ${to.y - bend} ${toX} ${to.y}`
  );
}

/** A row for each depth: below everything that a step takes. */
function placesOf(steps: readonly StepShown[]): readonly Corner[] {
  const depths: number[] = [];
  const taken: number[] = [];
  return steps.map(({ uses }, k) => {
    const above = uses.map((used) => depths[steps.findIndex(({ name }) => name === used)]);
    const depth = Math.max(-1, ...above) + 1;
    depths[k] = depth;
    const column = taken[depth] ?? 0;
    taken[depth] = column + 1;
    return { x: column * (box.width + box.across), y: depth * (box.height + box.down) };
  });
}
