/** One of the configs in a config.json with the tensors it speaks of: the model's, or a tower's. */
import type { ConfigEdit } from '../../formats/edit-config.ts';

export type Shaped = { readonly name: string; readonly shape: readonly number[] };

export type Scope = {
  /** Where its config lies: nowhere further, or in `text_config`, `vision_config`. */
  readonly path: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: readonly Shaped[];
};

/** A number of config.json that the tensors do not bear out. */
export type Claim = {
  /** As config.json spells it: `vocab_size`, `text_config.num_hidden_layers`. */
  readonly field: string;
  readonly claimed: number | boolean;
  /** What the tensors have, in words: "model.embed_tokens.weight has 12 rows". */
  readonly found: string;
  /** What transformers does with such a model. */
  readonly effect: string;
  readonly tensor: string;
  /** What would make the config true; empty where that cannot be told. */
  readonly edits: readonly ConfigEdit[];
};

const VISION =
  /(?:^|\.)(?:vision_tower|vision_model|visual|vision_encoder|vision_embed_tokens|image_encoder|audio_tower|audio_encoder|audio_model|multi_modal_projector|mtp|q_?former)\./;

/**
 * The scopes of a model. A tower's tensors are those under its usual names; what is nowhere else belongs to
 * the text model, whose config may lie at the top.
 */
export function scopesOf(
  config: Readonly<Record<string, unknown>>,
  tensors: readonly Shaped[],
): readonly Scope[] {
  const inner = (key: string) => {
    const value = config[key];
    return isObject(value) ? value : null;
  };
  const [text, vision] = [inner('text_config'), inner('vision_config')];
  const ofVision = tensors.filter(({ name }) => /(?:^|\.)vision_(?:tower|model)\./.test(name));
  const others = tensors.filter(({ name }) => !VISION.test(name));
  const main = { path: text ? ['text_config'] : [], config: text ?? config, tensors: others };
  // A lone image model calls itself so, and has its config at the top.
  if (!text && !vision && others.length === 0) return [{ path: [], config, tensors: ofVision }];
  return vision ? [main, { path: ['vision_config'], config: vision, tensors: ofVision }] : [main];
}

/** The first of the fields that holds a number. */
export function numberIn(
  config: Scope['config'],
  ...fields: readonly string[]
): { readonly field: string; readonly value: number } | null {
  for (const field of fields) {
    const value = config[field];
    if (typeof value === 'number') return { field, value };
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
