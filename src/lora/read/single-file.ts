import type { Dialect, Given } from './dialect.ts';

/** What holds of adapters in one file, without a config. */
export function alone({ metadata }: Given): Omit<Dialect, 'name'> {
  const base =
    metadata.ss_sd_model_name ??
    metadata.ss_base_model_version ??
    metadata['modelspec.architecture'];
  return {
    base: base ? { name: base, revision: null } : null,
    remarks: [],
    settingsOf: () => null,
    isFanInFanOut: () => false,
    objection: () => null,
    remarkOn: () => null,
    replaces: (name) =>
      name.endsWith('.set_weight')
        ? { remark: null }
        : { why: 'A whole tensor among factors, which no config announces.' },
  };
}
