import type { Participant } from '../participants.ts';
import type { PlannedModule } from './modules.ts';
import { kindOf, moduleName } from './sides.ts';

/**
 * adapter_config.json as PEFT reads it: alpha is the rank everywhere, so that what is stored is the update
 * itself; modules of another rank stand in the patterns; `target_modules` names each module.
 */
export function adapterConfig(
  planned: readonly PlannedModule[],
  experts: readonly Participant[],
): string {
  const most = Math.max(1, ...planned.map(({ rank }) => rank));
  const odd = planned.filter(({ rank }) => rank !== most);
  const pattern = Object.fromEntries(
    odd.map(({ module, rank }) => [exactly(moduleName(module)), rank] as const),
  );
  const base = experts.map(({ model }) => model.adapter?.base).find((each) => each != null);
  const config = {
    alpha_pattern: pattern,
    base_model_name_or_path: base?.name ?? null,
    bias: 'none',
    fan_in_fan_out: planned.some(({ module }) => kindOf(module) === 'fan in'),
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: most,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: most,
    rank_pattern: pattern,
    revision: base?.revision ?? null,
    target_modules: planned.map(({ module }) => moduleName(module)),
    task_type: taskOf(experts),
    use_dora: false,
    use_rslora: false,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** PEFT reads the keys of patterns as regular expressions, which match at the end of a name unless they begin it. */
function exactly(name: string): string {
  return `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
}

function taskOf(experts: readonly Participant[]): string | null {
  for (const { model } of experts) {
    const text = model.companions.find(({ name }) => name === 'adapter_config.json')?.text;
    const task = text ? (JSON.parse(text) as { task_type?: unknown }).task_type : null;
    if (typeof task === 'string') return task;
  }
  return null;
}
