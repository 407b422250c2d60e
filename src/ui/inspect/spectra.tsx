import { useState } from 'react';
import type { SpectrumRow, Survey } from '../../views/survey.ts';
import { counted, plain } from '../kit/format.ts';
import { WindowTable } from '../kit/window-table.tsx';
import { Surveyed } from './surveyed.tsx';
import { usePart } from './use-part.ts';

const columns = [
  'Weight',
  'Singular values',
  'Rank',
  'Effective',
  'For 99 %',
  'Largest σ',
  '‖ΔW‖',
  'Shape',
];

type SpectraProps = { readonly model: string; readonly name: string };

/** What each update of an adapter holds: its singular values, and what they come to. */
export function Spectra({ model, name }: SpectraProps) {
  return <Surveyed>{(survey) => <Found survey={survey} model={model} name={name} />}</Surveyed>;
}

function Found({ survey, model, name }: SpectraProps & { readonly survey: Survey }) {
  const own = survey.adapters.find((adapter) => adapter.model === model);
  const [window, setWindow] = useState({ from: 0, to: 40 });
  const part = usePart({ kind: 'spectra', model, ...window });
  if (!own) return <p className="survey-state">{name} meets no weight of the base.</p>;
  const { weights, known } = own;
  return (
    <>
      <p className="survey-line">
        ‖ΔW‖ is <strong>{short(own.norm)}</strong> over{' '}
        {known === weights ? `all ${counted(weights, 'weight')}` : `${known} of ${weights} weights`}
        , the largest singular value <strong>{short(own.largest)}</strong>. Alpha is in them, the
        weight of the merge is not.
      </p>
      <WindowTable
        className="match-scroll spectra"
        label={`Spectra of ${name}`}
        columns={columns}
        count={part?.count ?? 0}
        rows={part?.rows ?? []}
        from={part?.from ?? 0}
        rowHeight={24}
        mostHeight={320}
        keyOf={({ tensor }) => tensor}
        onWindow={(from, to) => setWindow({ from, to: Math.max(to, from + 40) })}
      >
        {(row) => <Cells row={row} />}
      </WindowTable>
    </>
  );
}

function Cells({ row }: { readonly row: SpectrumRow }) {
  const { tensor, rows, columns: across, rank, found, why } = row;
  return (
    <>
      <th scope="row" className="match-name" title={tensor}>
        <bdi>{tensor}</bdi>
      </th>
      {found ? (
        <>
          <td>
            <Spark values={found.values} />
          </td>
          <td className="number">{rank ?? '–'}</td>
          <td className="number">{found.effectiveRank.toFixed(1)}</td>
          <td className="number">{found.rank99}</td>
          <td className="number">{short(found.values[0] ?? 0)}</td>
          <td className="number">{short(found.norm)}</td>
        </>
      ) : (
        <td colSpan={6} className="match-why" title={why ?? undefined}>
          not known: {why}
        </td>
      )}
      <td className="number">
        {rows} × {across}
      </td>
    </>
  );
}

/** Pixels of a small picture of a spectrum. */
const [width, height] = [96, 18];

/** Bars in units of the largest. */
function Spark({ values }: { readonly values: readonly number[] }) {
  const largest = values[0] || 1;
  const step = width / Math.max(8, values.length);
  const tell = `from ${short(values[0] ?? 0)} to ${short(values.at(-1) ?? 0)}`;
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={tell}>
      {values.map((value, k) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place
          key={k}
          x={k * step}
          width={Math.max(0.8, step - 0.8)}
          y={height * (1 - value / largest)}
          height={(height * value) / largest}
        />
      ))}
    </svg>
  );
}

/** Three digits. */
const short = (value: number) => plain(Number(value.toPrecision(3)));
