/**
 * Heads that embeddings lend. A model whose head is its embedding stores none; where others store one and the output
 * is to have a head of its own, its embedding stands under the head's name, as mergekit does whenever a model stores one.
 */
import { configFacts } from '../formats/config.ts';
import type { Model } from '../formats/model.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { rememberLast } from './remember.ts';
import { isInputEmbedding } from './vocabulary.ts';

/** A head that a flag in config.json may tie to the embedding. */
export function isTyingHead(name: string): boolean {
  return /(?:^|\.)(?:lm_head|embed_out)\.weight$/.test(name);
}

/** T5 and its kin scale what goes into a tied head: another head is not the embedding alone. */
export function scalesTied({ config }: Model): boolean {
  return /t5|switch_transformers/.test(String(config?.['model_type']));
}

/** The open models; where the recipe unties the head and some of them store one, all that tie theirs have it too. */
export function withLentHeads(
  recipe: Recipe,
  models: ReadonlyMap<string, Model>,
): ReadonlyMap<string, Model> {
  if (recipe.head !== 'untied') return models;
  const ids = [recipe.base?.id, ...recipe.experts.map(({ model }) => model.id)];
  const own = ids.flatMap((id) => (id && models.get(id)) || []);
  const lender = own.find((model) => headOf(model) !== undefined);
  const head = lender && headOf(lender);
  const embedding = lender && embeddingOf(lender);
  if (head === undefined || embedding === undefined) return models;
  const lent = new Map(models);
  for (const model of own) {
    const isTied = model.config !== null && configFacts(model.config).tiesEmbeddings === true;
    const fits = model.adapter === null && !scalesTied(model) && headOf(model) === undefined;
    if (isTied && fits && model.tensors.has(embedding)) {
      lent.set(model.id, headed(model, embedding, head));
    }
  }
  return lent;
}

const namesIn = ({ tensors }: Model) => [...tensors.keys()];
const headOf = (model: Model) => namesIn(model).find(isTyingHead);
const embeddingOf = (model: Model) => namesIn(model).find(isInputEmbedding);

const remembered = rememberLast<Model>();

function headed(model: Model, embedding: string, head: string): Model {
  return remembered(model, [embedding, head], () => {
    const entry = { ...model.tensors.get(embedding)!, name: head };
    return { ...model, tensors: new Map([...model.tensors, [head, entry]]) };
  });
}
