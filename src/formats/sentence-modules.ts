/** The parts of a folder of sentence-transformers, as its `modules.json` and the files of its parts name them. */

/** One part: "Transformer", "Pooling", "Dense", and its folder; empty for the model's own. */
export type SentenceModule = { readonly kind: string; readonly path: string };

/** The parts that a parsed modules.json lists, in order. Older files and newer ones have other packages before the kind. */
export function modulesIn(json: unknown): readonly SentenceModule[] {
  return (Array.isArray(json) ? json : []).map((each: unknown) => {
    const { type, path } = asObject(each);
    const kind = String(type).split('.').at(-1) ?? '';
    return { kind, path: typeof path === 'string' ? path.replace(/\/+$/, '') : '' };
  });
}

/**
 * How a parsed config.json of a Pooling makes one vector of a text's rows: "mean", "cls", "max", "lasttoken", …; several
 * are put one after the other. Older files have a switch for each, newer ones names.
 */
export function poolingModesIn(json: unknown): readonly string[] {
  const config = asObject(json);
  const named = config['pooling_mode'];
  if (typeof named === 'string') return [named];
  if (Array.isArray(named)) return named.map(String);
  return Object.entries(config)
    .filter(([key, value]) => key.startsWith('pooling_mode_') && value === true)
    .map(([key]) => key.slice('pooling_mode_'.length).replace(/_tokens?$/, ''));
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
