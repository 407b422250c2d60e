/** Tensors whose rows are tokens, known by name and by the number of their rows. */
import { configFacts } from '../formats/config.ts';
import type { Model, TensorEntry } from '../formats/model.ts';
import { rememberLast } from './remember.ts';

const INPUT_EMBEDDING =
  /(?:^|\.)(?:embed_tokens|wte|word_embeddings?|tok_embeddings|token_embedding|tokens_embed|embed_in|shared|embeddings|emb)\.weight$/;

/** Heads that give one number a token, whatever their size; and the parts of a bias. */
const HEAD =
  /(?:^|\.)(?:lm_head(?:\.decoder)?|embed_out|shared_head\.head|predictions(?:\.decoder)?|vocab_projector|generator_lm_head|lm_loss)\.(?:weight|bias)$/;

/** Names that heads of tokens share with heads of tasks: what counts is whether a row is a token. */
const EITHER = /(?:^|\.)(?:output|output_layer|ff_out|proj_out|head)\.(?:weight|bias)$/;

export function isInputEmbedding(name: string): boolean {
  return INPUT_EMBEDDING.test(name);
}

/** A matrix that may be the embedding of a tied head. */
export function isVocabularyHead(name: string): boolean {
  return name.endsWith('.weight') && (HEAD.test(name) || EITHER.test(name));
}

type Shaped = Pick<TensorEntry, 'shape'>;

/** Whether each row of a tensor belongs to a token, in the model that it is of and under the name it meets by. */
export function hasTokenRows(name: string, { shape }: Shaped, model: Model): boolean {
  if (isInputEmbedding(name) || HEAD.test(name)) return true;
  return EITHER.test(name) && tokenCounts(model).has(shape[0]);
}

const remembered = rememberLast<ReadonlySet<number>>();

/** How many tokens a model has, by its config and by its embeddings, which may be padded. */
function tokenCounts(model: Model): ReadonlySet<number> {
  return remembered(model.tensors, [model.config], () => {
    const rows = [...model.tensors.values()]
      .filter(({ name, shape }) => isInputEmbedding(name) && shape.length === 2)
      .map(({ shape }) => shape[0]);
    const declared = model.config && configFacts(model.config).vocabSize;
    return new Set(declared ? [...rows, declared] : rows);
  });
}
