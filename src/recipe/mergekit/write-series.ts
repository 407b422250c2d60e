/** A series as the documents that mergekit-multi runs: each with its name, by which others take its result. */
import type { ModelRef, Recipe, Step } from '../recipe.ts';
import { membersOf, stepsOf } from '../series.ts';
import { emit, type Yaml } from './emit.ts';
import type { MergekitDtype } from './read.ts';
import { nameOfVersion } from './version.ts';
import { inVersion, type Known, mergekitYaml, versionOf, type WrittenMergekit } from './write.ts';

/** `knownOf` tells of models that are open; what a result is stored in follows from its step. */
export function exportSeries(recipe: Recipe, knownOf: (recipe: Recipe) => Known): WrittenMergekit {
  const steps = stepsOf(recipe);
  const dtypes = new Map<string | null, MergekitDtype | null>();
  const written = steps.map(({ name, recipe }) => {
    const first = recipe.base ?? recipe.experts[0]?.model;
    const own = knownOf(recipe);
    const baseDtype = first?.origin === 'result' ? (dtypes.get(first.name) ?? null) : own.baseDtype;
    dtypes.set(name, recipe.output.dtype === 'base' ? baseDtype : recipe.output.dtype);
    return mergekitYaml(recipe, { ...own, baseDtype });
  });
  const told = (each: 'beyond' | 'remarks', of: (step: Step, text: string) => string) =>
    written.flatMap((one, k) => one[each].map((text) => of(steps[k], text)));
  const documents = written.flatMap(({ yaml }, k) => {
    const { name } = steps[k];
    return yaml ? [{ ...(name === null ? {} : { name }), ...yaml }] : [];
  });
  // One mergekit runs them all.
  const version = versionOf(steps[steps.length - 1].recipe);
  const isWhole = documents.length === steps.length;
  return {
    text: isWhole ? inVersion(documents.map(emit).join('---\n'), version) : null,
    beyond: [
      ...told('beyond', ({ name, recipe }, text) => `${name ?? recipe.output.name}: ${text}`),
      ...steps.flatMap(({ name, recipe }) => {
        const own = versionOf(recipe);
        return own === version
          ? []
          : [
              `${name ?? recipe.output.name}: it is one of ${nameOfVersion(own)}, and the last recipe of ${nameOfVersion(version)}`,
            ];
      }),
      ...ambiguous(steps, documents),
    ],
    remarks: [...new Set(told('remarks', (_, text) => text)), howToRun(steps)],
  };
}

/** mergekit-multi takes any text that is the name of a recipe for its result, also where it is none. */
function ambiguous(
  steps: readonly Step[],
  documents: readonly Readonly<Record<string, Yaml>>[],
): readonly string[] {
  const names = new Set(steps.flatMap(({ name }) => (name === null ? [] : [name])));
  const words = new Set(documents.flatMap(({ name: _, ...yaml }) => wordsIn(yaml)));
  const models = steps.flatMap(({ recipe }) => membersOf(recipe).flatMap(pathOf));
  return [...names].flatMap((name) => [
    ...(words.has(name)
      ? [
          `a recipe is called ${name}, which is a word of its own there: mergekit-multi takes it for the result`,
        ]
      : []),
    ...(models.includes(name)
      ? [
          `a model and a recipe are both called ${name}: mergekit-multi takes the recipe’s result for both`,
        ]
      : []),
  ]);
}

const pathOf = ({ name, hub, origin }: ModelRef): readonly string[] =>
  origin === 'result' ? [] : [hub?.repo ?? name];

const keysOfModels = new Set(['model', 'base_model', 'path', 'lora']);

/** Texts that name no model. */
function wordsIn(value: Yaml): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]): readonly string[] => {
    if (keysOfModels.has(key)) return [];
    // A tokenizer's source is a model, or one of these words.
    if (key === 'source') return member === 'union' || member === 'base' ? [member] : [];
    return wordsIn(member);
  });
}

function howToRun(steps: readonly Step[]): string {
  const out = steps.some(({ name }) => name === null) ? ' --out-path RESULT' : '';
  return `mergekit runs it by: mergekit-multi FILE --intermediate-dir RESULTS${out}`;
}
