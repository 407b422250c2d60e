import { createStore } from 'zustand/vanilla';
import type { Patch } from '../views/close.ts';
import { fitted, type Sight } from '../views/sight.ts';
import { type ConflictsStore, type LookedAt, orderToSee } from './conflicts.ts';
import type { Engine } from './engine.ts';
import { lastWins } from './last-wins.ts';

/** Elements a side, above which tiles are shown and not each element by itself. */
export const mostDetail = 64;

export type SightState = {
  /** What of the tensor in focus is in sight; null for all of it. */
  readonly sight: Sight | null;
  /** The elements in sight one by one, where one is near enough; those of a square around them. */
  readonly detail: Patch | null;
  see(sight: Sight | null): void;
};

/** How near one is to the picture of the tensor in focus. Another tensor is seen whole at first. */
export function createSightStore(
  engine: Pick<Engine, 'patch'>,
  from: Pick<LookedAt, 'recipe' | 'device'> & { readonly conflicts: ConflictsStore },
) {
  let tensor: string | null = null;
  const store = createStore<SightState>()((set, get) => ({
    sight: null,
    detail: null,
    see(sight) {
      tensor = from.conflicts.getState().focus.tensor;
      set({ sight });
      const { detail } = get();
      if (detail === null || !covers(detail, sight)) ask();
    },
  }));
  /** Another answer to the same question is no reason to ask again; another recipe is. */
  const askDetail = lastWins(async (sight: Sight) => {
    const { close } = from.conflicts.getState();
    if (close === null || close.tensor !== tensor) return;
    const square = squareAround(sight, close.tiling);
    // What went wrong is told where the tensor is read.
    const detail = await engine.patch(orderToSee(from), close.tensor, square).catch(() => null);
    if (close === from.conflicts.getState().close) store.setState({ detail });
  });
  function ask(): void {
    const { close } = from.conflicts.getState();
    const asked = store.getState().sight;
    const sight = asked && close ? fitted(asked, close.tiling) : asked;
    if (sight !== asked) store.setState({ sight });
    if (sight && close && needsDetail(sight, close.tiling)) askDetail(sight);
    else store.setState({ detail: null });
  }
  from.conflicts.subscribe(({ focus, close }, before) => {
    if (focus.tensor !== tensor) {
      tensor = focus.tensor;
      store.setState({ sight: null, detail: null });
    } else if (close !== before.close) ask();
  });
  return store;
}

export type SightStore = ReturnType<typeof createSightStore>;

type Size = { readonly rows: number; readonly columns: number };

/** Whether tiles are coarser than elements, and these few enough to be read one by one. */
function needsDetail(sight: Sight, { height, width }: { height: number; width: number }): boolean {
  return height * width > 1 && Math.max(sight.rows, sight.columns) <= mostDetail;
}

/** With what is around, as far as the tensor goes, so that a small move asks for nothing. */
function squareAround({ row, column, rows, columns }: Sight, size: Size) {
  const first = (from: number, length: number, all: number) =>
    Math.max(0, Math.min(all - mostDetail, Math.floor(from - (mostDetail - length) / 2)));
  return {
    row: first(row, rows, size.rows),
    column: first(column, columns, size.columns),
    side: mostDetail + 1,
  };
}

function covers(detail: Patch, sight: Sight | null): boolean {
  return (
    sight !== null &&
    Math.max(sight.rows, sight.columns) <= mostDetail &&
    detail.row <= sight.row &&
    detail.column <= sight.column &&
    detail.row + detail.down >= sight.row + sight.rows &&
    detail.column + detail.across >= sight.column + sight.columns
  );
}
