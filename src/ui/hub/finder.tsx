import { Search } from 'lucide-react';
import { useState } from 'react';
import { Autocomplete, Input, SearchField } from 'react-aria-components';
import { look, readAddress } from '../../commands/hub/look.ts';
import { search } from '../../commands/hub/search.ts';
import type { HubQuery } from '../../stores/hub.ts';
import { session, useHub, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Segmented } from '../kit/segmented.tsx';
import { Results } from './results.tsx';

const kinds: readonly { readonly value: HubQuery['kind']; readonly label: string }[] = [
  { value: 'any', label: 'All' },
  { value: 'full', label: 'Full models' },
  { value: 'adapter', label: 'Adapters' },
];

/** The search field, what narrows it, and what it found. Arrow keys in the field go through the list. */
export function Finder() {
  const query = useHub((state) => state.query);
  const [refused, setRefused] = useState<string | null>(null);
  const onText = (text: string) => {
    setRefused(null);
    void search(session, { text });
    const address = readAddress(session, text);
    if (address === null) return;
    if ('refused' in address) setRefused(address.refused);
    else void look(session, address, 250);
  };
  return (
    <div className="hub-finder">
      <Autocomplete inputValue={query.text} onInputChange={onText}>
        <SearchField aria-label="Search, or paste an address" className="hub-search" autoFocus>
          <Search aria-hidden />
          <Input className="text-field" placeholder="Name, owner/name@revision, or an address" />
        </SearchField>
        <div className="hub-filters">
          <Segmented
            label="Kind of model"
            options={kinds}
            value={query.kind}
            onChange={(kind) => void search(session, { kind }, 0)}
          />
          <MadeFrom />
        </div>
        {refused && (
          <p className="hub-refused" role="alert">
            {refused}
          </p>
        )}
        <Shortcuts />
        <Results />
      </Autocomplete>
    </div>
  );
}

/** Only what was made from the base of the recipe. */
function MadeFrom() {
  const madeFrom = useHub((state) => state.query.madeFrom);
  const base = useRecipe((state) => state.recipe.base?.hub?.repo ?? null);
  const repo = madeFrom ?? base;
  if (repo === null) return null;
  return (
    <label className="switch small">
      <input
        type="checkbox"
        checked={madeFrom !== null}
        onChange={() => void search(session, { madeFrom: madeFrom === null ? repo : null }, 0)}
      />
      Made from {repo}
    </label>
  );
}

/** Starred and recent repos, while nothing is looked for. */
function Shortcuts() {
  const starred = useHub((state) => state.starred);
  const recent = useHub((state) => state.recent);
  const text = useHub((state) => state.query.text);
  if (text !== '') return null;
  const rows = [
    { title: 'Starred', repos: starred },
    { title: 'Recent', repos: recent.filter((repo) => !starred.includes(repo)).slice(0, 6) },
  ];
  return rows
    .filter(({ repos }) => repos.length > 0)
    .map(({ title, repos }) => (
      <section key={title} className="hub-shortcuts" aria-label={title}>
        <h4>{title}</h4>
        {repos.map((repo) => (
          <Button
            key={repo}
            look="quiet"
            className="hub-chip"
            onPress={() => void look(session, { repo })}
          >
            {repo}
          </Button>
        ))}
      </section>
    ));
}
