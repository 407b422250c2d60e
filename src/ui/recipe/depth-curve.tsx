import type { NumberParam } from '../../methods/params.ts';
import { onGradient } from '../../plan/resolve.ts';
import { outlookOf } from '../../stores/planning.ts';
import { usePlanning } from '../../stores/use-session.ts';
import { plain } from '../kit/format.ts';

type DepthCurveProps = {
  /** One anchor is one value for all layers. */
  readonly anchors: readonly number[];
  readonly param: NumberParam;
  readonly name: string;
  /** That the gradient runs over: a slice's; absent for all of the output's. */
  readonly layers: number | undefined;
  readonly onChange: (anchors: readonly number[]) => void;
};

const width = 280;
const height = 72;
const inset = 8;

/** The value of every layer as bars, first layer left; a number field for each anchor. */
export function DepthCurve({ anchors, param, name, layers: own, onChange }: DepthCurveProps) {
  const found = usePlanning(({ prospect }) => outlookOf(prospect)?.layers);
  const layers = Math.min(64, own ? own : Math.max(2, found || 12));
  const [low, high] = rangeOf(anchors, param);
  const y = (value: number) =>
    inset + (height - 2 * inset) * (1 - (value - low) / (high - low || 1));
  const step = (width - 2 * inset) / layers;
  const zero = y(Math.min(high, Math.max(low, 0)));
  const values = Array.from({ length: layers }, (_, layer) => onGradient(anchors, layer, layers));
  return (
    <div className="depth-curve">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={spoken(param, values)}>
        <line x1={inset} x2={width - inset} y1={zero} y2={zero} className="depth-axis" />
        {values.map((value, layer) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its number
            key={layer}
            x={inset + layer * step + 0.5}
            width={Math.max(1, step - 1)}
            y={Math.min(zero, y(value))}
            height={Math.max(1, Math.abs(y(value) - zero))}
            className={value < 0 ? 'depth-bar is-negative' : 'depth-bar'}
          />
        ))}
      </svg>
      <div className="depth-anchors">
        {anchors.map((anchor, i) => (
          <input
            // biome-ignore lint/suspicious/noArrayIndexKey: an anchor is its place
            key={i}
            type="number"
            className="text-field"
            aria-label={anchors.length === 1 ? `${name}, value` : `${name}, point ${i + 1}`}
            min={param.min}
            max={param.max}
            step={param.step}
            value={Number(plain(anchor))}
            onChange={(event) => {
              const next = event.target.valueAsNumber;
              if (Number.isFinite(next)) onChange(anchors.with(i, next));
            }}
          />
        ))}
      </div>
    </div>
  );
}

function rangeOf(anchors: readonly number[], { soft, min, max }: NumberParam): [number, number] {
  const [low, high] = soft ?? [min, max];
  return [Math.min(low, 0, ...anchors), Math.max(high, ...anchors)];
}

function spoken({ label }: NumberParam, values: readonly number[]): string {
  const [first, last] = [values[0], values.at(-1)!];
  return first === last && new Set(values).size === 1
    ? `${label} is ${plain(first)} in every layer`
    : `${label} runs from ${plain(first)} in the first layer to ${plain(last)} in the last`;
}
