import { Minus, Plus, Scan } from 'lucide-react';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { patchSide } from '../../stores/conflicts.ts';
import { session, useConflicts, useSight, useView } from '../../stores/use-session.ts';
import type { Pooling } from '../../stores/view.ts';
import { bandsOf, cancelled } from '../../views/bands.ts';
import type { Close, Patch } from '../../views/close.ts';
import { holding, isWhole, type Sight, wholeSight, zoomed } from '../../views/sight.ts';
import type { Tiling } from '../../views/tiles.ts';
import { IconButton } from '../kit/button.tsx';
import { percent } from './metrics.ts';
import { elementLayer, paintSight, paintStrip, paletteOf, stripTop, tileLayer } from './paint.ts';
import { type Place, usePictureMoves } from './picture-moves.ts';
import { pullsOf } from './pulls.ts';
import './tile-picture.css';

/** Pixels of the pictures, twice those of the page: no tile of 512 is lost. */
const breadth = 720;
const stripDepth = 72;

type TilePictureProps = { readonly close: Close; readonly pooling: Pooling };

/** A tensor as tiles to come near to and to move in, with what cancels along its rows and its columns beside it. */
export function TilePicture({ close, pooling }: TilePictureProps) {
  const { tiling } = close;
  const state = useSight((state) => state);
  const sight = state.sight ?? wholeSight(tiling);
  const { detail } = state;
  const see = (next: Sight) => state.see(isWhole(next, tiling) ? null : next);
  const [place, setPlace] = useState<Place>(
    () => session.conflicts.getState().focus.square ?? { row: 0, column: 0 },
  );
  const unit = detail ? { height: 1, width: 1 } : tiling;
  const at = snapped(place, unit);
  const zoom = (times: number, to: Place = at) => see(zoomed(sight, times, to, tiling));
  const choose = (next: Place) => {
    setPlace(next);
    if (state.sight) see(holding(sight, next, tiling));
  };
  const picture = useRef<HTMLCanvasElement>(null);
  const moves = usePictureMoves(picture, {
    ...{ sight, tiling, unit, place: at, see, zoom },
    whole: () => state.see(null),
    point: setPlace,
    choose,
    open: (to) =>
      session.conflicts.getState().focusOn({ square: squareAt(to, tiling), element: null }),
  });
  const heightOf = Math.max(1 / 8, Math.min(1.2, tiling.down / tiling.across));
  const shape = { width: breadth, height: Math.round(breadth * heightOf) };
  const { rows, columns } = usePainting({ close, pooling, sight, detail, picture });
  const square = useConflicts(({ focus }) => focus.square);
  return (
    <figure>
      <div className="tile-frame" data-near={state.sight ? '' : undefined}>
        <div className="tile-picture">
          <canvas
            {...shape}
            {...moves}
            ref={picture}
            tabIndex={0}
            role="img"
            aria-label={`Cancellation in ${close.tensor}, ${tiling.down} × ${tiling.across} tiles. Arrow keys move, plus and minus zoom, 0 shows all, Enter opens the elements.`}
          />
          <span aria-hidden className="tile-mark" style={boxOf(at, unit, sight)} />
          {square && (
            <span
              aria-hidden
              className="tile-mark is-square"
              style={boxOf(square, { height: patchSide, width: patchSide }, sight)}
            />
          )}
        </div>
        <canvas
          ref={rows}
          aria-hidden
          className="tile-strip"
          width={stripDepth}
          height={shape.height}
        />
        <canvas
          ref={columns}
          aria-hidden
          className="tile-strip"
          width={breadth}
          height={stripDepth}
        />
      </div>
      <div className="tile-tools">
        <IconButton label="Come nearer" hint="+" onPress={() => zoom(2)}>
          <Plus aria-hidden />
        </IconButton>
        <IconButton label="Go back" hint="−" isDisabled={!state.sight} onPress={() => zoom(0.5)}>
          <Minus aria-hidden />
        </IconButton>
        <IconButton
          label="Show all"
          hint="0"
          isDisabled={!state.sight}
          onPress={() => state.see(null)}
        >
          <Scan aria-hidden />
        </IconButton>
        <span className="small faint number">{extentOf(sight, tiling, detail)}</span>
        <span aria-hidden className="tile-scale small faint number">
          0 % <span className="conflict-ramp" /> 100 %
        </span>
      </div>
      <figcaption className="param-help number" role="status">
        {told(close, detail, at)}
      </figcaption>
    </figure>
  );
}

type Painted = TilePictureProps & {
  readonly sight: Sight;
  readonly detail: Patch | null;
  readonly picture: React.RefObject<HTMLCanvasElement | null>;
};

/** Paints the picture and its strips; again when the theme changes. */
function usePainting({ close, pooling, sight, detail, picture }: Painted) {
  const rows = useRef<HTMLCanvasElement>(null);
  const columns = useRef<HTMLCanvasElement>(null);
  const theme = useView((state) => state.theme);
  const [system, setSystem] = useState(0);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const again = () => setSystem((count) => count + 1);
    query.addEventListener('change', again);
    return () => query.removeEventListener('change', again);
  }, []);
  const known = useRef<{
    readonly of: readonly unknown[];
    readonly layers: ReturnType<typeof layersOf>;
  } | null>(null);
  useEffect(() => {
    if (!picture.current || !rows.current || !columns.current) return;
    const of = [close, pooling, detail, theme, system];
    if (!known.current || of.some((part, i) => part !== known.current!.of[i])) {
      known.current = { of, layers: layersOf(picture.current, close, pooling, detail) };
    }
    const { palette, layers, bands, top } = known.current.layers;
    const { height, width } = close.tiling;
    paintSight(picture.current, sight, layers, palette);
    const down = { from: sight.row, length: sight.rows, each: height, top };
    const across = { from: sight.column, length: sight.columns, each: width, top };
    paintStrip(rows.current, bands.rows, 'rows', down, palette);
    paintStrip(columns.current, bands.columns, 'columns', across, palette);
  });
  return { rows, columns };
}

function layersOf(canvas: HTMLCanvasElement, close: Close, pooling: Pooling, detail: Patch | null) {
  const palette = paletteOf(canvas);
  const { tiling, tiles } = close;
  const bands = {
    rows: bandsOf(tiling, tiles, 'rows'),
    columns: bandsOf(tiling, tiles, 'columns'),
  };
  const layers = [
    tileLayer(close, pooling, palette),
    ...(detail ? [elementLayer(detail, palette)] : []),
  ];
  return { palette, bands, layers, top: stripTop(close) };
}

/** Where elements lie in the picture, as shares of it. */
function boxOf(
  { row, column }: Place,
  { height, width }: { readonly height: number; readonly width: number },
  sight: Sight,
) {
  return {
    '--top': (row - sight.row) / sight.rows,
    '--left': (column - sight.column) / sight.columns,
    '--tall': height / sight.rows,
    '--wide': width / sight.columns,
  } as CSSProperties;
}

/** The first element of the tile that an element lies in. */
function snapped(
  { row, column }: Place,
  { height, width }: { height: number; width: number },
): Place {
  return { row: row - (row % height), column: column - (column % width) };
}

/** The square of elements that one lies in, as squares are laid over a tensor. */
export function squareAt(
  { row, column }: Place,
  { rows, columns }: Pick<Tiling, 'rows' | 'columns'>,
): Place {
  const clip = (first: number, all: number) =>
    Math.max(0, Math.min(all - patchSide, first - (first % patchSide)));
  return { row: clip(row, rows), column: clip(column, columns) };
}

function extentOf(sight: Sight, tiling: Tiling, detail: Patch | null): string {
  const { height, width } = tiling;
  const size =
    height * width === 1 || detail ? 'Each element' : `Tiles of ${height} × ${width} elements`;
  if (isWhole(sight, tiling)) return size;
  const span = (from: number, length: number) =>
    `${Math.floor(from)}–${Math.ceil(from + length) - 1}`;
  return `${size}; rows ${span(sight.row, sight.rows)}, columns ${span(sight.column, sight.columns)}`;
}

function told({ tiling, tiles }: Close, detail: Patch | null, { row, column }: Place): string {
  const place = `Row ${row}, column ${column}`;
  if (detail && isIn(detail, row, column)) {
    const i = (row - detail.row) * detail.across + column - detail.column;
    const { wants, cancels } = pullsOf(detail, i);
    const taking = wants.filter((want) => want !== 0).length;
    return `${place}: ${percent(cancels)} cancels; ${taking} of ${wants.length} models change it.`;
  }
  const at = Math.floor(row / tiling.height) * tiling.across + Math.floor(column / tiling.width);
  const { shared, conflicts } = tiles;
  if (shared[at] === 0) return `${place}: no two models change the same element here.`;
  return `${place}: ${percent(cancelled(tiles, at))} cancels, ${conflicts[at]} of ${shared[at]} shared in conflict.`;
}

function isIn(detail: Patch, row: number, column: number): boolean {
  const [down, across] = [row - detail.row, column - detail.column];
  return down >= 0 && down < detail.down && across >= 0 && across < detail.across;
}
