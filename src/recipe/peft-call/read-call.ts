/** A call of PEFT's `add_weighted_adapter` as data. */
import { combinationTypes } from '../../methods/combination.ts';
import { type Argument, PythonError, place, readCall as readPython } from './python.ts';

export type PeftCall = {
  readonly adapters: readonly string[];
  readonly weights: readonly number[];
  readonly name: string;
  readonly type: string;
  readonly rank: number | null;
  readonly clamp: number | null;
  readonly density: number | null;
  readonly election: 'total' | 'frequency';
  /** What it gives and its type does not use. */
  readonly idle: readonly string[];
};

const FUNCTION = 'add_weighted_adapter';

/** In the order in which PEFT takes them. */
const parameters = [
  'adapters',
  'weights',
  'adapter_name',
  'combination_type',
  'svd_rank',
  'svd_clamp',
  'svd_full_matrices',
  'svd_driver',
  'density',
  'majority_sign_method',
] as const;
type Parameter = (typeof parameters)[number];

/** The call, or why it cannot be read, as a sentence with the place. */
export function readCall(text: string): { readonly call: PeftCall } | { readonly problem: string } {
  try {
    return { call: callIn(text) };
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return { problem: `${error.message} (${place(text, error.at)}).` };
  }
}

function callIn(text: string): PeftCall {
  const python = readPython(text, FUNCTION);
  if (!python) throw new PythonError(`There is no call of ${FUNCTION}(…) in the text`, 0);
  const given = new Map<Parameter, Argument>();
  for (const [index, argument] of python.positional.entries()) {
    const name = parameters[index];
    if (!name) throw new PythonError(`${FUNCTION} takes ${parameters.length} values`, argument.at);
    given.set(name, argument);
  }
  for (const [name, argument] of python.keywords) {
    const known = parameters.find((each) => each === name);
    if (!known) {
      throw new PythonError(`${FUNCTION} has no parameter ${name}`, argument.at);
    }
    if (given.has(known)) throw new PythonError(`${name} is given twice`, argument.at);
    given.set(known, argument);
  }
  const needed = (name: Parameter): Argument => {
    const argument = given.get(name);
    if (!argument) throw new PythonError(`${name} is missing`, python.at);
    return argument;
  };
  const optional = (name: Parameter): Argument | null => {
    const argument = given.get(name) ?? null;
    return argument?.value.kind === 'none' ? null : argument;
  };

  const adapters = listOf(needed('adapters'), 'adapters', textOf);
  const weights = listOf(needed('weights'), 'weights', numberOf);
  if (adapters.length === 0) throw new PythonError('adapters is empty', needed('adapters').at);
  if (adapters.length !== weights.length) {
    const found = `${adapters.length} adapters and ${weights.length} weights: PEFT would leave out what has no partner`;
    throw new PythonError(found, needed('weights').at);
  }
  const twice = adapters.find((name, index) => adapters.indexOf(name) !== index);
  if (twice !== undefined) {
    const what = `${twice} is named twice: name it once, with the sum of its weights`;
    throw new PythonError(what, needed('adapters').at);
  }
  const type = typeOf(optional('combination_type'));
  const combination = combinationTypes.get(type)!;
  const has = {
    density: 'density' in combination.method.params.perModel,
    election: combination.method.elects === true,
    svd: combination.combine === 'updates',
  };
  const density = inRange(optional('density'), 'density', 0, Number.POSITIVE_INFINITY);
  if (has.density && density === null) {
    throw new PythonError(`${type} needs a density`, python.at);
  }
  const idle: readonly Parameter[] = [
    ...(has.svd ? [] : (['svd_rank', 'svd_clamp', 'svd_full_matrices', 'svd_driver'] as const)),
    ...(has.density ? [] : (['density'] as const)),
    ...(has.election ? [] : (['majority_sign_method'] as const)),
  ];
  const name = given.get('adapter_name');
  return {
    ...{ adapters, weights, type, density: has.density ? density : null },
    name: name ? textOf(name, 'adapter_name') : 'merged',
    rank: has.svd ? rankOf(optional('svd_rank')) : null,
    clamp: has.svd ? inRange(optional('svd_clamp'), 'svd_clamp', 0, 1) : null,
    election: electionOf(optional('majority_sign_method')),
    idle: idle.filter((each) => optional(each) !== null),
  };
}

function typeOf(argument: Argument | null): string {
  if (!argument) return 'svd'; // PEFT's default
  const type = textOf(argument, 'combination_type');
  if (combinationTypes.has(type)) return type;
  const known = [...combinationTypes.keys()].join(', ');
  throw new PythonError(`“${type}” is none of the types ${known}`, argument.at);
}

function rankOf(argument: Argument | null): number | null {
  if (!argument) return null;
  const rank = numberOf(argument, 'svd_rank');
  if (!Number.isInteger(rank) || rank < 0) {
    throw new PythonError(`svd_rank is ${rank}, and should be a whole number`, argument.at);
  }
  return rank === 0 ? null : rank; // as PEFT takes it
}

function electionOf(argument: Argument | null): PeftCall['election'] {
  if (!argument) return 'total';
  const method = textOf(argument, 'majority_sign_method');
  if (method === 'total' || method === 'frequency') return method;
  throw new PythonError(
    `majority_sign_method is “${method}”, and should be total or frequency`,
    argument.at,
  );
}

function inRange(argument: Argument | null, name: Parameter, low: number, high: number) {
  if (!argument) return null;
  const value = numberOf(argument, name);
  if (value >= low && value <= high) return value;
  const span = high < Number.POSITIVE_INFINITY ? `from ${low} to ${high}` : `from ${low}`;
  throw new PythonError(`${name} is ${value}, and should be a number ${span}`, argument.at);
}

function listOf<T>(
  { at, value }: Argument,
  name: Parameter,
  read: (item: Argument, name: Parameter) => T,
): readonly T[] {
  if (value.kind !== 'list') throw new PythonError(`${name} should be a list`, at);
  return value.items.map((item) => read(item, name));
}

function textOf({ at, value }: Argument, name: Parameter): string {
  if (value.kind === 'text') return value.value;
  throw new PythonError(`${name} should be text in quotes here`, at);
}

function numberOf({ at, value }: Argument, name: Parameter): number {
  if (value.kind === 'number' && Number.isFinite(value.value)) return value.value;
  throw new PythonError(`${name} should be a number here`, at);
}
