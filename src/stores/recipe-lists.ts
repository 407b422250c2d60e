/** The ordered lists of a recipe whose items have ids, edited alike. */
import type { Recipe } from '../recipe/recipe.ts';

export type ListKey = 'rules' | 'keeps';
type Item<K extends ListKey> = Recipe[K][number];

export type ListEdits = {
  /** At the end; at the front it wins over all others. The id is made. */
  addItem<K extends ListKey>(list: K, item: Omit<Item<K>, 'id'>, at?: 'front' | 'end'): void;
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
    addItem: (list, item, at = 'end') =>
      change(null, list, (items) => {
        const made = { ...item, id: freshId(items) };
        return at === 'end' ? [...items, made] : [made, ...items];
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

/** An id that no item of the list has. */
function freshId(items: Items): string {
  const numbers = items.map(({ id }) => Number(/\d+$/.exec(id)?.[0] ?? 0));
  return `rule-${Math.max(0, ...numbers) + 1}`;
}
