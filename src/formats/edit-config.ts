import { parseJson } from './json.ts';

/** A member of config.json and what it becomes. */
export type ConfigEdit = { readonly path: readonly string[]; readonly value: unknown };

/**
 * The text of a config.json with some members set, at the top or one object further in. All else stays as
 * it was written: Python tells 8.0 from 8, and transformers warns where a float is expected. An object that
 * is not there is not made, so a member in it is left out.
 */
export function editConfig(text: string, edits: readonly ConfigEdit[]): string {
  return edits.reduce(editOne, text);
}

type Place = { readonly begin: number; readonly end: number };

function editOne(text: string, { path, value }: ConfigEdit): string {
  const written = JSON.stringify(value, null, 2).replaceAll('\n', `\n${'  '.repeat(path.length)}`);
  const place = placeOf(text, path);
  if (place) return `${text.slice(0, place.begin)}${written}${text.slice(place.end)}`;
  const member = `${JSON.stringify(path.at(-1))}: ${written}`;
  if (path.length === 1) return withMember(text, member, 1, text.lastIndexOf('}'));
  const owner = placeOf(text, path.slice(0, -1));
  return owner ? withMember(text, member, path.length, owner.end - 1) : text;
}

/** Where the value of a member lies; of equal keys Python keeps the last. */
function placeOf(text: string, path: readonly string[]): Place | null {
  const found: Place[] = [];
  parseJson(text, {
    python: true,
    onMember: (at, begin, end) => {
      const isIt = at.length === path.length && at.every((key, i) => key === path[i]);
      if (isIt) found.push({ begin: begin + (/\S/.exec(text.slice(begin))?.index ?? 0), end });
    },
  });
  return found.at(-1) ?? null;
}

/** Adds a member before the brace at `close`. */
function withMember(text: string, member: string, depth: number, close: number): string {
  const head = text.slice(0, close).trimEnd();
  const comma = head.endsWith('{') ? '' : ',';
  const [inner, outer] = ['  '.repeat(depth), '  '.repeat(depth - 1)];
  return `${head}${comma}\n${inner}${member}\n${outer}${text.slice(close)}`;
}
