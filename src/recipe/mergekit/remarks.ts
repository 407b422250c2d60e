/** What there is to say of a mergekit recipe, line by line. */

/**
 * `left out`: mergekit does it, and it cannot be expressed here yet: the result would be another. `ignored`: mergekit
 * ignores it, and so it is here. `refused`: mergekit itself stops at it. `note`: good to know.
 */
export type RemarkKind = 'left out' | 'ignored' | 'refused' | 'note';

export type Remark = {
  /** In the text, from 1. */
  readonly line: number;
  readonly kind: RemarkKind;
  /** A sentence. */
  readonly text: string;
};

/** Something without which there is no recipe, and where it is: from 1. */
export class MergekitError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(
    message: string,
    { line, column }: { readonly line: number; readonly column: number },
  ) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/** Remarks in the making. */
export class Remarks {
  readonly #all: Remark[] = [];

  add(kind: RemarkKind, { line }: { readonly line: number }, text: string): void {
    if (!this.#all.some((one) => one.line === line && one.text === text)) {
      this.#all.push({ line, kind, text });
    }
  }

  /** By line. */
  get all(): readonly Remark[] {
    return this.#all.toSorted((a, b) => a.line - b.line);
  }
}
