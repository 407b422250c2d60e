import { groupBy } from '../finding.ts';
import type { Participant, Participants } from '../participants.ts';
import type { NamedModule, PlannedModule } from './modules.ts';
import { kindOf } from './sides.ts';

/**
 * adapter_config.json as PEFT reads it: alpha is the rank everywhere, so that what is stored is the update
 * itself; modules of another rank stand in the patterns; `target_modules` names each module.
 */
export function adapterConfig(
  planned: readonly PlannedModule[],
  { experts, reference, recipe }: Participants,
  saved: readonly string[],
): string {
  const base = experts.map(({ model }) => model.adapter?.base).find((each) => each != null);
  const config = {
    ...loraConfig(planned.map((each) => ({ ...each, name: each.module.file }))),
    base_model_name_or_path: base?.name ?? recipe.base?.hub?.repo ?? recipe.base?.name ?? null,
    inference_mode: true,
    modules_to_save: saved.length > 0 ? saved : null,
    revision: (base ? base.revision : recipe.base?.hub?.commit) ?? null,
    task_type: taskOf(experts) ?? taskOfModel(reference.config),
  };
  const sorted = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/**
 * `lora_adapter_metadata` of a file as diffusers saves it: the config of each component, whose name is in front
 * of the fields as it is in front of its modules.
 */
export function diffusersMetadata(planned: readonly PlannedModule[]): string {
  const components = groupBy(planned, ({ module }) => componentOf(module));
  const fields = [...components].flatMap(([component, own]) => {
    const names = own.map((each) => ({ ...each, name: each.module.file.slice(component.length) }));
    return Object.entries(loraConfig(names)).map(([key, value]) => [`${component}${key}`, value]);
  });
  return JSON.stringify(Object.fromEntries(fields), null, 2);
}

/** "unet."; nothing of a model that is no pipeline. */
function componentOf({ part, file }: NamedModule): string {
  return part === null ? '' : file.slice(0, file.indexOf('.') + 1);
}

type Entry = Pick<PlannedModule, 'module' | 'rank'> & { readonly name: string };

/** The fields that change numbers, and what they need beside them. */
function loraConfig(entries: readonly Entry[]) {
  const most = Math.max(1, ...entries.map(({ rank }) => rank));
  const odd = entries.filter(({ rank }) => rank !== most);
  const pattern = Object.fromEntries(odd.map(({ name, rank }) => [exactly(name), rank] as const));
  return {
    alpha_pattern: pattern,
    bias: 'none',
    fan_in_fan_out: entries.some(({ module }) => kindOf(module) === 'fan in'),
    init_lora_weights: true,
    lora_alpha: most,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: most,
    rank_pattern: pattern,
    target_modules: entries.map(({ name }) => name),
    use_dora: false,
    use_rslora: false,
  };
}

/** PEFT reads the keys of patterns as regular expressions, which match at the end of a name unless they begin it. */
function exactly(name: string): string {
  return `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
}

function taskOf(experts: readonly Participant[]): string | null {
  const tasks = experts.map(({ model }) => model.adapter?.config?.task_type);
  return tasks.find((task) => typeof task === 'string') ?? null;
}

/** By what transformers calls its classes. */
const TASKS: readonly (readonly [ending: RegExp, task: string])[] = [
  [/(?:ForCausalLM|LMHeadModel)$/, 'CAUSAL_LM'],
  [/ForSequenceClassification$/, 'SEQ_CLS'],
  [/ForTokenClassification$/, 'TOKEN_CLS'],
  [/ForQuestionAnswering$/, 'QUESTION_ANS'],
  [/ForConditionalGeneration$/, 'SEQ_2_SEQ_LM'],
];

function taskOfModel(config: Participants['reference']['config']): string | null {
  const classes = config?.['architectures'];
  const [name] = Array.isArray(classes) ? classes : [];
  return TASKS.find(([ending]) => typeof name === 'string' && ending.test(name))?.[1] ?? null;
}
