/** What a part of the benchmarks is, to `run.js`. */

export type Row = Readonly<Record<string, string | number | null>>;

export type Table = {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Sentences to be read with it. */
  readonly remarks?: readonly string[];
};

export type Surroundings = {
  /** Path of the browser. */
  readonly chromium: string;
  /** Of the built pages, with a slash at its end: the workbench, and `bench/page/page.html`. */
  readonly address: string;
  /** `--name=value` as given; the value is empty where none was. */
  readonly flags: ReadonlyMap<string, string>;
};

export interface Part {
  measure(surroundings: Surroundings): Promise<readonly Table[]>;
}

/** A flag's number, or what holds without the flag. */
export function numberFlag({ flags }: Surroundings, name: string, otherwise: number): number {
  const value = Number(flags.get(name));
  return flags.has(name) && value > 0 ? value : otherwise;
}

/** So many digits as a figure deserves: three that count. */
export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
