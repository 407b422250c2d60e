import type { StoredTensor } from '../../formats/model.ts';
import { Unreadable } from './unreadable.ts';

/** What an adapter's config says of one module. */
export type Settings = {
  readonly rank: number;
  readonly alpha: number;
  /** rsLoRA: the scale is alpha / √rank. */
  readonly byRoot: boolean;
};

export type Scale = { readonly alpha: number | null; readonly scale: number };

/**
 * alpha / rank, or alpha / √rank; the rank is that of the tensors, and alpha that of the file or of the config.
 * Without either, alpha is the rank. A matrix without a rank has a scale only by the config. Throws `Unreadable`
 * for an alpha that is no number, zero, or another than the config's.
 */
export function scaleOf(
  rank: number | null,
  stored: number | null,
  settings: Settings | null,
): Scale {
  if (rank === null) {
    if (!settings) return { alpha: null, scale: 1 };
    return { alpha: settings.alpha, scale: divide(settings.alpha, settings.rank, settings) };
  }
  if (stored !== null && !Number.isFinite(stored)) throw new Unreadable(`An alpha of ${stored}.`);
  if (stored === 0) {
    throw new Unreadable('An alpha of 0: sd-scripts takes the rank instead, ComfyUI takes 0.');
  }
  if (stored !== null && settings && settings.alpha !== stored) {
    const found = `${stored} in the tensor, ${settings.alpha} in the config`;
    throw new Unreadable(`Two values of alpha: ${found}.`);
  }
  const alpha = stored ?? settings?.alpha ?? rank;
  return { alpha, scale: divide(alpha, rank, settings) };
}

function divide(alpha: number, rank: number, settings: Settings | null): number {
  return alpha / (settings?.byRoot ? Math.sqrt(rank) : rank);
}

/** Whether a tensor is a single number, whose value must be read before the adapter is. */
export function isScalar({ shape }: StoredTensor): boolean {
  return shape.every((size) => size === 1);
}
