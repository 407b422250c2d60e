/** What PEFT calls the two factors of a weight, and how it lays them out. */
import type { FactorPart } from '../types.ts';
import type { Module } from './modules.ts';

export type Side = Pick<FactorPart, 'side' | 'transposed'> & {
  readonly name: string;
  readonly shape: readonly number[];
};

/** How PEFT takes a weight: outputs × inputs, the other way round (`fan_in_fan_out`), or as an embedding. */
export type Kind = 'linear' | 'fan in' | 'embedding' | 'convolution';

export function kindOf({ changes: [first], kernel }: Module): Kind {
  if (/embedding/i.test(first.type)) return 'embedding';
  if (kernel.length > 0) return 'convolution';
  const { matrix } = first;
  const isTurned =
    matrix.kind === 'product' && matrix.left.kind === 'stored' && matrix.left.transposed;
  return isTurned ? 'fan in' : 'linear';
}

/** "model.layers.0.mlp.up_proj": as the first of PEFT's adapters calls it, else as the base does. */
export function moduleName({ name, changes }: Module): string {
  const known = changes.find(({ peftName }) => peftName !== null);
  return known?.peftName ?? name.replace(/\.weight$/, '');
}

/**
 * B of outputs × rank and A of rank × inputs; of an embedding and of a weight that lies inputs × outputs, ΔW is
 * (B·A)ᵀ, so that left and right change places.
 */
export function sidesOf(module: Module, rank: number): readonly Side[] {
  const { rows, columns } = module;
  const kind = kindOf(module);
  const key = `base_model.model.${moduleName(module)}`;
  if (kind === 'linear' || kind === 'convolution') {
    const { kernel } = module;
    const inputs = kernel.reduce((size, each) => size / each, columns);
    const ones = kernel.map(() => 1);
    return [
      side(`${key}.lora_A.weight`, 'right', false, [rank, inputs, ...kernel]),
      side(`${key}.lora_B.weight`, 'left', false, [rows, rank, ...ones]),
    ];
  }
  const names = kind === 'embedding' ? ['lora_embedding_A', 'lora_embedding_B'] : ['A', 'B'];
  const [a, b] = kind === 'embedding' ? names : names.map((each) => `lora_${each}.weight`);
  return [
    side(`${key}.${a}`, 'left', true, [rank, rows]),
    side(`${key}.${b}`, 'right', true, [columns, rank]),
  ];
}

function side(
  name: string,
  which: FactorPart['side'],
  transposed: boolean,
  shape: readonly number[],
): Side {
  return { name, side: which, transposed, shape };
}
