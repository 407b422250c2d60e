/** Quantised weights are codes, not numbers: an average of codes is noise. */
import { configFacts } from '../../formats/config.ts';
import type { Model } from '../../formats/model.ts';
import { error, list } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';

/** Names that GPTQ, AWQ, bitsandbytes, compressed-tensors and block-scaled FP8 files have. */
const SCALES =
  /(?:\.qweight|\.qzeros|\.SCB|\.absmax|\.quant_map|\.quant_state\.[\w.]+|\.weight_packed|\.weight_scale(?:_inv)?|\.weight_zero_point)$/;

export function checkQuantised({ base, experts }: Participants): readonly Finding[] {
  const models = new Set([...(base ? [base] : []), ...experts.map(({ model }) => model)]);
  return [...models].flatMap((model) => {
    const reason = quantisation(model);
    if (reason === null) return [];
    return [
      error(
        'quantised',
        `${model.name} is quantised (${reason}): its weights are codes that cannot be averaged.`,
        'Use the original model in 16 or 32 bits; quantise the merged model afterwards.',
        { place: { model: model.id } },
      ),
    ];
  });
}

function quantisation({ components, tensors }: Model): string | null {
  const [declared] = components.flatMap(
    ({ config }) => (config && configFacts(config).quantization) ?? [],
  );
  if (declared) return `config.json says ${declared}`;
  const scales = [...tensors.keys()].filter((name) => SCALES.test(name));
  return scales.length > 0 ? `it has ${list(scales)}` : null;
}
