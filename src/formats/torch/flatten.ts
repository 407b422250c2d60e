import { convert, quote, type Refusal } from './refusal.ts';
import { isKind, kindOf, type Tensor, type Value } from './values.ts';

/** The tensors of nested dicts and lists, under one name each. */
export type Flat = {
  readonly tensors: readonly NamedTensor[];
  readonly leftOut: readonly LeftOver[];
};
export type NamedTensor = { readonly name: string; readonly tensor: Tensor };
/** What is in the file and no part of the model. */
export type LeftOver = {
  /** Its keys, joined with dots. */
  readonly name: string;
  /** "a number", "12 tensors". */
  readonly found: string;
};

/** Keys under which training programs keep the model itself: no part of a tensor's name. */
const wrappers: ReadonlySet<string> = new Set([
  ...['state_dict', 'model_state_dict', 'model', 'module', 'params', 'net', 'weights'],
]);
/** Keys of what training needs to go on. */
const training =
  /^(?:optim|lr_sched|sched|scaler$|grad_scaler|amp|native_amp|rng|random|cuda_rng|callbacks$|loops$|criterion$|loss)/;
const maxDepth = 64;
const maxName = 1000;
/** What a tensor takes of the budget besides its name: a few of the bytes that one takes in a pickle. */
const tensorCost = 128;

/**
 * Names the tensors of what a pickle holds: keys joined with dots, without the keys of `wrappers` around the
 * whole. `budget` bounds the values that are looked at, the tensors and the characters of their names: a
 * small file may hold one dict many times. Throws `FormatError` when there are no tensors, or when two parts
 * could be the model.
 */
export function flatten(root: Value, file: string, budget: number, refuse: Refusal): Flat {
  if (isKind(root, 'tensor')) {
    throw refuse('no-model', 'a single tensor without a name', 'a dict of tensors');
  }
  const walk = new Walk(budget, refuse);
  if (walk.visit(root, [], 0) === 0) {
    throw refuse('no-model', `${kindOf(root)} without tensors`, 'a dict of tensors');
  }
  let tensors: readonly Found[] = walk.tensors;
  const leftOut: LeftOver[] = [...walk.others];
  const around: string[] = [];
  for (let key = wrapperOf(tensors); key !== null; key = wrapperOf(tensors)) {
    for (const [head, count] of heads(tensors)) {
      if (head !== key)
        leftOut.push({ name: dotted([...around, head]), found: `${count} tensors` });
    }
    around.push(key);
    tensors = tensors.filter(({ path }) => path[0] === key).map(inside);
  }
  refuseTwoModels(tensors, around, file, refuse);
  const named = tensors.map(({ path, tensor }) => ({ name: dotted(path), tensor }));
  refuseTwins(named, refuse);
  return { tensors: named, leftOut };
}

type Found = { readonly path: readonly string[]; readonly tensor: Tensor };

const dotted = (path: readonly string[]) => path.join('.');
const inside = ({ path, tensor }: Found): Found => ({ path: path.slice(1), tensor });

/** How many tensors lie under each first key. */
function heads(tensors: readonly Found[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of tensors) counts.set(path[0], (counts.get(path[0]) ?? 0) + 1);
  return counts;
}

/** First keys that are not known to be of training only; none where tensors lie without a key around them. */
function candidates(tensors: readonly Found[]): readonly string[] {
  if (tensors.some(({ path }) => path.length === 1)) return [];
  return [...heads(tensors).keys()].filter((key) => !training.test(key));
}

/** The key around all of the model, or null when there is none. */
function wrapperOf(tensors: readonly Found[]): string | null {
  const [key, ...more] = candidates(tensors);
  return key !== undefined && more.length === 0 && wrappers.has(key) ? key : null;
}

function refuseTwoModels(
  tensors: readonly Found[],
  around: readonly string[],
  file: string,
  refuse: Refusal,
): void {
  const keys = candidates(tensors);
  const key = keys.find((each) => wrappers.has(each));
  if (key === undefined || keys.length < 2) return;
  const shown = keys.slice(0, 5).map(quote).join(', ');
  const pick = [...around, key].map((each) => `[${quote(each)}]`).join('');
  throw refuse(
    'several-models',
    `tensors under ${keys.length} keys: ${shown}`,
    'those of one model',
    convert(file, pick),
  );
}

/** "a.b" may be one key, or two. */
function refuseTwins(tensors: readonly NamedTensor[], refuse: Refusal): void {
  const seen = new Set<string>();
  for (const { name } of tensors) {
    if (seen.has(name)) {
      throw refuse('duplicate-tensor', 'a second of this name', 'each name once', undefined, name);
    }
    seen.add(name);
  }
}

/** Goes through dicts, lists and tuples. One that holds no tensor is told as a whole. */
class Walk {
  readonly tensors: Found[] = [];
  readonly others: LeftOver[] = [];
  readonly #refuse: Refusal;
  #budget: number;

  constructor(budget: number, refuse: Refusal) {
    this.#budget = budget;
    this.#refuse = refuse;
  }

  /** Returns how many tensors `value` holds. `length` is that of the name so far. */
  visit(value: Value, path: readonly string[], length: number): number {
    this.#spend(path, length, isKind(value, 'tensor') ? tensorCost + length : 1);
    if (isKind(value, 'tensor')) {
      this.tensors.push({ path, tensor: value });
      return 1;
    }
    const before = this.others.length;
    let count = 0;
    for (const [key, member] of membersOf(value)) {
      count += this.visit(member, [...path, key], length + key.length + 1);
    }
    if (count > 0) return count;
    this.others.length = before;
    this.others.push({ name: dotted(path), found: this.#plain(value, path) });
    return 0;
  }

  #spend(path: readonly string[], length: number, cost: number): void {
    this.#budget -= cost;
    const tooMuch =
      path.length > maxDepth
        ? `dicts more than ${maxDepth} deep`
        : length > maxName
          ? `a name of more than ${maxName} characters`
          : this.#budget < 0
            ? 'the same values under too many names'
            : null;
    if (tooMuch !== null) throw this.#refuse('bad-pickle', tooMuch, 'a dict of tensors');
  }

  #plain(value: Value, path: readonly string[]): string {
    const isOdd =
      isKind(value, 'storage') || isKind(value, 'storage type') || isKind(value, 'function');
    if (!isOdd) return kindOf(value);
    const found = `${kindOf(value)} as ${quote(dotted(path))}`;
    throw this.#refuse('bad-pickle', found, 'tensors and plain data');
  }
}

function* membersOf(value: Value): Generator<readonly [string, Value]> {
  if (isKind(value, 'dict')) {
    for (const [key, member] of value.items ?? []) yield [String(key), member];
  } else if (isKind(value, 'list') || isKind(value, 'tuple')) {
    for (const [i, member] of value.items.entries()) yield [String(i), member];
  }
}
