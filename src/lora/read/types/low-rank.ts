/** LoRA (Hu et al. 2021): B·A; of convolutions as LoCon, with or without a Tucker core (`lora_mid`). */
import type { StoredTensor } from '../../../formats/model.ts';
import { kernelOf, sidesOf } from '../inputs.ts';
import { shown, Unreadable } from '../unreadable.ts';
import { need, type Type } from './type.ts';

/** down: rank × inputs [× kernel]; up: outputs × rank [× 1 × 1]; mid: rank × rank × kernel. */
export const lowRank: Type = {
  parts: ['down', 'up', 'mid'],
  isScaled: true,
  read(parts, inputs, fanInFanOut) {
    const [up, down, mid] = [need(parts, 'up'), need(parts, 'down'), parts.get('mid')];
    const [left, right] = [sidesOf(up), sidesOf(down)];
    const rank = right.rows;
    if (mid) {
      const kernel = kernelOf(mid);
      mustFit(up, left.columns === mid.shape[0] && right.rows === mid.shape[1], mid);
      mustFit(down, kernelOf(down) === 1, mid);
      return {
        type: 'LoRA with a Tucker core',
        rows: left.rows,
        columns: right.columns * kernel,
        rank,
        matrix: {
          kind: 'tucker',
          left: inputs.matrix(up),
          core: inputs.matrix(mid),
          right: inputs.matrix(down),
          kernel,
        },
      };
    }
    mustFit(up, left.columns === rank && kernelOf(up) === 1, down);
    if (fanInFanOut && kernelOf(down) === 1) {
      return {
        type: 'LoRA',
        rows: right.columns,
        columns: left.rows,
        rank,
        matrix: {
          kind: 'product',
          left: inputs.transposed(down),
          right: inputs.transposed(up),
        },
      };
    }
    return {
      type: 'LoRA',
      rows: left.rows,
      columns: right.columns,
      rank,
      matrix: { kind: 'product', left: inputs.matrix(up), right: inputs.matrix(down) },
    };
  },
};

/** PEFT's LoRA of an embedding, ΔW = (B·A)ᵀ; A: rank × tokens, B: width × rank. */
export const embedding: Type = {
  parts: ['embedding_a', 'embedding_b'],
  isScaled: true,
  read(parts, inputs) {
    const [a, b] = [need(parts, 'embedding_a'), need(parts, 'embedding_b')];
    mustFit(b, sidesOf(b).columns === sidesOf(a).rows, a);
    return {
      type: 'LoRA of an embedding',
      rows: sidesOf(a).columns,
      columns: sidesOf(b).rows,
      rank: sidesOf(a).rows,
      matrix: { kind: 'product', left: inputs.transposed(a), right: inputs.transposed(b) },
    };
  },
};

function mustFit(one: StoredTensor, fits: boolean, other: StoredTensor): void {
  if (fits) return;
  throw new Unreadable(
    `Factors that do not fit each other: ${shown(one.shape)} and ${shown(other.shape)}.`,
  );
}
