import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { saveFile } from '../../commands/save-file.ts';
import { nowhere, patchSide } from '../../stores/conflicts.ts';
import { session, useConflicts, useView } from '../../stores/use-session.ts';
import type { Close } from '../../views/close.ts';
import { Segmented } from '../kit/segmented.tsx';
import { percent } from './metrics.ts';
import { type Pooling, paint } from './paint.ts';
import { ToFetch } from './to-fetch.tsx';
import './close-up.css';

const poolings: readonly { readonly value: Pooling; readonly label: string }[] = [
  { value: 'mean', label: 'Mean' },
  { value: 'most', label: 'Worst element' },
];

/** The tensor in focus as tiles, and who is overruled in it. */
export function CloseUp() {
  const { focus, close, toFetch } = useConflicts((state) => state);
  const [pooling, setPooling] = useState<Pooling>('mean');
  if (focus.tensor === null) {
    return <p className="param-help">Choose a cell to look into its tensor.</p>;
  }
  const { focusOn } = session.conflicts.getState();
  return (
    <section aria-label={`Tensor ${focus.tensor}`}>
      <nav className="conflict-crumbs" aria-label="Where you are">
        <button type="button" className="link" onClick={() => focusOn(nowhere)}>
          Model
        </button>
        <span aria-hidden>›</span>
        <button
          type="button"
          className="link number"
          onClick={() => focusOn({ square: null, element: null })}
        >
          {focus.tensor}
        </button>
        {focus.square && (
          <>
            <span aria-hidden>›</span>
            <span className="number">
              rows {focus.square.row}–{focus.square.row + patchSide - 1}, columns{' '}
              {focus.square.column}–{focus.square.column + patchSide - 1}
            </span>
          </>
        )}
      </nav>
      {toFetch.close > 0 && <ToFetch bytes={toFetch.close} what="All of this tensor" of="close" />}
      {close === null && toFetch.close === 0 && <p className="loading">Reading the tensor…</p>}
      {close && (
        <div className="close-up">
          <div>
            <Segmented
              label="Tiles show"
              options={poolings}
              value={pooling}
              onChange={setPooling}
            />
            <Picture close={close} pooling={pooling} />
          </div>
          <Facts close={close} />
        </div>
      )}
    </section>
  );
}

function Picture({ close, pooling }: { readonly close: Close; readonly pooling: Pooling }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { down, across, height, width, rows, columns } = close.tiling;
  const [tile, setTile] = useState({ row: 0, column: 0 });
  const theme = useView((state) => state.theme);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a theme's colours are painted in
  useEffect(() => {
    const again = () => canvas.current && paint(canvas.current, close, pooling);
    again();
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', again);
    return () => system.removeEventListener('change', again);
  }, [close, pooling, theme]);
  const open = ({ row, column }: { row: number; column: number }) => {
    const clip = (first: number, all: number) =>
      Math.max(0, Math.min(all - patchSide, first - (first % patchSide)));
    const square = { row: clip(row * height, rows), column: clip(column * width, columns) };
    session.conflicts.getState().focusOn({ square, element: null });
  };
  const tileAt = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      row: Math.min(down - 1, Math.floor(((event.clientY - box.top) / box.height) * down)),
      column: Math.min(across - 1, Math.floor(((event.clientX - box.left) / box.width) * across)),
    };
  };
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open(tile);
      return;
    }
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 16 : 1;
    setTile({
      row: Math.max(0, Math.min(down - 1, tile.row + far * step[0])),
      column: Math.max(0, Math.min(across - 1, tile.column + far * step[1])),
    });
  };
  const at = tile.row * across + tile.column;
  const { mass, opposed, shared, conflicts } = close.tiles;
  const share = mass[at] > 0 ? opposed[at] / mass[at] : null;
  return (
    <figure>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`Cancellation in ${close.tensor}, ${down} × ${across} tiles. Arrow keys move, Enter opens the elements.`}
        style={{ aspectRatio: `${across} / ${Math.max(down, across / 12)}` } as CSSProperties}
        onPointerMove={(event) => setTile(tileAt(event))}
        onPointerDown={(event) => open(tileAt(event))}
        onKeyDown={move}
      />
      <figcaption className="param-help number" role="status">
        {height * width > 1 && `Tiles of ${height} × ${width} elements. `}
        Row {tile.row * height}, column {tile.column * width}: {percent(share)} cancels,{' '}
        {conflicts[at]} of {shared[at]} shared in conflict.{' '}
        <button
          type="button"
          className="link"
          onClick={() =>
            canvas.current?.toBlob((png) => png && saveFile(`${close.tensor}.png`, png))
          }
        >
          PNG
        </button>
      </figcaption>
    </figure>
  );
}

function Facts({ close }: { readonly close: Close }) {
  const { stats, models, shape, opposite, cosines } = close;
  return (
    <div>
      <p className="number small">
        {shape.join(' × ')}: {percent(stats.conflictRate)} of the shared elements conflict,{' '}
        {percent(stats.cancellation)} of the mass cancels. Every element was read.
      </p>
      <h4>Overruled mass</h4>
      {models.map((name, k) => (
        <div key={name} className="overruled-row">
          <span className="overruled-name" title={name}>
            <bdi>{name}</bdi>
          </span>
          <span
            aria-hidden
            className="conflict-bar"
            style={{ '--share': stats.models[k].overruled ?? 0 } as CSSProperties}
          />
          <span className="number">{percent(stats.models[k].overruled)}</span>
        </div>
      ))}
      <Pairs title="Signs that differ" models={models} values={opposite} word={percent} />
      <Pairs
        title="Cosine"
        models={models}
        values={cosines}
        word={(value) => (value === null ? '–' : value.toFixed(2))}
      />
    </div>
  );
}

type PairsProps = {
  readonly title: string;
  readonly models: readonly string[];
  readonly values: readonly (number | null)[];
  readonly word: (value: number | null) => string;
};

/** A number for each two models. */
export function Pairs({ title, models, values, word }: PairsProps) {
  if (models.length < 2) return null;
  return (
    <>
      <h4>{title}</h4>
      <div className="pairs">
        <table className="pair-table number">
          <thead>
            <tr>
              <td />
              {models.map((name) => (
                <th key={name} scope="col" title={name}>
                  <bdi>{name}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map((name, a) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  <bdi>{name}</bdi>
                </th>
                {models.map((other, b) => (
                  <td key={other}>{a === b ? '' : word(values[a * models.length + b])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
