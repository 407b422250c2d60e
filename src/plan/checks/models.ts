/** Which models the recipe names, whether they are open, and whether the method can take them. */
import { type Model, storedOf, type TensorEntry } from '../../formats/model.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { globalValues } from '../../recipe/defaults.ts';
import { plainName } from '../../recipe/model-name.ts';
import type { ModelRef, Recipe } from '../../recipe/recipe.ts';
import { count, error, note, warning } from '../finding.ts';
import { usesBase } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';

type Models = ReadonlyMap<string, Model>;

/** Methods that take any number of models, with a base or without. */
const otherMethods = methods.flatMap(({ id, offeredInstead }): readonly Fix[] =>
  offeredInstead ? [{ kind: 'set-method', label: offeredInstead, value: id }] : [],
);

export function checkModels(
  recipe: Recipe,
  method: MergeMethod,
  models: Models,
): readonly Finding[] {
  const computesWithBase = usesBase(method, globalValues(recipe, method));
  const adapters = recipe.experts
    .map(({ model }) => models.get(model.id))
    .filter((model) => model?.adapter)
    .map((model) => model!);
  const needsBase =
    (computesWithBase && recipe.output.as === 'model') ||
    (adapters.length > 0 && recipe.base !== null);
  const { slices } = recipe;
  const isSource = slices?.some(({ sources }) =>
    sources.some(({ model }) => model === recipe.base?.id),
  );
  const named = [
    ...(recipe.base && (needsBase || isSource) ? [recipe.base] : []),
    ...recipe.experts.map(({ model }) => model),
  ];
  return [
    ...checkArity(recipe, method),
    ...(adapters.length > 0
      ? checkBaseOfAdapters(recipe, models, adapters)
      : checkBase(recipe, method, computesWithBase).filter(
          // Slice by slice it may be a model like others: `checks/slices.ts`.
          ({ code }) => slices === null || code === 'no-base',
        )),
    ...distinct(named).flatMap((ref) => checkOpen(ref, models)),
    ...checkTwice(recipe, models),
  ];
}

function checkArity(
  { experts, slices }: Recipe,
  { title, arity }: MergeMethod,
): readonly Finding[] {
  const found = experts.length;
  if (found === 0) {
    const advice = 'Drop a fine-tuned model on the page, or pick one under Experts.';
    return [error('no-experts', 'There is no model to merge yet.', advice)];
  }
  const [min, max] = arity.models;
  // `checks/slices.ts` counts those of each slice.
  if (slices !== null || (found >= min && found <= max)) return [];
  const expected =
    min === max ? `exactly ${min}` : found < min ? `at least ${min}` : `at most ${max}`;
  const message = `${title} merges ${expected} models; the recipe has ${found}.`;
  if (found < min) {
    const advice = `Add ${count(min - found, 'model')}.`;
    return [error('arity', message, advice, { fixes: otherMethods })];
  }
  return [
    error('arity', message, `Remove ${count(found - max, 'model')}, or choose another method.`, {
      fixes: otherMethods,
    }),
  ];
}

function checkBase(
  { base, experts, method: id }: Recipe,
  { title, arity }: MergeMethod,
  computesWithBase: boolean,
): readonly Finding[] {
  if (computesWithBase && !base) {
    const what = arity.base === 'optional' ? `${title} of task vectors` : title;
    return [
      error(
        'no-base',
        `${what} needs the base: the model that the experts were fine-tuned from.`,
        'Choose the base, or a method that does without.',
        arity.base === 'optional'
          ? { fixes: [{ kind: 'set-value', label: 'Turn weights', key: 'of', value: 'weights' }] }
          : { fixes: otherMethods },
      ),
    ];
  }
  if (!base) return [];
  if (!computesWithBase) {
    const message = `${title} does not use the base ${base.name}; names, shapes and side files come from ${experts[0]?.model.name ?? 'the first expert'}.`;
    const advice = 'Leave it, or choose a method that adds changes to a base.';
    return [note('base-unused', message, advice, { place: { model: base.id } })];
  }
  if (!experts.some(({ model }) => model.id === base.id)) return [];
  return [
    warning(
      'base-is-expert',
      `The base ${base.name} is also an expert; what it has learnt on top of itself is zero${id === 'task_arithmetic' ? '' : ', so it only dilutes the others'}.`,
      'Remove it from the experts.',
      {
        place: { model: base.id },
        fixes: [{ kind: 'remove-expert', label: `Remove ${base.name}`, model: base.id }],
      },
    ),
  ];
}

/** An adapter may name a repo of the Hub, or a path of somebody's disk. */
function findFixes(name: string | undefined): readonly Fix[] {
  if (name === undefined || !/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(name)) return [];
  return [{ kind: 'find-on-hub', label: `Find ${name} on the Hub`, repo: name }];
}

/** Adapters are changes of a base, whatever the method. */
function checkBaseOfAdapters(
  { base, output }: Recipe,
  models: Models,
  adapters: readonly Model[],
): readonly Finding[] {
  const [{ name, adapter }] = adapters;
  const known = adapter?.base ? `, ${adapter.base.name} by its own account` : '';
  if (!base && output.as === 'adapter') return []; // they meet each other
  if (!base) {
    const message = `${name} is an adapter: it holds changes of a base${known}, and no base is chosen.`;
    const advice = 'Choose the base that it was trained on, or write an adapter, which needs none.';
    const fixes = [
      ...findFixes(adapter?.base?.name),
      { kind: 'set-output-as', label: 'Write an adapter', value: 'adapter' } as const,
    ];
    return [error('no-base', message, advice, { fixes })];
  }
  if (!models.get(base.id)?.adapter) return [];
  const message = `The base ${base.name} is itself an adapter: it holds changes, not weights.`;
  const advice = `Choose the whole model that the adapters were trained on${known}.`;
  return [error('base-is-adapter', message, advice, { place: { model: base.id } })];
}

function checkOpen(ref: ModelRef, models: Models): readonly Finding[] {
  const model = models.get(ref.id);
  const place = { model: ref.id };
  if (!model && ref.origin === 'result') {
    const message = `The result of ${ref.name} is not there yet.`;
    const advice = 'Merge all recipes of the series: it is made before this one.';
    return [error('model-missing', message, advice, { place })];
  }
  if (!model) {
    // A recipe of mergekit knows names only.
    const size = ref.bytes > 0 ? ` (${count(ref.bytes, 'byte')})` : '';
    const message = `The recipe names ${ref.name}${size}, which is not open.`;
    const again = ref.bytes > 0 ? ' again' : '';
    const advice = `Drop its files on the page${again}, or remove it from the recipe.`;
    return [error('model-missing', message, advice, { place, fixes: findFixes(ref.name) })];
  }
  const bytes = totalBytes(model);
  // Of a model known by its name only any weights are right.
  if (bytes === ref.bytes || ref.bytes === 0) return [];
  const message = `${ref.name} had ${count(ref.bytes, 'byte')} of weights in the recipe; the model that is open has ${count(bytes, 'byte')}.`;
  const advice = 'Open the files that the recipe was made with, or choose the model anew.';
  return [error('model-differs', message, advice, { place })];
}

function checkTwice({ base, experts }: Recipe, models: Models): readonly Finding[] {
  const findings: Finding[] = [];
  const refs = [...(base ? [base] : []), ...experts.map(({ model }) => model)];
  for (const [index, ref] of refs.entries()) {
    const isBase = base !== null && index === 0;
    const earlier = refs.slice(0, index).find((other) => isSame(other, ref, models));
    // The base among the experts under its own id is said elsewhere.
    if (isBase || !earlier || (earlier === base && earlier.id === ref.id)) continue;
    const same = earlier.id === ref.id;
    const message = same
      ? `${ref.name} is in the recipe twice.`
      : `${ref.name} and ${earlier.name} look like the same files: same names, sizes and headers.`;
    const advice = 'Keep one and give it the sum of the weights, unless it is meant.';
    const place = { model: ref.id };
    const fix = { kind: 'remove-expert', label: `Remove ${ref.name}`, model: ref.id } as const;
    findings.push(
      warning('same-model-twice', message, advice, same ? { place } : { place, fixes: [fix] }),
    );
  }
  return findings;
}

/** Fine-tunes of one base share sizes and headers, so the names must agree too. */
function isSame(a: ModelRef, b: ModelRef, models: Models): boolean {
  if (a.id === b.id) return true;
  // Samples of the weights tell two checkpoints of one name apart.
  const known = a.fingerprint !== undefined && b.fingerprint !== undefined;
  if (known && a.fingerprint !== b.fingerprint) return false;
  const [one, other] = [models.get(a.id), models.get(b.id)];
  if (!one || !other || totalBytes(one) !== totalBytes(other)) return false;
  if (plainName(one.name) !== plainName(other.name)) return false;
  const sameFiles = one.files.every(({ name }, index) => other.files[index]?.name === name);
  return (
    sameFiles &&
    one.tensors.size === other.tensors.size &&
    [...one.tensors.values()].every((entry) => {
      const twin = other.tensors.get(entry.name);
      return twin?.dtype === entry.dtype && placesOf(twin) === placesOf(entry);
    })
  );
}

function placesOf(entry: TensorEntry): string {
  return storedOf(entry)
    .map(({ begin, end }) => `${begin}-${end}`)
    .join();
}

function totalBytes({ files }: Model): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function distinct(refs: readonly ModelRef[]): readonly ModelRef[] {
  return [...new Map(refs.map((ref) => [ref.id, ref])).values()];
}
