/** Recipes of earlier formats: files, links and local storage keep them for years. */

export const presentVersion = 2;

type Document = Readonly<Record<string, unknown>>;

/** What makes a document of a format one of the next. */
const steps: Readonly<Record<number, (document: Document) => Document>> = {
  // Format 2 has series; a recipe of format 1 is one by itself, which is what it is where nothing is said.
  1: (document) => ({ ...document, version: 2 }),
};

/** A document in the present format; what is none, or of no format, as it is. */
export function migrated(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('version' in input)) return input;
  const step = typeof input.version === 'number' ? steps[input.version] : undefined;
  return step ? migrated(step(input as Document)) : input;
}
