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
    replacing: (name) =>
      name.endsWith('.set_weight')
        ? { name: name.replace(/\.set_weight$/, '.weight'), remark: null }
        : { why: 'A name that adapters in one file are not known to use.' },
  };
}
