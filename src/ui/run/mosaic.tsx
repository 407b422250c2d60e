import { type CSSProperties, memo } from 'react';
import type { MosaicCell, MosaicCounts, MosaicRow } from '../../engine/protocol.ts';
import { counted } from '../kit/format.ts';
import './mosaic.css';

type MosaicProps = {
  readonly rows: readonly MosaicRow[];
  /** Null before the first tensor. */
  readonly cells: MosaicCounts | null;
  /** The cell that is being worked on. */
  readonly now?: number | null;
};

/** Columns of the widest picture; a longer row goes on in the next line. */
const mostColumns = 40;

/** All tensors in a bounded number of cells, a row a layer; they fill as the merge goes through the model. */
export function Mosaic({ rows, cells, now = null }: MosaicProps) {
  const columns = Math.min(mostColumns, Math.max(1, ...rows.map((row) => row.cells.length)));
  const lines = rows.reduce((sum, row) => sum + Math.ceil(row.cells.length / columns), 0);
  const size = lines > 36 ? 'is-fine' : lines > 16 ? 'is-medium' : '';
  const firsts = rows.map((_, i) =>
    rows.slice(0, i).reduce((sum, row) => sum + row.cells.length, 0),
  );
  const tensors = rows.reduce((sum, { count }) => sum + count, 0);
  const sum = (of: keyof MosaicCounts) => cells?.[of].reduce((total, one) => total + one, 0) ?? 0;
  const [changed, unchanged, copied] = [sum('changed'), sum('unchanged'), sum('copied')];
  const [written, noted] = [sum('written'), sum('noted')];
  return (
    <figure className="mosaic-figure">
      <div
        className={`mosaic ${size}`}
        role="img"
        aria-label={`${changed + unchanged + copied + written} of ${tensors} tensors written, ${noted} with remarks`}
        style={{ '--columns': columns } as CSSProperties}
      >
        {rows.map((row, i) => (
          <Row key={row.name} row={row} first={firsts[i]} cells={cells} now={now} />
        ))}
      </div>
      <figcaption className="mosaic-legend number">
        <Key look="is-changed" count={changed} word="changed" />
        <Key look="is-changed" count={written} word="written" />
        <Key look="is-unchanged" count={unchanged} word="unchanged" />
        <Key look="is-copied" count={copied} word="copied" />
        <Key look="is-changed is-loud" count={noted} word="with remarks" />
      </figcaption>
    </figure>
  );
}

/** What a colour means, once there is some of it. */
function Key({ look, count, word }: Readonly<Record<'look' | 'word', string>> & { count: number }) {
  if (count === 0) return null;
  return (
    <span>
      <span aria-hidden className={`mosaic-cell ${look}`} /> {count.toLocaleString('en')} {word}
    </span>
  );
}

type RowProps = {
  readonly row: MosaicRow;
  /** The number of its first cell. */
  readonly first: number;
  readonly cells: MosaicCounts | null;
  readonly now: number | null;
};

function Row({ row, first, cells, now }: RowProps) {
  const of = (kind: keyof MosaicCounts, i: number) => cells?.[kind][first + i] ?? 0;
  return (
    <>
      <span className="mosaic-name number">{row.name}</span>
      <div className="mosaic-row">
        {row.cells.map((cell, i) => (
          <Cell
            key={cell.from}
            cell={cell}
            row={row}
            changed={of('changed', i)}
            unchanged={of('unchanged', i)}
            copied={of('copied', i)}
            written={of('written', i)}
            noted={of('noted', i)}
            isNow={now === first + i}
          />
        ))}
      </div>
    </>
  );
}

type CellProps = {
  readonly cell: MosaicCell;
  readonly row: MosaicRow;
  readonly changed: number;
  readonly unchanged: number;
  readonly copied: number;
  readonly written: number;
  readonly noted: number;
  readonly isNow: boolean;
};

/** Drawn anew only when its own counts change: the numbers come ten times a second. */
const Cell = memo(function Cell(props: CellProps) {
  const { cell, changed, unchanged, copied, written, noted, isNow } = props;
  const done = changed + unchanged + copied + written;
  const made = changed + written;
  const look = [
    'mosaic-cell',
    done > 0 ? (made > 0 ? 'is-changed' : unchanged > 0 ? 'is-unchanged' : 'is-copied') : '',
    done > 0 && done < cell.count ? 'is-part' : '',
    isNow && done < cell.count ? 'is-now' : '',
    noted > 0 ? 'is-loud' : '',
  ];
  return (
    <span
      title={titleOf(props, done)}
      className={look.filter(Boolean).join(' ')}
      style={
        done > 0 && done < cell.count
          ? ({ '--share': `${(100 * done) / cell.count}%` } as CSSProperties)
          : undefined
      }
    />
  );
});

/** "model.norm.weight: changed", "Layer 3, tensors 33–64 of 390: 32 of 32 merged, 30 changed". */
function titleOf(props: CellProps, done: number) {
  const { cell, row, changed, copied, noted } = props;
  const remarks = noted > 0 ? [`${noted} with remarks`] : [];
  if (cell.count === 1) {
    const fates = (['changed', 'unchanged', 'copied', 'written'] as const).filter(
      (fate) => props[fate] > 0,
    );
    const words = noted > 0 && done > 0 ? [...fates, 'with remarks'] : fates;
    return words.length > 0 ? `${cell.tensor}: ${words.join(', ')}` : cell.tensor;
  }
  const numbers = `${(cell.from + 1).toLocaleString('en')}–${(cell.from + cell.count).toLocaleString('en')}`;
  const parts = [
    `${done} of ${cell.count} merged`,
    ...(done > 0 ? [`${changed} changed`] : []),
    ...(copied > 0 ? [`${copied} copied`] : []),
    ...remarks,
  ];
  return `${placeOf(row.name)}, ${numbers} of ${counted(row.count, 'tensor')}: ${parts.join(', ')}`;
}

function placeOf(row: string): string {
  if (row === 'in') return 'Before the layers';
  if (row === 'out') return 'Outside the layers';
  return row.includes('–') ? `Layers ${row}` : `Layer ${row}`;
}
