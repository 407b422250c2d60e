import type { Dialect, Given } from './dialect.ts';
import { readPeftConfig } from './peft-config.ts';

/** A folder as PEFT saves it: names of the base's modules, and a config that says the rest. */
export function peft({ config }: Given): Dialect | null {
  return config ? { name: 'PEFT', ...readPeftConfig(config, 'adapter_config.json') } : null;
}
