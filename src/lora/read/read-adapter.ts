/** From the names and shapes of an adapter's tensors to what it does to its base. */
import type { StoredTensor } from '../../formats/model.ts';
import type { Adapter, Update } from '../../formats/update.ts';
import type { Dialect, Given } from './dialect.ts';
import { diffusers } from './diffusers.ts';
import { Inputs } from './inputs.ts';
import { kohya } from './kohya.ts';
import { readMagnitudes } from './magnitudes.ts';
import { groupByModule, type Module } from './modules.ts';
import { whyForeign } from './names.ts';
import { peft } from './peft.ts';
import { isScalar, scaleOf } from './scale.ts';
import { Tally } from './tally.ts';
import { loha } from './types/loha.ts';
import { lokr } from './types/lokr.ts';
import { embedding, lowRank } from './types/low-rank.ts';
import { need, type Type } from './types/type.ts';
import { fullMatrix, norm, whole } from './types/whole.ts';
import { shown, Unreadable } from './unreadable.ts';

const types: readonly Type[] = [lowRank, embedding, loha, lokr, fullMatrix, norm];

/**
 * Reads an adapter of PEFT, sd-scripts, LyCORIS, diffusers, ai-toolkit or ComfyUI: an update for each module, in
 * the order of the tensors. Ranks are those of the tensors. What is not understood is in `unread`, with all tensors
 * of its module. Pure. Throws `FormatError` where nothing of it could be right: another kind of adapter, a base
 * that was changed, several adapters under one name, or no config where one is needed.
 */
export function readAdapter(given: Given): Adapter {
  const dialect = peft(given) ?? kohya(given) ?? diffusers(given);
  const { modules, others } = groupByModule(given);
  const tally = new Tally();
  const unread: { tensor: string; why: string }[] = [];
  const updates: Update[] = [];
  for (const module of modules) {
    try {
      updates.push(...updatesOf(module, dialect, given, tally));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      for (const { name } of module.tensors) unread.push({ tensor: name, why: error.message });
    }
  }
  const saved: { name: string; tensor: StoredTensor }[] = [];
  for (const tensor of others) {
    const foreign = whyForeign(tensor.name);
    const found = foreign === null ? dialect.replacing(tensor.name) : { why: foreign };
    if ('why' in found) {
      unread.push({ tensor: tensor.name, why: found.why });
      continue;
    }
    saved.push({ name: found.name, tensor });
    if (found.remark !== null) tally.add(found.remark, found.name);
  }
  const remarks = [...dialect.remarks, ...tally.sentences()];
  const { name, base } = dialect;
  return { dialect: name, updates, saved, base, config: given.config, unread, remarks };
}

/** One of the weight, one of the bias, or both. */
function updatesOf(module: Module, dialect: Dialect, given: Given, tally: Tally): Update[] {
  const { name, parts } = module;
  if (module.twice) throw new Unreadable(`Two tensors for one part: ${module.twice.join(', ')}.`);
  const objection = dialect.objection(name, parts);
  if (objection !== null) throw new Unreadable(objection);
  const found = types.filter((type) => type.parts.some((part) => parts.has(part)));
  if (found.length > 1) {
    throw new Unreadable(`Two kinds of update at once: ${[...parts.keys()].join(', ')}.`);
  }
  const updates: Update[] = [];
  const settings = dialect.settingsOf(name);
  let scale = { alpha: null as number | null, scale: 1 };
  const [type] = found;
  const hasMagnitudes = parts.has('magnitude') || parts.has('dora_scale');
  if (type) {
    const inputs = new Inputs();
    const isFanInFanOut = dialect.isFanInFanOut(name);
    const product = type.read(parts, inputs, isFanInFanOut);
    const stored = alphaOf(module, given);
    if (type.isScaled) scale = scaleOf(product.rank, stored, settings);
    remark(tally, name, product.rank, stored, settings, type.isScaled);
    const outputs = type === embedding || isFanInFanOut ? 'column' : 'row';
    const magnitudes = readMagnitudes(parts, product, inputs, outputs);
    if (magnitudes) {
      tally.add(
        'DoRA: rows or columns get their norms back after the update, for which the base is needed',
        name,
      );
    }
    updates.push({
      ...{ module: name, of: 'weight', ...product, inputs: inputs.list, ...scale, magnitudes },
      type: magnitudes ? `${product.type} with DoRA` : product.type,
    });
  } else if (hasMagnitudes) throw new Unreadable('Magnitudes without an update.');
  for (const part of ['bias', 'diff_b', 'b_norm'] as const) {
    if (!parts.has(part)) continue;
    const inputs = new Inputs();
    const own = whole(parts, inputs, part, part === 'bias' ? 'LoRA' : 'full difference');
    const byScale = part === 'bias';
    updates.push({
      ...{ module: name, of: 'bias', ...own, inputs: inputs.list, magnitudes: null },
      ...(byScale ? scale : { alpha: null, scale: 1 }),
    });
  }
  if (updates.length === 0) need(parts, 'up');
  const outside = dialect.remarkOn(name);
  if (outside !== null) tally.add(outside, name);
  return updates;
}

function alphaOf({ parts }: Module, { numberOf }: Given): number | null {
  const tensor = parts.get('alpha');
  if (!tensor) return null;
  if (isScalar(tensor)) return numberOf(tensor);
  throw new Unreadable(`An alpha of shape ${shown(tensor.shape)}, where one number is expected.`);
}

function remark(
  tally: Tally,
  module: string,
  rank: number | null,
  stored: number | null,
  settings: ReturnType<Dialect['settingsOf']>,
  isScaled: boolean,
): void {
  if (rank !== null && settings && settings.rank !== rank) {
    tally.add(
      `The config says rank ${settings.rank}, the tensors have ${rank}, which is taken`,
      module,
    );
  }
  if (rank !== null && stored === null && !settings) {
    tally.add('No alpha is stored: it is taken to be the rank, so the scale is 1', module);
  }
  if (stored !== null && rank === null) {
    const why = isScaled ? 'both matrices are whole' : 'a full difference has no scale';
    tally.add(`alpha has no meaning here, and is left: ${why}`, module);
  }
}
