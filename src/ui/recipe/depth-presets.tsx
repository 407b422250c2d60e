import type { NumberParam } from '../../methods/params.ts';
import { plain } from '../kit/format.ts';

type DepthPresetsProps = {
  readonly anchors: readonly number[];
  readonly param: NumberParam;
  readonly name: string;
  readonly onChange: (anchors: readonly number[]) => void;
};

type Shape = (low: number, high: number) => readonly number[];

/** Curves over depth that people ask for by name. */
const shapes: Readonly<Record<string, Shape>> = {
  'rise to the last layer': (low, high) => [low, high],
  'fall to the last layer': (low, high) => [high, low],
  'middle layers': (low, high) => [low, high, low],
  'both ends': (low, high) => [high, low, high],
};

/** Between 0, or the least that the parameter allows, and the highest that the curve has now. */
export function DepthPresets({ anchors, param, name, onChange }: DepthPresetsProps) {
  const low = Math.min(param.max, Math.max(param.min, 0));
  const most = Math.max(...anchors);
  const high = most > low ? most : param.default;
  const current = Object.keys(shapes).find(
    (key) => shapes[key](low, high).join() === anchors.join(),
  );
  return (
    <select
      className="select-field"
      aria-label={`${name}, curve`}
      value={current ?? ''}
      onChange={({ target: { value } }) => value !== '' && onChange(shapes[value](low, high))}
    >
      <option value="">Curve…</option>
      {Object.keys(shapes).map((key) => (
        <option key={key} value={key}>
          {key}, {shapes[key](low, high).map(plain).join(' → ')}
        </option>
      ))}
    </select>
  );
}
