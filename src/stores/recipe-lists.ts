/** The ordered lists of a recipe whose items have ids, edited alike. */
import type { Recipe } from '../recipe/recipe.ts';

export type ListKey = 'rules' | 'keeps' | 'renames';
type Item<K extends ListKey> = Recipe[K][number];

export type ListEdits = {
  /** At the end; at the front they win over all others. The ids are made. */
  addItems<K extends ListKey>(
    list: K,
    items: readonly Omit<Item<K>, 'id'>[],
    at?: 'front' | 'end',
  ): void;
  changeItem<K extends ListKey>(list: K, id: string, change: Partial<Omit<Item<K>, 'id'>>): void;
  removeItem(list: ListKey, id: string): void;
  /** Moves an item by one place: −1 up, +1 down. */
  moveItem(list: ListKey, id: string, step: -1 | 1): void;
};

type Edit = (key: string | null, change: (recipe: Recipe) => Recipe) => void;

export function listEdits(edit: Edit): ListEdits {
  const change = (key: string | null, list: ListKey, to: (items: Items) => Items) =>
    edit(key, (recipe) => {
      const items = to(recipe[list]);
      return items === recipe[list] ? recipe : { ...recipe, [list]: items };
    });
  return {
    addItems: (list, added, at = 'end') =>
      change(null, list, (items) => {
        const first = freshNumber(items);
        const made = added.map((item, k) => ({ ...item, id: `rule-${first + k}` }));
        return at === 'end' ? [...items, ...made] : [...made, ...items];
      }),
    changeItem: (list, id, to) =>
      change(`${list} ${id} ${Object.keys(to).join()}`, list, (items) =>
        items.map((item) => (item.id === id ? { ...item, ...to } : item)),
      ),
    removeItem: (list, id) => change(null, list, (items) => items.filter((item) => item.id !== id)),
    moveItem: (list, id, step) =>
      change(null, list, (items) => moved(items, (item) => item.id === id, step)),
  };
}

type Items = readonly { readonly id: string }[];

/** The same list when there is nothing to move. */
export function moved<T>(
  list: readonly T[],
  isIt: (item: T) => boolean,
  step: -1 | 1,
): readonly T[] {
  const from = list.findIndex(isIt);
  const to = from + step;
  if (from < 0 || to < 0 || to >= list.length) return list;
  const copy = [...list];
  copy[from] = list[to];
  copy[to] = list[from];
  return copy;
}

/** A number that no id of the list ends in, nor any above it. */
function freshNumber(items: Items): number {
  return Math.max(0, ...items.map(({ id }) => Number(/\d{1,9}$/.exec(id)?.[0] ?? 0))) + 1;
}
