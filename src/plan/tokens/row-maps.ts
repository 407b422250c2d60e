/** Where each row of the output comes from, for each model that has a tensor. */
import { ROW_MEAN, ROW_ZEROS, type RowMap, type RowOf } from '../../formats/rows.ts';
import type { Tokenizer } from '../../formats/tokenizer/tokenizer.ts';
import type { TokenRow } from '../../recipe/recipe.ts';

/** A model that has the tensor: its tokens, and how many rows it has there. */
export type Member = {
  readonly id: string;
  readonly tokenizer: Tokenizer;
  readonly rows: number;
  /** Whether others take what they lack from it. */
  readonly isBase: boolean;
  /** False for one that is not merged: nobody takes anything from it. */
  readonly takesPart: boolean;
};

/** A map, and which members its sources are; the model's own first. */
export type MemberMap = { readonly map: RowMap; readonly sources: readonly number[] };

/** A row of a member; none are zeros, several their mean. */
type Origin = readonly { readonly member: number; readonly row: number }[];

export type RowMaps = {
  /** For each member. */
  readonly maps: readonly MemberMap[];
  /** Rows that the recipe takes from where there are none. */
  readonly faults: readonly { readonly token: string; readonly why: string }[];
};

/**
 * The rules of mergekit 0.1.5: a model's own row where it has the token, unless the recipe says otherwise; else what
 * the recipe says; else the row of the only model that has it; else the base's; else the mean of all that have it.
 * Rows that belong to no token, at the end or in between, are the mean of all others.
 */
export function rowMaps(
  output: Tokenizer,
  size: number,
  members: readonly Member[],
  wanted: readonly TokenRow[],
): RowMaps {
  const byToken = new Map(wanted.map((row) => [row.token, row]));
  const faults: RowMaps['faults'][number][] = [];
  const makers = members.map(() => new Maker(size));
  for (const [token, id] of output.ids) {
    const own = members.map((member) => rowIn(member, token));
    const told = byToken.get(token);
    const isTold = told !== undefined;
    if (!told?.force && own.every((row) => row !== null)) {
      for (const [k, row] of own.entries()) makers[k].own(id, row!);
      continue;
    }
    let origin: Origin = isTold ? [] : standIn(own, members);
    if (isTold && told.from.kind !== 'zeros') {
      const found = originOf(told, members);
      if (typeof found === 'string') faults.push({ token, why: found });
      else origin = [found];
    }
    for (const [k, row] of own.entries()) {
      if (row !== null && !told?.force) makers[k].own(id, row);
      else makers[k].other(id, origin, k);
    }
  }
  return { maps: makers.map((maker, k) => maker.made(k)), faults };
}

/** Null where the model lacks the token, or has no row for it. */
function rowIn({ tokenizer, rows }: Member, token: string): number | null {
  const id = tokenizer.ids.get(token);
  return id === undefined || id >= rows ? null : id;
}

function standIn(own: readonly (number | null)[], members: readonly Member[]): Origin {
  const have = own.flatMap((row, member) =>
    row === null || !members[member].takesPart ? [] : [{ member, row }],
  );
  if (have.length < 2) return have;
  const base = have.find(({ member }) => members[member].isBase);
  return base ? [base] : have;
}

/** The row that the recipe names, or why there is none. */
function originOf({ token, from }: TokenRow, members: readonly Member[]): Origin[number] | string {
  if (from.kind === 'zeros') return 'zeros are no row';
  const member = members.findIndex(({ id }) => id === from.model);
  if (member < 0) return 'that model does not have the tensor';
  const { tokenizer, rows } = members[member];
  const name = from.kind === 'model' ? token : from.token;
  const row = typeof name === 'number' ? name : tokenizer.ids.get(name);
  if (row === undefined) return `it has no token ${JSON.stringify(name)}`;
  return row < rows ? { member, row } : `it has ${rows} rows, and none of the number ${row}`;
}

/** A map in the making. */
class Maker {
  readonly #rows: Int32Array<ArrayBuffer>;
  readonly #others: (readonly RowOf[])[] = [];
  readonly #places = new Map<string, number>();
  readonly #sources: number[] = [];

  constructor(size: number) {
    this.#rows = new Int32Array(size).fill(ROW_MEAN);
  }

  own(id: number, row: number): void {
    this.#rows[id] = row;
  }

  /** `self` is the member that the map is of. */
  other(id: number, origin: Origin, self: number): void {
    const [first] = origin;
    if (first === undefined) this.#rows[id] = ROW_ZEROS;
    else if (origin.length === 1 && first.member === self) this.#rows[id] = first.row;
    else this.#rows[id] = ROW_ZEROS - 1 - this.#placeOf(origin, self);
  }

  #placeOf(origin: Origin, self: number): number {
    const key = origin.map(({ member, row }) => `${member} ${row}`).join();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const rows = origin.map(({ member, row }) => ({ source: this.#sourceOf(member, self), row }));
    this.#others.push(rows);
    this.#places.set(key, this.#others.length - 1);
    return this.#others.length - 1;
  }

  /** The model itself is the first. */
  #sourceOf(member: number, self: number): number {
    if (member === self) return 0;
    const known = this.#sources.indexOf(member);
    return known >= 0 ? known + 1 : this.#sources.push(member);
  }

  made(self: number): MemberMap {
    const [rows, others] = [this.#rows, this.#others];
    const key = keyOf(rows, JSON.stringify(others));
    return { map: { rows, others, key }, sources: [self, ...this.#sources] };
  }
}

/** FNV-1a, twice from different beginnings. */
function keyOf(rows: Int32Array, others: string): string {
  const hash = (seed: number) => {
    let state = seed;
    const mix = (value: number) => {
      state = Math.imul(state ^ value, 0x01000193);
    };
    for (const row of rows) {
      mix(row & 0xffff);
      mix(row >> 16);
    }
    for (let i = 0; i < others.length; i++) mix(others.charCodeAt(i));
    return (state >>> 0).toString(16);
  };
  return `${rows.length} ${hash(0x811c9dc5)} ${hash(0x9747b28c)}`;
}
