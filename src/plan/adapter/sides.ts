/** What a naming calls the two factors of a weight, and how it lays them out. */
import type { Style } from '../../lora/name/naming.ts';
import type { FactorPart } from '../types.ts';
import type { Kind, Module, NamedModule } from './modules.ts';

export type Side = Pick<FactorPart, 'side' | 'transposed'> & {
  /** What PEFT calls the factor. */
  readonly factor: 'A' | 'B';
  readonly name: string;
  readonly shape: readonly number[];
};

export function kindOf({ changes: [first], kernel, kind }: Module): Kind {
  if (kind) return kind;
  if (/embedding/i.test(first.type)) return 'embedding';
  if (kernel.length > 0) return 'convolution';
  const { matrix } = first;
  const isTurned =
    matrix.kind === 'product' && matrix.left.kind === 'stored' && matrix.left.transposed;
  return isTurned ? 'fan in' : 'linear';
}

/** What stands around the name of a module: in front, behind it for the right factor, and for the left one. */
const AROUND: Readonly<Record<Style, readonly [front: string, right: string, left: string]>> = {
  PEFT: ['base_model.model.', 'lora_A.weight', 'lora_B.weight'],
  diffusers: ['', 'lora_A.weight', 'lora_B.weight'],
  ComfyUI: ['', 'lora_A.weight', 'lora_B.weight'],
  kohya: ['', 'lora_down.weight', 'lora_up.weight'],
};

/**
 * B of outputs × rank and A of rank × inputs; of an embedding and of a weight that lies inputs × outputs, ΔW is
 * (B·A)ᵀ, so that left and right change places.
 */
export function sidesOf(module: NamedModule, rank: number, style: Style): readonly Side[] {
  const { rows, columns } = module;
  const kind = kindOf(module);
  const [front, right, left] = AROUND[style];
  const key = `${front}${module.file}`;
  if (kind === 'linear' || kind === 'convolution') {
    const { kernel } = module;
    const inputs = kernel.reduce((size, each) => size / each, columns);
    const ones = kernel.map(() => 1);
    return [
      side(`${key}.${right}`, 'right', false, [rank, inputs, ...kernel]),
      side(`${key}.${left}`, 'left', false, [rows, rank, ...ones]),
    ];
  }
  const [a, b] = kind === 'embedding' ? ['lora_embedding_A', 'lora_embedding_B'] : [right, left];
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
  const factor = (which === 'right') === transposed ? 'B' : 'A';
  return { name, factor, side: which, transposed, shape };
}
