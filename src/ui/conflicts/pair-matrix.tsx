import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react';
import { chanceLevel } from '../../views/rates.ts';
import { EndOf } from '../kit/end-of.tsx';
import { heat, shortCosine } from '../kit/heat.ts';
import { Segmented } from '../kit/segmented.tsx';
import { percent } from './metrics.ts';
import './pair-matrix.css';

type PairMatrixProps = {
  readonly models: readonly string[];
  /** Model × model: share of the elements both change where their signs differ; cosine of what is left of them. */
  readonly opposite: readonly (number | null)[];
  readonly cosines: readonly (number | null)[];
};

const measures = [
  { value: 'signs', label: 'Signs that differ' },
  { value: 'cosine', label: 'Cosine' },
] as const;
type Measure = (typeof measures)[number]['value'];

/** Models beyond which a cell has no room for its number: it is told beside the table. */
const mostNumbers = 8;

/** A cell for every two models, coloured; of many models the columns are numbered. */
export function PairMatrix({ models, opposite, cosines }: PairMatrixProps) {
  const [measure, setMeasure] = useState<Measure>('signs');
  const count = models.length;
  const of = measure === 'signs' ? opposite : cosines;
  const [chosen, setChosen] = useState<readonly [number, number] | null>(null);
  const table = useRef<HTMLTableElement>(null);
  if (count < 2) return null;
  const [a, b] = chosen && Math.max(...chosen) < count ? chosen : worstOf(of, count, measure);
  const word = (value: number | null) =>
    measure === 'signs' ? percent(value) : shortCosine(value);
  const go = (row: number, column: number) => {
    setChosen([row, column]);
    table.current?.querySelector<HTMLElement>(`[data-pair="${row} ${column}"]`)?.focus();
  };
  const move = (event: KeyboardEvent, row: number, column: number) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ];
    if (!step) return;
    event.preventDefault();
    let [r, c] = [row + step[0], column + step[1]];
    if (r === c) [r, c] = [r + step[0], c + step[1]];
    if (Math.min(r, c) >= 0 && Math.max(r, c) < count) go(r, c);
  };
  const isDense = count > mostNumbers;
  return (
    <div className={`pair-matrix ${isDense ? 'is-dense' : ''}`}>
      <Segmented
        label="Every two models"
        options={measures}
        value={measure}
        onChange={setMeasure}
      />
      <div className="pair-frame">
        <table ref={table} className="number">
          <caption className="visually-hidden">
            {measures.find(({ value }) => value === measure)?.label}, every two models
          </caption>
          <thead>
            <tr>
              <td />
              {models.map((name, k) => (
                <th key={name} scope="col" title={name}>
                  <span aria-hidden>{k + 1}</span>
                  <span className="visually-hidden">{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map((name, row) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  <span className="pair-name">
                    <span aria-hidden className="faint">
                      {row + 1}
                    </span>
                    <EndOf name={name} />
                  </span>
                </th>
                {models.map((other, column) => (
                  <td key={other}>
                    {row !== column && (
                      <button
                        type="button"
                        data-pair={`${row} ${column}`}
                        tabIndex={row === a && column === b ? 0 : -1}
                        aria-pressed={row === a && column === b}
                        aria-label={`${name} and ${other}: ${word(of[row * count + column])}`}
                        style={tint(measure, of[row * count + column])}
                        onClick={() => go(row, column)}
                        onPointerEnter={() => setChosen([row, column])}
                        onKeyDown={(event) => move(event, row, column)}
                      >
                        {!isDense && word(of[row * count + column])}
                      </button>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="param-help number" role="status">
        {a + 1} {models[a]} and {b + 1} {models[b]}:{' '}
        {measure === 'signs'
          ? `${percent(opposite[a * count + b])} of what both change has other signs; by chance ${percent(chanceLevel(2))}.`
          : `cosine ${shortCosine(cosines[a * count + b])}.`}
      </p>
    </div>
  );
}

/** The two that pull apart the most. */
function worstOf(of: readonly (number | null)[], count: number, measure: Measure) {
  const against = (value: number | null) =>
    value === null ? Number.NEGATIVE_INFINITY : measure === 'signs' ? value : -value;
  let worst: readonly [number, number] = [0, 1];
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      if (against(of[a * count + b]) > against(of[worst[0] * count + worst[1]])) worst = [a, b];
    }
  }
  return worst;
}

function tint(measure: Measure, value: number | null): CSSProperties {
  if (measure === 'cosine') return heat(value);
  return {
    '--tone': 'var(--conflict)',
    '--share': `${Math.round((value ?? 0) * 40)}%`,
  } as CSSProperties;
}
