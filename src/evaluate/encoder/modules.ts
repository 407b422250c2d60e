import { modulesIn, poolingModesIn } from '../../formats/sentence-modules.ts';
import { UnsupportedModelError } from '../forward/config.ts';

type Json = Readonly<Record<string, unknown>>;

export const poolings = ['cls', 'max', 'mean'] as const;
export type Pooling = (typeof poolings)[number];

export type Dense = {
  /** Its folder. */
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly biased: boolean;
  readonly activation: 'identity' | 'tanh';
};

/** What becomes of an encoder’s rows, in order, as `modules.json` of sentence-transformers says. */
export type Modules = {
  /** Folder of the encoder; empty for the model’s own. */
  readonly path: string;
  /** One after the other where there are several. */
  readonly poolings: readonly Pooling[];
  readonly behind: readonly (Dense | 'normalize')[];
};

/** Without modules.json, as sentence-transformers does: the mean. */
const bare: Modules = { path: '', poolings: ['mean'], behind: [] };

/**
 * The modules of a folder; `read` gives its JSON files by their paths, or null. Throws `UnsupportedModelError`, which
 * names what is not known.
 */
export async function modulesOf(read: (path: string) => Promise<unknown>): Promise<Modules> {
  const listed = await read('modules.json');
  if (listed === null) return bare;
  const [encoder, pooling, ...rest] = modulesIn(listed);
  if (encoder?.kind !== 'Transformer') throw unknownModule(encoder?.kind, 'Transformer first');
  if (pooling?.kind !== 'Pooling') throw unknownModule(pooling?.kind, 'Pooling as the second');
  const behind: (Dense | 'normalize')[] = [];
  for (const { kind, path } of rest) {
    if (kind === 'Normalize') behind.push('normalize');
    else if (kind === 'Dense')
      behind.push(denseOf(path, asObject(await read(`${path}/config.json`))));
    else throw unknownModule(kind, 'Dense or Normalize behind the pooling');
  }
  const poolings = poolingsOf(
    `${pooling.path}/config.json`,
    await read(`${pooling.path}/config.json`),
  );
  return { path: encoder.path, poolings, behind };
}

function poolingsOf(file: string, given: unknown): readonly Pooling[] {
  if (given === null) throw new UnsupportedModelError(`${file} is missing: it says how to pool.`);
  const asked = poolingModesIn(given);
  const known = poolings.filter((each) => asked.includes(each));
  const other = asked.find((each) => !poolings.some((pooling) => pooling === each));
  if (asked.length > 0 && other === undefined) return known;
  throw new UnsupportedModelError(
    `${file} asks for pooling by ${asked.length > 0 ? `“${other}”` : 'nothing'}, which cannot be run here; expected ${poolings.join(', ')}.`,
  );
}

function denseOf(path: string, config: Json): Dense {
  const [from, to] = [Number(config['in_features']), Number(config['out_features'])];
  const activation = String(config['activation_function'] ?? 'torch.nn.modules.activation.Tanh');
  const kind = activation.split('.').at(-1)?.toLowerCase();
  if (!(from > 0 && to > 0) || (kind !== 'tanh' && kind !== 'identity')) {
    throw new UnsupportedModelError(
      `${path}/config.json has a layer of ${config['in_features']} to ${config['out_features']} with ${activation}, which cannot be run here; expected sizes, and Tanh or Identity.`,
    );
  }
  return { path, from, to, biased: config['bias'] !== false, activation: kind };
}

function unknownModule(found: string | undefined, expected: string): UnsupportedModelError {
  return new UnsupportedModelError(
    `modules.json has ${found ? `the module ${found}` : 'no module'}, which cannot be run here; expected ${expected}.`,
  );
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}
