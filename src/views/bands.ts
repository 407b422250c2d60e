/** Sums along the rows and the columns of a tensor's picture: heads and channels that fight stand out there. */
import type { TileSums, Tiling } from './tiles.ts';

/** By band: Σ P + Q and Σ 2·min(P, Q). */
export type Bands = { readonly mass: Float64Array; readonly opposed: Float64Array };

/** What of a band or tile cancels, 0 … 1; null where nobody changes anything. */
export function cancelled(
  { mass, opposed }: { readonly mass: ArrayLike<number>; readonly opposed: ArrayLike<number> },
  at: number,
): number | null {
  return mass[at] > 0 ? opposed[at] / mass[at] : null;
}

/**
 * One band for each row of tiles, which are `height` rows of the tensor, or for each column of them. Every element is in
 * them: they are no sample.
 */
export function bandsOf(
  { down, across }: Tiling,
  { mass, opposed }: Pick<TileSums, 'mass' | 'opposed'>,
  along: 'rows' | 'columns',
): Bands {
  const count = along === 'rows' ? down : across;
  const bands = { mass: new Float64Array(count), opposed: new Float64Array(count) };
  for (let i = 0; i < down * across; i++) {
    const band = along === 'rows' ? Math.floor(i / across) : i % across;
    bands.mass[band] += mass[i];
    bands.opposed[band] += opposed[i];
  }
  return bands;
}

/** The same picture in at most `most` × `most` tiles: as many as a table can hold. */
export function coarser(
  { rows, columns, height, width, down, across }: Tiling,
  tiles: TileSums,
  most: number,
): { readonly tiling: Tiling; readonly tiles: TileSums } {
  const tall = Math.ceil(down / most);
  const wide = Math.ceil(across / most);
  const tiling: Tiling = {
    ...{ rows, columns, height: height * tall, width: width * wide },
    down: Math.ceil(down / tall),
    across: Math.ceil(across / wide),
  };
  const room = () => new Float32Array(tiling.down * tiling.across);
  const pooled = {
    ...{ mass: room(), opposed: room(), shared: room(), conflicts: room(), most: room() },
  };
  for (let i = 0; i < down * across; i++) {
    const row = Math.floor(Math.floor(i / across) / tall);
    const to = row * tiling.across + Math.floor((i % across) / wide);
    for (const name of ['mass', 'opposed', 'shared', 'conflicts'] as const) {
      pooled[name][to] += tiles[name][i];
    }
    pooled.most[to] = Math.max(pooled.most[to], tiles.most[i]);
  }
  return { tiling, tiles: pooled };
}
