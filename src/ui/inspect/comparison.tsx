import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { CosineGrid, Survey } from '../../views/survey.ts';
import { CosineMatrix } from '../kit/cosine-matrix.tsx';
import { counted, plain, signed } from '../kit/format.ts';
import { heat, shortCosine } from '../kit/heat.ts';
import { WindowTable } from '../kit/window-table.tsx';
import { Surveyed } from './surveyed.tsx';
import { usePart } from './use-part.ts';
import './comparison.css';

/** Which adapters point the same way: all against all, and two of them module by module. */
export function Comparison() {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="match" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <ChevronRight aria-hidden className="match-mark" />
        <strong>Compare the adapters</strong>
        <span className="faint">the cosine of their updates, of all and module by module</span>
      </summary>
      {isOpen && <Surveyed>{(survey) => <Matrix survey={survey} />}</Surveyed>}
    </details>
  );
}

function Matrix({ survey: { adapters, cosines, shared } }: { readonly survey: Survey }) {
  const [chosen, setChosen] = useState<readonly [number, number]>([0, 1]);
  const [i, j] = chosen.every((k) => k < adapters.length) ? chosen : [0, 1];
  if (adapters.length < 2) return <p className="survey-state">There is only one to look at.</p>;
  return (
    <div className="comparison">
      <p className="param-help">
        1 is the same direction, 0 has nothing to do with each other, −1 is the opposite. What an
        adapter leaves alone is 0 there.
      </p>
      <CosineMatrix
        caption="Cosines of every two adapters"
        all={adapters.map(({ model, name }) => ({ key: model, name }))}
        cosineOf={(row, column) => cosines[row][column]}
        textOf={(row, column) =>
          shared[row][column] === 0 ? 'apart' : shortCosine(cosines[row][column])
        }
        toldOf={(row, column) => told(cosines[row][column], shared[row][column])}
        diagonal={() => 'same'}
        chosen={[i, j]}
        onChoose={setChosen}
      />
      <h4>
        {adapters[i].name} and {adapters[j].name}
      </h4>
      {shared[i][j] === 0 ? (
        <p className="param-help">
          They change no weight in common: merged, neither gets in the way of the other.
        </p>
      ) : (
        <Two one={adapters[i]} other={adapters[j]} count={shared[i][j]} />
      )}
    </div>
  );
}

type Named = { readonly model: string; readonly name: string };
type TwoProps = { readonly one: Named; readonly other: Named; readonly count: number };

function Two({ one, other, count }: TwoProps) {
  const models = [one.model, other.model] as const;
  const grid = usePart({ kind: 'grid', models });
  const [window, setWindow] = useState({ from: 0, to: 40 });
  const part = usePart({ kind: 'pair', models, ...window });
  return (
    <>
      <p className="param-help">
        {counted(count, 'weight')} in common, by depth and kind; a cell of several is the cosine of
        them together.
      </p>
      {grid && <Grid grid={grid} caption={`Cosines of ${one.name} and ${other.name} by depth`} />}
      <WindowTable
        className="match-scroll"
        label={`Weights that ${one.name} and ${other.name} change`}
        columns={['Weight', 'Cosine', `‖ΔW‖ of ${one.name}`, `‖ΔW‖ of ${other.name}`]}
        count={part?.count ?? 0}
        rows={part?.rows ?? []}
        from={part?.from ?? 0}
        rowHeight={24}
        mostHeight={240}
        keyOf={({ tensor }) => tensor}
        onWindow={(from, to) => setWindow({ from, to: Math.max(to, from + 40) })}
      >
        {({ tensor, cosine, norms }) => (
          <>
            <th scope="row" className="match-name" title={tensor}>
              <bdi>{tensor}</bdi>
            </th>
            <td className="number">{cosine === null ? 'no direction' : signed(cosine, 4)}</td>
            <td className="number">{plain(Number(norms[0].toPrecision(3)))}</td>
            <td className="number">{plain(Number(norms[1].toPrecision(3)))}</td>
          </>
        )}
      </WindowTable>
    </>
  );
}

function Grid({ grid, caption }: { readonly grid: CosineGrid; readonly caption: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="comparison-scroll" tabIndex={0} aria-label={caption}>
      <table className="cosine-grid">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            {grid.columns.map((kind) => (
              <th scope="col" key={kind} title={kind}>
                {brief(kind, grid.columns)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.map((depth, row) => (
            <tr key={depth}>
              <th scope="row">{depth}</th>
              {grid.columns.map((kind, column) => (
                <td
                  key={kind}
                  className="heat number"
                  style={heat(grid.cells[row][column])}
                  title={`${depth}, ${kind}`}
                >
                  {shortCosine(grid.cells[row][column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** "q_proj"; "attn1.to_q" where another column ends alike. */
function brief(role: string, all: readonly string[]): string {
  const end = (name: string, words: number) =>
    name
      .split('.')
      .filter((word) => word !== '*')
      .slice(-words)
      .join('.');
  const isAlone = all.filter((other) => end(other, 1) === end(role, 1)).length === 1;
  return end(role, isAlone ? 1 : 2) || role;
}

function told(cosine: number | null, shared: number): string {
  if (shared === 0) return 'no weight in common';
  return cosine === null ? 'no direction' : `cosine ${signed(cosine)}, ${shared} weights in common`;
}
