/** DoRA's magnitudes (Liu et al. 2024): whether they belong to rows or to columns, by name and by shape. */
import { elementCount, type StoredTensor } from '../../formats/model.ts';
import type { Magnitudes } from '../../formats/update.ts';
import { type Inputs, kernelOf } from './inputs.ts';
import type { Parts, Product } from './types/type.ts';
import { shown, Unreadable } from './unreadable.ts';

/**
 * PEFT's and ai-toolkit's belong to outputs, whatever their shape; LyCORIS's `dora_scale` does to outputs when it
 * is (outputs, 1, …) and to inputs when it is (1, inputs, …). Adds them to the inputs; null where there are none.
 * Throws `Unreadable` where their number or shape does not tell.
 */
export function readMagnitudes(
  parts: Parts,
  product: Product,
  inputs: Inputs,
  outputsAre: 'row' | 'column',
): Magnitudes | null {
  const byOutput = parts.get('magnitude');
  const byShape = parts.get('dora_scale');
  if (byOutput && byShape) throw new Unreadable('Magnitudes twice: magnitude and dora_scale.');
  if (byOutput) {
    const count = elementCount(byOutput.shape);
    const expected = outputsAre === 'row' ? product.rows : product.columns;
    if (count !== expected) throw new Unreadable(`${count} magnitudes for ${expected} outputs.`);
    return { ...inputs.add(byOutput), per: outputsAre };
  }
  return byShape ? { ...inputs.add(byShape), per: sideOf(byShape, product, parts) } : null;
}

function sideOf(tensor: StoredTensor, product: Product, parts: Parts): 'row' | 'column' {
  const { rows, columns } = product;
  const count = elementCount(tensor.shape);
  const fits = (side: number) => count === side;
  const kernel = kernelIn(parts);
  const channels = columns / kernel;
  const found = `dora_scale of shape ${shown(tensor.shape)} for a weight of ${rows} × ${columns}`;
  const [first, second = 1] = tensor.shape;
  // Along one axis only: (n), (n, 1, …) or (1, n, …).
  const axis = tensor.shape.length < 2 ? null : first === count ? 0 : second === count ? 1 : -1;
  if (axis === 0 && fits(rows) && !(count === 1 && fits(channels))) return 'row';
  const toColumns = fits(channels) && (axis === 1 || (axis === null && !fits(rows)));
  if (toColumns && kernel === 1) return 'column';
  if (toColumns) throw new Unreadable(`${found}: one for all places of a kernel is not read.`);
  if (fits(rows) && !fits(channels) && axis !== -1) return 'row';
  const why = fits(rows) && fits(channels) ? 'rows or columns, it does not say' : 'neither fits';
  throw new Unreadable(`${found}: ${why}.`);
}

/** How many neighbouring columns belong to one input. */
function kernelIn(parts: Parts): number {
  const wide = [...parts].filter(([part]) =>
    /^(?:down|mid|diff|hada_w1_b|hada_t1|lokr_w2|lokr_w2_b|lokr_t2)$/.test(part),
  );
  return Math.max(1, ...wide.map(([, tensor]) => kernelOf(tensor)));
}
