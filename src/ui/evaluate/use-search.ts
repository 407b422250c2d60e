import { useStore } from 'zustand';
import { createSearchStore } from '../../stores/search.ts';
import { session } from '../../stores/use-session.ts';

/** Comes with the view: nobody who only merges loads it. */
export const search = createSearchStore(session.engine, session);

export const useSearch = () => useStore(search);
