import { FormatError } from '../../formats/error.ts';

type Config = Readonly<Record<string, unknown>>;

const merge =
  'Merge it into its base with PEFT (merge_and_unload), and open the result as a model.';
const convert =
  'Save it again in PEFT as a plain LoRA (save_pretrained with path_initial_model_for_weight_conversion), or merge it there into the base it was trained on (merge_and_unload).';

/** Fields whose value, when it is there, makes the factors something else than an update of the base. */
const others: readonly (readonly [field: string, found: string])[] = [
  ['layer_replication', 'layers of the base repeated before it was trained'],
  ['alora_invocation_tokens', 'an aLoRA, which acts only after certain tokens'],
  ['arrow_config', 'an Arrow router, which chooses among adapters for each token'],
  ['use_bdlora', 'a BD-LoRA, whose factors are block-diagonal'],
  ['use_qalora', 'a QA-LoRA, whose inputs are pooled'],
  ['kasa_config', 'KaSA, which cuts the base’s weights first'],
  ['monteclora_config', 'a MonteCLoRA, whose factors are sampled'],
];

/** Ways to begin training that changed the base, so that the factors do not belong to the one it names. */
const changesBase = /^(?:pissa|olora|corda|lora_ga|loftq|kasa)/i;

/** Throws `FormatError` for what PEFT writes and cannot be read as updates of the base that it names. */
export function refuseOtherKinds(config: Config, file: string): void {
  const refuse = (found: string, expected: string, advice: string) =>
    new FormatError('adapter', { file, found, expected, advice });

  const { peft_type: type, init_lora_weights: start } = config;
  if (type === undefined && ('lora_parameters' in config || 'fine_tune_type' in config)) {
    const advice = 'Fuse it with mlx_lm.fuse, and open the result as a model.';
    throw refuse('the config of an MLX adapter', 'one of PEFT', advice);
  }
  if (type === undefined) {
    const advice = 'Take adapter_config.json again from where the adapter came from.';
    throw refuse('no peft_type in the config', '"peft_type": "LORA"', advice);
  }
  if (!['LORA', 'LOHA', 'LOKR'].includes(String(type))) {
    const expected = 'LORA, LOHA or LOKR';
    throw refuse(`a PEFT adapter of type ${String(type)}`, expected, merge);
  }
  if (typeof start === 'string' && changesBase.test(start)) {
    const found = `"init_lora_weights": "${start}", which changed the base before training`;
    throw refuse(found, 'updates of the base as it is', convert);
  }
  for (const [field, found] of others) {
    if (isSet(config[field])) throw refuse(found, 'updates of the base as it is', merge);
  }
}

function isSet(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
