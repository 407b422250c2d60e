import type { Metadata } from '../container.ts';
import type { Settings } from '../settings.ts';

/** How the values of a tensor come from those of the model's. */
export type Change =
  | { readonly kind: 'none' }
  /** Rows of each head, first half and second half, taken in turns: how llama.cpp rotates pairs. */
  | { readonly kind: 'interleave'; readonly heads: number }
  /** A matrix stored the other way round. */
  | { readonly kind: 'transpose' }
  /** 1 added to each value: scales that a model stores as their distance from 1. */
  | { readonly kind: 'plus one' };

export const unchanged: Change = { kind: 'none' };

/** Where a tensor of the model goes. */
export type Placement = {
  readonly name: string;
  readonly change: Change;
  /** F32 whatever the type of the file. */
  readonly exact?: true;
};

/** A tensor that is made of the config alone. */
export type Made = { readonly name: string; readonly values: readonly number[] };

/** How models of one kind are written: what llama.cpp calls an architecture. */
export type Architecture = {
  /** As `general.architecture` has it, and the prefix of its keys. */
  readonly id: string;
  /** In `architectures` of config.json. */
  readonly classes: readonly string[];
  /** Whether it makes vectors of texts and no texts. */
  readonly isEncoder?: true;
  /** Key-values of the architecture. Throws FormatError naming a key of config.json. */
  metadata(settings: Settings): Metadata;
  /** Null for what the file does without; undefined for a tensor that the architecture does not have. */
  place(name: string, settings: Settings): Placement | null | undefined;
  made(settings: Settings): readonly Made[];
  /** Tensors without which llama.cpp does not load the file, by the names they have there. */
  needed(settings: Settings): readonly string[];
  /** What to say where the file cannot do all that the model does. */
  remarks(settings: Settings): readonly string[];
};

/** `blk.3.attn_q.weight` from `model.layers.3.self_attn.q_proj.weight` and tables of both kinds of names. */
export function namedBy(
  whole: Readonly<Record<string, string>>,
  layer: RegExp,
  inLayer: Readonly<Record<string, string>>,
): (name: string) => string | undefined {
  return (name) => {
    const parts = /^(.*)\.(weight|bias)$/.exec(name);
    if (!parts) return undefined;
    const [, stem, kind] = parts;
    if (Object.hasOwn(whole, stem)) return `${whole[stem]}.${kind}`;
    const inside = layer.exec(stem);
    if (!inside || !Object.hasOwn(inLayer, inside[2])) return undefined;
    return `blk.${inside[1]}.${inLayer[inside[2]]}.${kind}`;
  };
}

/** The same tensors in each of `layers` layers. */
export function eachLayer(layers: number, stems: readonly string[]): readonly string[] {
  return Array.from({ length: layers }, (_, layer) =>
    stems.map((stem) => `blk.${layer}.${stem}`),
  ).flat();
}
