/** PEFT's LoraConfig, as far as it changes numbers. */
import { FormatError } from '../../formats/error.ts';
import type { Dialect } from './dialect.ts';
import { plainName } from './names.ts';
import { refuseOtherKinds } from './peft-refusals.ts';
import { pythonRegExp } from './python-regexp.ts';
import type { Settings } from './scale.ts';
import { targeting } from './targets.ts';
import type { Parts } from './types/type.ts';

type Config = Readonly<Record<string, unknown>>;
type Rules = Omit<Dialect, 'name'>;

/** Of modules that PEFT saves of its own accord, when the vocabulary has grown. */
const embeddings = /(?:^|\.)(?:embed_tokens|lm_head)$/;
const inWrapper =
  'Factors inside a layer that PEFT has wrapped, as of experts or of attention in one module. Merge it with PEFT (merge_and_unload).';
const ofExperts =
  'One of target_parameters: in which order experts and ranks lie, the file does not say. Merge it with the tool it was trained with.';

/**
 * Reads a config: ranks and alphas with their patterns, rsLoRA, DoRA, biases, and what is saved whole. Modules are
 * named as in the base. Throws `FormatError`, of the `file` that the config is in, for kinds that add no matrix to the
 * base, and for values that are not of their type.
 */
export function readPeftConfig(config: Config, file: string): Rules {
  refuseOtherKinds(config, file);
  const isLora = config.peft_type === 'LORA';
  const rank = patterned(config, 'r', 'rank_pattern', 8, file);
  const alpha = patterned(config, isLora ? 'lora_alpha' : 'alpha', 'alpha_pattern', 8, file);
  const byRoot = isSet(config, 'use_rslora', file);
  const isFanInFanOut = isSet(config, 'fan_in_fan_out', file);
  const promises = {
    magnitudes: isSet(config, 'use_dora', file),
    biases: isSet(config, 'lora_bias', file),
  };
  const isTargeted = targeting(config, file);
  const announced = announcing(config);
  const parents = texts(config.target_parameters).map((name) => name.replace(/\.?[^.]*$/, ''));

  return {
    base: baseOf(config),
    remarks: remarksOf(config, isLora, byRoot),
    settingsOf: (module): Settings => ({ rank: rank(module), alpha: alpha(module), byRoot }),
    isFanInFanOut: () => isFanInFanOut,
    objection(module, parts) {
      if (parents.some((each) => endsWith(module, each))) return ofExperts;
      if (/\.base_layer(?:\.|$)/.test(module)) return parents.length > 0 ? ofExperts : inWrapper;
      return isLora ? objectionTo(promises, parts) : null;
    },
    remarkOn: (module) =>
      isTargeted(module)
        ? null
        : 'Outside the config’s target_modules, so PEFT would not load it; it is read here',
    replacing(tensor) {
      const name = plainName(tensor);
      if (announced(name)) return { name, remark: null };
      return /\.(?:weight|bias)$/.test(name)
        ? { name, remark: 'A whole tensor that the config does not announce' }
        : { why: 'A name that PEFT is not known to use, of a module it does not say it saved.' };
    },
  };
}

/** A value for each module: of the first pattern that is its name or an end of it, after a dot; else the common. */
function patterned(config: Config, field: string, patterns: string, common: number, file: string) {
  const own = config[patterns] ?? {};
  if (typeof own !== 'object' || Array.isArray(own)) {
    throw misfit(file, own, patterns, 'an object of patterns and numbers');
  }
  const rules = Object.entries(own).map(([pattern, value]) => {
    return {
      at: pythonRegExp(`(?:.*\\.)?(?:${pattern})`, file, pattern),
      value: number(value, pattern),
    };
  });
  const otherwise = number(config[field] === undefined ? common : config[field], field);
  return (module: string) => rules.find(({ at }) => at.test(module))?.value ?? otherwise;

  function number(value: unknown, name: string): number {
    const isGood = typeof value === 'number' && Number.isFinite(value);
    if (isGood && (field !== 'r' || value > 0)) return value;
    const expected = field === 'r' ? 'a number above 0' : 'a number';
    throw misfit(file, value, name === field ? field : `the ${field} of "${name}"`, expected);
  }
}

/** PEFT takes what is no boolean as Python does: "false" is true. Nobody wrote that on purpose. */
function isSet(config: Config, field: string, file: string): boolean {
  const value = config[field] ?? false;
  if (typeof value !== 'boolean') throw misfit(file, value, field, 'true or false');
  return value;
}

function misfit(file: string, value: unknown, field: string, expected: string): FormatError {
  return new FormatError('bad-config', {
    file,
    // JSON has no NaN.
    found: `${typeof value === 'number' ? value : JSON.stringify(value)} as ${field}`,
    expected,
    advice: `Take ${file} again from where the adapter came from, or correct it.`,
  });
}

type Promises = { readonly magnitudes: boolean; readonly biases: boolean };

/** What the config promises and the tensors do not keep changes what PEFT computes. */
function objectionTo(promises: Promises, parts: Parts): string | null {
  const isUpdate = ['up', 'embedding_b'].some((part) => parts.has(part as 'up'));
  if (!isUpdate) return null;
  const hasMagnitudes = parts.has('magnitude');
  if (promises.magnitudes && !hasMagnitudes) {
    return 'The config says use_dora, and there is no magnitude vector.';
  }
  if (!promises.magnitudes && hasMagnitudes) {
    return 'A magnitude vector, and the config does not say use_dora.';
  }
  if (!promises.biases && parts.has('bias')) {
    return 'A bias of lora_B, and the config does not say lora_bias.';
  }
  return null;
}

function remarksOf(config: Config, isLora: boolean, byRoot: boolean): readonly string[] {
  const remarks: string[] = [];
  const alpha = isLora ? 'lora_alpha' : 'alpha';
  for (const field of ['r', alpha]) {
    if (config[field] === undefined) remarks.push(`The config has no ${field}: PEFT takes 8.`);
  }
  if (byRoot) remarks.push('rsLoRA: the scale is alpha / √r.');
  return remarks;
}

/** By modules_to_save, by bias, and by growing embeddings. */
function announcing(config: Config): (name: string) => boolean {
  const saved = texts(config.modules_to_save);
  const hasBiases = config.bias === 'all' || config.bias === 'lora_only';
  return (name) => {
    const module = name.replace(/\.[^.]*$/, '');
    if (hasBiases && name.endsWith('.bias')) return true;
    return embeddings.test(module) || saved.some((each) => `.${module}.`.includes(`.${each}.`));
  };
}

function baseOf(config: Config): Dialect['base'] {
  const { base_model_name_or_path: name, revision } = config;
  if (typeof name !== 'string' || name === '') return null;
  return { name, revision: typeof revision === 'string' && revision !== '' ? revision : null };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function endsWith(module: string, end: string): boolean {
  return module === end || module.endsWith(`.${end}`);
}
