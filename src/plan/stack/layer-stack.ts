/** The numbered layers of a model, and what lies before and behind them. */
import { isOfTower } from '../claims/scope.ts';
import { placeOf } from '../groups.ts';
import type { Tensors } from '../names/tensors.ts';
import { rememberLast } from '../remember.ts';

export type LayerStack = {
  /** What comes before the numbers: "model.layers". */
  readonly name: string;
  /** Highest layer number + 1. */
  readonly depth: number;
};

const remembered = rememberLast<readonly LayerStack[]>();

/**
 * The stacks whose layers can be arranged: one of a language model; two of an encoder with a decoder. Towers for images
 * and sound beside a language model are none of them. Empty where no name has a layer number.
 */
export function layerStacks(tensors: Tensors): readonly LayerStack[] {
  return remembered(tensors, [], () => {
    const depths = new Map<string, number>();
    for (const name of tensors.keys()) {
      const { stack, layer } = placeOf(name);
      if (stack === null || layer === null) continue;
      depths.set(stack, Math.max(depths.get(stack) ?? 0, layer + 1));
    }
    const all = [...depths].map(([name, depth]) => ({ name, depth }));
    const main = all.filter(({ name }) => !isOfTower(`${name}.`));
    return main.length > 0 ? main : all;
  });
}

/**
 * Whether a tensor outside the layers comes behind them, and so is that of the last slice: the final norm, the head, a
 * pooler. All others (embeddings, towers) come before.
 */
export function isBehind(name: string): boolean {
  const { group, layer } = placeOf(name);
  if (layer !== null) return false;
  if (group === 'head' || /(?:^|\.)pooler\./.test(name)) return true;
  return group === 'norms' && !/embed|wte|wpe|(?:^|[._])pre_/i.test(name);
}
