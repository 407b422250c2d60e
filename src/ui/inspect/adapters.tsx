import { ChevronRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { AdapterMatch, MatchRow } from '../../plan/types.ts';
import { session, usePlanning, useRecipe } from '../../stores/use-session.ts';
import { counted } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';
import { Comparison } from './comparison.tsx';
import { MatchTable } from './match-table.tsx';
import { Spectra } from './spectra.tsx';
import './adapters.css';

/** How each adapter meets the base: in a line, and module by module. */
export function Adapters({ adapters }: { readonly adapters: readonly AdapterMatch[] }) {
  if (adapters.length === 0) return null;
  return (
    <section className="adapters" aria-label="Adapters">
      {adapters.map((adapter) => (
        <Match key={adapter.model} adapter={adapter} />
      ))}
      {adapters.length > 1 && <Comparison />}
    </section>
  );
}

const views = [
  { value: 'matches', label: 'Matches' },
  { value: 'spectra', label: 'Spectra' },
] as const;

function Match({ adapter }: { readonly adapter: AdapterMatch }) {
  const { model, name, dialect, base, matched, unmatched } = adapter;
  const [isOpen, setOpen] = useState(false);
  const [shown, setShown] = useState<'matches' | 'spectra'>('matches');
  const hasBase = useRecipe((state) => state.recipe.base !== null);
  const rows = useMatches(model, isOpen);
  const all = matched + unmatched;
  return (
    <details className="match" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <ChevronRight aria-hidden className="match-mark" />
        <strong>{name}</strong>
        <span>
          {!hasBase
            ? counted(all, 'update')
            : unmatched === 0
              ? `${all === 1 ? 'its one update meets' : `all ${all} updates meet`} the base`
              : `${matched} of ${all} updates meet the base`}
        </span>
        <span className="faint">
          {dialect}
          {base !== null && `, trained on ${base}`}
        </span>
      </summary>
      {isOpen && (
        <div className="match-tabs">
          <Segmented
            label={`What is shown of ${name}`}
            options={views}
            value={shown}
            onChange={setShown}
          />
        </div>
      )}
      {isOpen && shown === 'matches' && <MatchTable name={name} rows={rows} />}
      {isOpen && shown === 'spectra' && <Spectra model={model} name={name} />}
    </details>
  );
}

/** Asked for when they are to be seen, and again when the plan changes; until then those before. */
function useMatches(model: string, isWanted: boolean): readonly MatchRow[] {
  const prospect = usePlanning((state) => state.prospect);
  const [rows, setRows] = useState<readonly MatchRow[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another prospect may have other matches
  useEffect(() => {
    if (!isWanted) return;
    let gone = false;
    const show = (found: readonly MatchRow[]) => !gone && setRows(found);
    session.planning
      .getState()
      .matchesOf(model)
      .then(show, () => {}); // the last ones stay
    return () => {
      gone = true;
    };
  }, [model, isWanted, prospect]);
  return rows;
}
