import { useState } from 'react';
import { families } from '../../methods/families.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Disclosure } from '../kit/disclosure.tsx';
import { SearchField } from '../kit/search-field.tsx';
import { needsOf } from './needs.ts';

/** The methods as cards in plain words, by family; native radio buttons underneath. */
export function MethodPicker() {
  const chosen = useRecipe((state) => state.recipe.method);
  const [query, setQuery] = useState('');
  const found = methods.filter((method) => isFound(method, query));
  return (
    <fieldset className="method-picker">
      <legend className="visually-hidden">Method</legend>
      <SearchField label="Search methods" value={query} onChange={setQuery} />
      {query.trim() === ''
        ? families.map(({ id, title }) => {
            const own = methods.filter(({ family }) => family === id);
            return (
              <Disclosure
                key={id}
                title={title}
                summary={own.map((method) => method.title).join(', ')}
                open={own.some((method) => method.id === chosen)}
              >
                {own.map((method) => (
                  <MethodCard key={method.id} method={method} isChosen={method.id === chosen} />
                ))}
              </Disclosure>
            );
          })
        : found.map((method) => (
            <MethodCard key={method.id} method={method} isChosen={method.id === chosen} />
          ))}
      {found.length === 0 && (
        <p className="small faint" role="status">
          No method is called or described so. Try “average”, “sign” or “random”.
        </p>
      )}
    </fieldset>
  );
}

type MethodCardProps = { readonly method: MergeMethod; readonly isChosen: boolean };

function MethodCard({ method, isChosen }: MethodCardProps) {
  return (
    <label className="method-card">
      <input
        type="radio"
        className="cover"
        name="method"
        value={method.id}
        checked={isChosen}
        onChange={() => session.recipe.getState().setMethod(method.id)}
      />
      <span className="method-text">
        <strong className="method-name">{method.title}</strong> {method.summary}
      </span>
      <span className="method-needs">{needsOf(method)}</span>
    </label>
  );
}

/** Whether every word of the query occurs in what a method is called, or in what is said of it. */
function isFound({ id, title, summary, explanation }: MergeMethod, query: string): boolean {
  const text = [id, title, summary, explanation].join(' ').toLowerCase();
  const words = query.toLowerCase().split(/\s+/);
  return words.every((word) => text.includes(word));
}
