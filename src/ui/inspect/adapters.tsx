import { ChevronRight } from 'lucide-react';
import type { AdapterMatch, MatchRow } from '../../plan/types.ts';
import { counted, plain } from '../kit/format.ts';
import './adapters.css';

/** How each adapter meets the base: in a line, and module by module. */
export function Adapters({ adapters }: { readonly adapters: readonly AdapterMatch[] }) {
  if (adapters.length === 0) return null;
  return (
    <section className="adapters" aria-label="Adapters">
      {adapters.map((adapter) => (
        <Match key={adapter.model} adapter={adapter} />
      ))}
    </section>
  );
}

function Match({ adapter }: { readonly adapter: AdapterMatch }) {
  const { name, dialect, base, matched, unmatched, rows } = adapter;
  const all = matched + unmatched;
  return (
    <details className="match">
      <summary>
        <ChevronRight aria-hidden className="match-mark" />
        <strong>{name}</strong>
        <span>
          {unmatched === 0 ? `all ${counted(all, 'update')}` : `${matched} of ${all} updates`} meet
          the base
        </span>
        <span className="faint">
          {dialect}
          {base !== null && `, trained on ${base}`}
        </span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="match-scroll" tabIndex={0} aria-label={`Match table of ${name}`}>
        <table>
          <thead>
            <tr>
              {['Module', 'Tensor of the base', 'Kind', 'Rank', 'Alpha', 'Scale', 'Stored'].map(
                (column) => (
                  <th scope="col" key={column}>
                    {column}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={`${row.module} ${row.tensor}`} row={row} />
            ))}
          </tbody>
        </table>
      </section>
      {all > rows.length && (
        <p className="small faint">
          The first {rows.length} of {all}. The Tensors tab lists every tensor of the output.
        </p>
      )}
    </details>
  );
}

function Row({ row }: { readonly row: MatchRow }) {
  const { module, tensor, type, rank, alpha, scale, dtype, why } = row;
  return (
    <tr className={tensor === null ? 'is-unmatched' : undefined}>
      <th scope="row">{module}</th>
      <td>{tensor ?? `none: ${why}`}</td>
      <td>{type || '–'}</td>
      <td className="number">{rank ?? '–'}</td>
      <td className="number">{alpha === null ? '–' : plain(alpha)}</td>
      <td className="number">{scale === null ? '–' : `× ${plain(scale)}`}</td>
      <td>{dtype}</td>
    </tr>
  );
}
