/** What an adapter's file is called in each naming, and what is said in its header and beside it. */
import type { Style } from '../../lora/name/naming.ts';
import type { Participants } from '../participants.ts';
import type { SideFile } from '../types.ts';
import { adapterConfig, diffusersMetadata } from './config.ts';
import type { PlannedModule } from './modules.ts';

/** Of the file of weights, without its ending. */
export function stemOf(style: Style, { output }: Participants['recipe']): string {
  if (style === 'PEFT') return 'adapter_model';
  return style === 'diffusers' ? 'pytorch_lora_weights' : output.name;
}

/** PEFT's config; others say all in the file. */
export function configsOf(
  style: Style,
  who: Participants,
  planned: readonly PlannedModule[],
  saved: readonly string[],
): readonly SideFile[] {
  if (style !== 'PEFT') return [];
  return [{ name: 'adapter_config.json', text: adapterConfig(planned, who, saved) }];
}

/** What its tools look for in `__metadata__`. */
export function metadataIn(
  style: Style,
  who: Participants,
  planned: readonly PlannedModule[],
): Readonly<Record<string, string>> {
  if (style === 'diffusers') return { lora_adapter_metadata: diffusersMetadata(planned) };
  return style === 'kohya' ? kohyaMetadata(who, planned) : {};
}

/**
 * The least that sd-scripts writes of a merge (`build_minimum_network_metadata`), and what the model spec of
 * Stability AI asks for. What inputs say of their training, tags and paths, stays with them.
 */
function kohyaMetadata({ experts, recipe }: Participants, planned: readonly PlannedModule[]) {
  const said = (key: string) =>
    experts.map(({ model }) => model.metadata[key]).find((value) => value !== undefined);
  const version = said('ss_base_model_version');
  const ranks = new Set(planned.map(({ rank }) => rank));
  const dimension = ranks.size === 1 ? `${[...ranks][0]}` : 'Dynamic';
  const kept = ['modelspec.architecture', 'modelspec.implementation', 'modelspec.prediction_type'];
  return {
    ss_v2: version?.startsWith('sd_v2') ? 'True' : 'False',
    ...(version === undefined ? {} : { ss_base_model_version: version }),
    ss_network_module: 'networks.lora',
    ss_network_dim: dimension,
    ss_network_alpha: dimension,
    'modelspec.sai_model_spec': '1.0.0',
    ...Object.fromEntries(kept.flatMap((key) => (said(key) ? [[key, said(key)!]] : []))),
    'modelspec.title': recipe.output.name,
    'modelspec.merged_from': experts.map(({ ref }) => ref.name).join(', '),
  };
}
