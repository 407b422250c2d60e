/** Tensors whose rows are tokens, known by their names: word embeddings, output heads, their biases. */

const INPUT_EMBEDDING =
  /(?:^|\.)(?:embed_tokens|wte|word_embeddings|tok_embeddings|embed_in|shared|embeddings|tokens_embed)\.weight$/;

/** Heads that give one number a token. `output` and `embed_out` are heads outside the layers only. */
const VOCABULARY_HEAD =
  /(?:^|\.)(?:lm_head(?:\.decoder)?|embed_out|shared_head\.head|predictions\.decoder|vocab_projector|generator_lm_head|lm_loss|output|output_layer|ff_out|final_logits)\.weight$/;

export function isInputEmbedding(name: string): boolean {
  return INPUT_EMBEDDING.test(name);
}

export function isVocabularyHead(name: string): boolean {
  return VOCABULARY_HEAD.test(name);
}
