import { modulesIn, poolingModesIn } from '../sentence-modules.ts';
import { elsewhere, refusal } from './refusal.ts';

/** How llama.cpp makes one vector of a text's rows: their mean, the first one, the last one. */
export type Pooling = 'mean' | 'cls' | 'last';

/** As `pooling_type` has them. */
export const poolingCode = { mean: 1, cls: 2, last: 3 } as const satisfies Record<Pooling, number>;

/** The names that sentence-transformers has for them. */
const poolings = new Map<string, Pooling>([
  ['mean', 'mean'],
  ['cls', 'cls'],
  ['lasttoken', 'last'],
]);

/** What llama.cpp does by itself: it makes vectors of length 1 unless it is told otherwise. */
const done = ['Transformer', 'Pooling', 'Normalize'];

/**
 * The pooling that a folder of sentence-transformers asks for; null for a model that is no such folder. `read` gives a
 * file's text by its path, or null. Throws FormatError where llama.cpp cannot do what the modules say.
 */
export async function poolingOf(
  read: (path: string) => Promise<string | null>,
): Promise<Pooling | null> {
  const listed = await jsonOf('modules.json', read);
  if (listed === null) return null;
  const modules = modulesIn(listed);
  const other = modules.find(({ kind }) => !done.includes(kind));
  if (other) {
    throw refusal({
      ...{ file: 'modules.json', found: `the module ${other.kind}` },
      ...{ expected: `only ${done.join(', ')}, which llama.cpp does`, advice: elsewhere },
    });
  }
  const pooling = modules.find(({ kind }) => kind === 'Pooling');
  if (!pooling) return null;
  const file = `${pooling.path}/config.json`;
  const modes = poolingModesIn(await jsonOf(file, read));
  const [mode, ...more] = modes;
  const known = poolings.get(mode ?? '');
  if (known && more.length === 0) return known;
  throw refusal({
    ...{
      file,
      found: mode ? `pooling by ${modes.join(' and ')}` : 'nothing that says how to pool',
    },
    ...{ expected: `one of ${[...poolings.keys()].join(', ')}`, advice: elsewhere },
  });
}

async function jsonOf(
  file: string,
  read: (path: string) => Promise<string | null>,
): Promise<unknown> {
  const text = await read(file);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    const advice = 'Take it again from where the model came from.';
    throw refusal({ file, found: 'no JSON', expected: 'JSON', advice });
  }
}
