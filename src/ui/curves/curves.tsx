import { Download } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { saveFile } from '../../commands/save-file.ts';
import { type Dial, steppedTo } from '../../recipe/dials.ts';
import type { Outcome } from '../../views/outcome.ts';
import { Button } from '../kit/button.tsx';
import { csv } from '../kit/csv.ts';
import { plain } from '../kit/format.ts';
import { Chart, type Curve } from './chart.tsx';
import { type ChartKind, chartsOf } from './charts.ts';
import { along, between, type Range } from './curve.ts';
import { Handle } from './handle.tsx';

type CurvesProps = {
  readonly dial: Dial;
  readonly names: readonly string[];
  /** From left to right; more come while they are looked at. */
  readonly known: readonly { readonly x: number; readonly outcome: Outcome }[];
  /** Whether those are of an earlier recipe. */
  readonly isOld: boolean;
  readonly across: Range;
  /** The recipe's own value; null where it has none for this dial. */
  readonly present: number | null;
  readonly onTurn: (value: number) => void;
};

/** Some charts over one number, its present value to be dragged in any of them. */
export function Curves({ dial, names, known, isOld, across, present, onTurn }: CurvesProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  const at = dragged ?? present;
  const charts = chartsOf(names).map((kind) => ({
    kind,
    curves: kind.series.map((series) => ({
      ...series,
      points: known.map(({ x, outcome }) => ({ x, y: series.numberOf(outcome) })),
    })),
  }));
  const drag = (value: number, isOver: boolean) => {
    const stepped = steppedTo(dial, value);
    setDragged(isOver ? null : stepped);
    if (isOver && stepped !== present) onTurn(stepped);
  };
  const move = (event: KeyboardEvent) => {
    const { step } = dial.param;
    const from = present ?? across[0];
    const far = 10 * step;
    const to = {
      ArrowRight: from + (event.shiftKey ? far : step),
      ArrowUp: from + (event.shiftKey ? far : step),
      ArrowLeft: from - (event.shiftKey ? far : step),
      ArrowDown: from - (event.shiftKey ? far : step),
      PageUp: from + far,
      PageDown: from - far,
      Home: across[0],
      End: across[1],
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onTurn(steppedTo(dial, to));
  };
  const isExact = known.some(({ x }) => x === at);
  const told = at === null || isOld ? [] : charts.flatMap((chart) => readOut(chart, at));
  return (
    <>
      <div className={`curves ${isOld ? 'is-old' : ''}`}>
        {charts.map(({ kind, curves }, i) => (
          <Chart key={kind.title} kind={kind} curves={curves} across={across} at={at} onDrag={drag}>
            {i === 0 ? (
              <Handle
                label={dial.label}
                range={across}
                value={at}
                at={at === null ? 0 : along(across, at)}
                told={told.join(', ')}
                onKeyDown={move}
              />
            ) : null}
          </Chart>
        ))}
      </div>
      {at !== null && told.length > 0 && (
        <p className="curve-told number">
          {isExact ? 'At' : 'Between the points, about at'} {dial.label} {plain(at)}:{' '}
          {told.join(', ')}.
        </p>
      )}
      <Table dial={dial} charts={charts} present={present} />
    </>
  );
}

type Drawn = { readonly kind: ChartKind; readonly curves: readonly Curve[] };

function readOut({ kind, curves }: Drawn, at: number): readonly string[] {
  return curves.flatMap(({ name, points }) => {
    const value = between(points, at);
    return value === null ? [] : [kind.told(kind.text(value), name)];
  });
}

type TableProps = {
  readonly dial: Dial;
  readonly charts: readonly Drawn[];
  readonly present: number | null;
};

/** The same numbers to be read, and to be taken along. */
function Table({ dial, charts, present }: TableProps) {
  const columns = charts.flatMap(({ kind, curves }) =>
    curves.map((curve) => ({
      head: curves.length > 1 ? `${kind.title}: ${curve.name}` : kind.title,
      text: kind.text,
      points: curve.points,
    })),
  );
  const xs = columns[0]?.points.map(({ x }) => x) ?? [];
  const save = () => {
    const lines = [
      [dial.label, ...columns.map(({ head }) => head)],
      ...xs.map((x, i) => [x, ...columns.map(({ points }) => points[i].y)]),
    ];
    saveFile('curves.csv', new Blob([csv(lines)], { type: 'text/csv' }));
  };
  return (
    <details>
      <summary>The pictures as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="delta-scroll is-tall" tabIndex={0} aria-label="Curves as a table">
        <table className="delta-table number">
          <thead>
            <tr>
              {[dial.label, ...columns.map(({ head }) => head)].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {xs.map((x, i) => (
              <tr key={x} className={x === present ? 'is-current' : ''}>
                <th scope="row">{plain(x)}</th>
                {columns.map(({ head, points, text }) => {
                  const { y } = points[i];
                  return <td key={head}>{y === null ? '–' : text(y)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Button look="quiet" onPress={save}>
        <Download aria-hidden /> CSV
      </Button>
    </details>
  );
}
