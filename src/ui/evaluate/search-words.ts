import { type Unit, unitOf } from '../../evaluate/tasks/objective.ts';
import { askedOf, type Search } from '../../stores/search.ts';

export const unitOfSearch = (search: Search): Unit => unitOf(askedOf(search)[0].kind);

/** What stands after a loss where it is a mean of several. */
export function averaged(search: Search): string {
  const { length } = askedOf(search);
  return length > 1 ? `, on average over ${length} tasks` : '';
}
