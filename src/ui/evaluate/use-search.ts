import { createStore, useStore } from 'zustand';
import { createSearchStore } from '../../stores/search.ts';
import { session } from '../../stores/use-session.ts';
import { formOf, type SearchForm, usualForm } from './search-form.ts';

/** Comes with the view: nobody who only merges loads it. */
export const search = createSearchStore(session.engine, session);

export const useSearch = () => useStore(search);

/** A grid of two numbers, kept beside the search. */
export const grid = createSearchStore(session.engine, session, 'amalgam.grid');

export const useGrid = () => useStore(grid);

/** What was chosen since the last search began; null for nothing. */
const edited = createStore<{ readonly form: SearchForm | null }>()(() => ({ form: null }));

/** What the next search will be: as the last was, until something is chosen. */
export function useSearchForm() {
  const last = useSearch().search;
  const { form } = useStore(edited);
  const present = form ?? (last ? formOf(last) : usualForm);
  const set = (part: Partial<SearchForm>) => edited.setState({ form: { ...present, ...part } });
  return [present, set] as const;
}
