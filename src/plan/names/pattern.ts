/**
 * Patterns of tensor names. `*` stands for any run of characters, as short as it can be; the last one takes
 * the rest. `#` stands for a whole number. Nothing else is special, and a pattern means a whole name.
 */
export type Pattern = {
  readonly text: string;
  readonly stars: number;
  readonly hasNumber: boolean;
  /** What stands between the stars. */
  readonly pieces: readonly Piece[];
};

type Piece = { readonly text: string; readonly numbered: RegExp | null };

/** What the signs of a pattern stood for in a name. */
export type Caught = {
  readonly stars: readonly string[];
  /** What `#` stood for; null without one. */
  readonly number: number | null;
};

export function patternOf(text: string): Pattern {
  const pieces = text.split('*').map((piece): Piece => {
    const literal = piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('#', '(0|[1-9]\\d*)');
    return { text: piece, numbered: piece.includes('#') ? new RegExp(literal, 'g') : null };
  });
  return { text, stars: pieces.length - 1, hasNumber: text.includes('#'), pieces };
}

/** Null when the name is not of this pattern. Takes time in proportion to the name's length. */
export function catchIn({ pieces }: Pattern, name: string): Caught | null {
  const stars: string[] = [];
  let number: number | null = null;
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    const found = find(piece, name, at, isLast && index > 0);
    if (!found || (index === 0 && found.begin > 0)) return null;
    if (isLast && found.end !== name.length) return null;
    if (index > 0) stars.push(name.slice(at, found.begin));
    number = found.number ?? number;
    at = found.end;
  }
  return { stars, number };
}

type Found = { readonly begin: number; readonly end: number; readonly number: number | null };

/** The first place of a piece from `at` on, or its place at the end of the name. */
function find({ text, numbered }: Piece, name: string, at: number, atEnd: boolean): Found | null {
  if (numbered === null) {
    const begin = atEnd ? name.length - text.length : name.indexOf(text, at);
    const fits = begin >= at && name.startsWith(text, begin);
    return fits ? { begin, end: begin + text.length, number: null } : null;
  }
  numbered.lastIndex = at;
  for (let match = numbered.exec(name); match; match = numbered.exec(name)) {
    const end = match.index + match[0].length;
    if (!atEnd || end === name.length) return { begin: match.index, end, number: Number(match[1]) };
  }
  return null;
}

/** The name that a pattern has for what was caught. */
export function fill({ pieces }: Pattern, { stars, number }: Caught): string {
  const text = pieces.map((piece, k) => piece.text + (k < stars.length ? stars[k] : '')).join('');
  return number === null ? text : text.replace('#', () => String(number));
}

/** The names on one side of a rename: several are joined by ` + `. */
export function patternsOf(side: string): readonly Pattern[] {
  return side.split(' + ').map((text) => patternOf(text.trim()));
}
