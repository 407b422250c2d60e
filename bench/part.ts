/** What a part of the benchmarks is, to `run.js`. */

export type Row = Readonly<Record<string, string | number | null>>;

export type Table = {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Sentences to be read with it. */
  readonly remarks?: readonly string[];
};

export type Surroundings = {
  /** Path of the browser; empty where no part needs one, as the address is then. */
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
export function numberFlag(
  { flags }: Pick<Surroundings, 'flags'>,
  name: string,
  otherwise: number,
): number {
  const value = Number(flags.get(name));
  return flags.has(name) && value > 0 ? value : otherwise;
}

/** `--name=value` of a command line; the value is empty where none was. */
export function flagsOf(words: readonly string[]): Surroundings['flags'] {
  const flags = words.filter((word) => word.startsWith('--'));
  return new Map(flags.map((word) => word.slice(2).concat('=').split('=', 2) as [string, string]));
}

/** So many digits as a figure deserves: three that count. */
export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
