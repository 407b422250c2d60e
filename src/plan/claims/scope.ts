/** One of the configs in a config.json with the tensors it speaks of: the model's, or a tower's. */
import type { ConfigEdit } from '../../formats/edit-config.ts';

/** Tensors of one shape whose names differ in their numbers only. */
export type Kind = {
  /** Of the first. */
  readonly name: string;
  readonly names: readonly string[];
  readonly shape: readonly number[];
};

export type Scope = {
  /** Where its config lies: nowhere further, or in `text_config`, `vision_config`. */
  readonly path: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: readonly Kind[];
};

/** What a config.json says and the tensors do not bear out. */
export type Claim = {
  /** As config.json spells it: `vocab_size`, `text_config.num_hidden_layers`. */
  readonly field: string;
  /** What it says, with the field: "vocab_size 12". */
  readonly says: string;
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

/** Whether a name is of a tower for images or sound beside a language model, or of its link to it. */
export const isOfTower = (name: string): boolean => VISION.test(name);

/**
 * The scopes of a model. A tower's tensors are those under its usual names; what is nowhere else belongs to
 * the text model, whose config may lie at the top.
 */
export function scopesOf(
  config: Readonly<Record<string, unknown>>,
  tensors: readonly Kind[],
): readonly Scope[] {
  const inner = (key: string) => {
    const value = config[key];
    return isObject(value) ? value : null;
  };
  const [text, vision] = [inner('text_config'), inner('vision_config')];
  const ofVision = tensors.filter(({ name }) => /(?:^|\.)vision_(?:tower|model)\./.test(name));
  const others = tensors.filter(({ name }) => !isOfTower(name));
  const main = { path: text ? ['text_config'] : [], config: text ?? config, tensors: others };
  // A lone image model calls itself so, and has its config at the top.
  if (!text && !vision && others.length === 0) return [{ path: [], config, tensors: ofVision }];
  return vision ? [main, { path: ['vision_config'], config: vision, tensors: ofVision }] : [main];
}

/** Names and shapes by kind, in order of first appearance: what is asked of tensors is asked of few. */
export function kindsOf(
  tensors: Iterable<{ readonly name: string; readonly shape: readonly number[] }>,
): readonly Kind[] {
  const kinds = new Map<string, (Kind & { readonly names: string[] })[]>();
  for (const { name, shape } of tensors) {
    const key = name.replace(/\d+/g, '#');
    const alike = kinds.get(key);
    const known = alike?.find((kind) => isSame(kind.shape, shape));
    if (known) known.names.push(name);
    else if (alike) alike.push({ name, names: [name], shape });
    else kinds.set(key, [{ name, names: [name], shape }]);
  }
  return [...kinds.values()].flat();
}

const isSame = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** The first of the fields that holds a number, if it can count or measure something. */
export function numberIn(
  config: Scope['config'],
  ...fields: readonly string[]
): { readonly field: string; readonly value: number } | null {
  const field = fields.find((name) => typeof config[name] === 'number');
  const value = field && (config[field] as number);
  return field && value && value > 0 ? { field, value } : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
