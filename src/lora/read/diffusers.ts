/** diffusers, ai-toolkit and ComfyUI: names with dots behind a component's, alpha in tensors, metadata or nowhere. */
import { FormatError } from '../../formats/error.ts';
import { JsonError, parseJson, toPlain } from '../../formats/json.ts';
import type { Dialect, Given } from './dialect.ts';
import { readPeftConfig } from './peft-config.ts';
import { alone } from './single-file.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Throws `FormatError` for PEFT's language models without their config, and for metadata that cannot be read. */
export function diffusers(given: Given): Dialect {
  refuseWithoutConfig(given);
  const rules = alone(given);
  const configs = configsIn(given);
  const names = [...given.tensors.keys()];
  const name = /ai-toolkit/i.test(given.metadata.software ?? '')
    ? 'ai-toolkit'
    : names.some((each) => /^(?:model\.)?diffusion_model\./.test(each))
      ? 'ComfyUI'
      : 'diffusers';
  if (configs.size === 0) return { ...rules, name };

  /** The config of the component that a module's name begins with, and the rest of the name. */
  const within = (module: string) => {
    const dot = module.indexOf('.');
    const config = configs.get(module.slice(0, dot)) ?? configs.get('');
    const own = configs.has(module.slice(0, dot)) ? module.slice(dot + 1) : module;
    return config && { config, own };
  };
  const all = [...configs.values()];
  return {
    name,
    base: all.find(({ base }) => base)?.base ?? rules.base,
    remarks: [...new Set([...rules.remarks, ...all.flatMap(({ remarks }) => remarks)])],
    settingsOf(module) {
      const found = within(module);
      return found ? found.config.settingsOf(found.own) : null;
    },
    isFanInFanOut(module) {
      const found = within(module);
      return found ? found.config.isFanInFanOut(found.own) : false;
    },
    objection(module, parts) {
      const found = within(module);
      return found ? found.config.objection(found.own, parts) : null;
    },
    remarkOn: rules.remarkOn,
    replacing: rules.replacing,
  };
}

/** `lora_adapter_metadata`: fields of PEFT's LoraConfig with the component in front, "transformer.lora_alpha". */
function configsIn({ metadata, file }: Given): ReadonlyMap<string, Omit<Dialect, 'name'>> {
  const text = metadata.lora_adapter_metadata;
  if (text === undefined) return new Map();
  const fields = new Map<string, Record<string, unknown>>();
  for (const [key, value] of Object.entries(parsed(text, file))) {
    const dot = key.indexOf('.');
    const component = key.slice(0, Math.max(0, dot));
    const known = fields.get(component) ?? {};
    fields.set(component, { ...known, [key.slice(dot + 1)]: value });
  }
  return new Map(
    [...fields].map(([component, config]) => [
      component,
      readPeftConfig({ peft_type: 'LORA', ...config }, file),
    ]),
  );
}

function parsed(text: string, file: string): Fields {
  let found = 'JSON that is no object';
  try {
    const root = parseJson(text, { python: true });
    if (root instanceof Map) return toPlain(root) as Fields;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    found = `invalid JSON: ${error.message}`;
  }
  throw new FormatError('bad-metadata', {
    file,
    found: `lora_adapter_metadata with ${found}`,
    expected: 'a JSON object: it says by how much the factors are scaled',
    advice: 'Save the adapter again with diffusers.',
  });
}

/** Blocks of image models, whose tools write PEFT's names without its config, and mean alpha = rank. */
const ofImages =
  /^base_model\.model\.(?:.*\.)?(?:(?:double|single|transformer|single_transformer|down|up|mid|input|output|middle)_blocks?|joint_blocks)\./;

const ofLanguage = /^(?:model\.(?:\w+\.)?layers|transformer\.h)\.\d+\./;

function refuseWithoutConfig({ tensors, metadata, file }: Given): void {
  const names = [...tensors.keys()];
  const isPeft = names.some(
    (name) =>
      (name.startsWith('base_model.model.') && !ofImages.test(name)) || ofLanguage.test(name),
  );
  const hasScale =
    metadata.lora_adapter_metadata !== undefined || names.some((name) => /\.alpha$/.test(name));
  if (!isPeft || hasScale) return;
  throw new FormatError('bad-config', {
    file,
    found: 'an adapter of PEFT without its adapter_config.json',
    expected: 'both: the config says by how much the factors are scaled',
    advice: 'Open the folder that holds both files.',
  });
}
