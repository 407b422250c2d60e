import { configFacts } from '../formats/config.ts';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { HubModel } from '../hub/model.ts';

/** Of two counts of parameters. A head stored apart from the embedding is a quarter of a small model. */
const farApart = 1.6;

/**
 * Why a model of the Hub cannot be merged with the base, judged by what the Hub tells of it, before any of
 * its bytes is read. Null when nothing speaks against it; the checks after opening are the judge.
 */
export function pairingProblem(model: HubModel, base: ModelFacts | null): string | null {
  if (isUnreadable(model)) {
    return `Its weights are quantised (${model.quantization}): use the model they were made from.`;
  }
  if (base === null || model.kind === 'adapter') return null;
  const [architecture] = base.config ? configFacts(base.config).architectures : [];
  if (architecture && model.architecture && architecture !== model.architecture) {
    return `It is a ${model.architecture}, ${base.name} a ${architecture}: they share no tensors that mean the same.`;
  }
  const [mine, theirs] = [base.elements, model.parameters?.total ?? null];
  if (theirs !== null && !isPacked(model) && Math.max(theirs / mine, mine / theirs) > farApart) {
    return `It has ${inMillions(theirs)} M parameters, ${base.name} ${inMillions(mine)} M: they are of different sizes.`;
  }
  return null;
}

/** Methods whose codes are read as values. */
const READ = /^(?:fp8|fbgemm_fp8|mxfp4|compressed-tensors)$/;

/**
 * Whether its weights are codes that cannot be read as values, as far as the Hub tells. A config may still name
 * a method long after the weights were written in full.
 */
export function isUnreadable({ quantization, parameters }: HubModel): boolean {
  if (quantization === null || READ.test(quantization)) return false;
  return parameters === null || isPacked({ parameters });
}

/** Whether some of its tensors are whole numbers, several codes in one. */
function isPacked({ parameters }: Pick<HubModel, 'parameters'>): boolean {
  return Object.keys(parameters?.byDtype ?? {}).some((dtype) => /^[IU]\d/.test(dtype));
}

const inMillions = (count: number) =>
  (count / 1e6).toLocaleString('en', { maximumFractionDigits: 1 });
