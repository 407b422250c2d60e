/** What decoders and encoders read of a config.json, and how they say that they cannot follow it. */

/** A config.json, parsed. */
export type Config = Readonly<Record<string, unknown>>;

/** A config.json that the forward pass cannot follow; the message names what, and why. */
export class UnsupportedModelError extends Error {
  override readonly name = 'UnsupportedModelError';
}

/** As many numbers of a head as attention.wgsl gathers. */
export const MOST_HEAD = 128;

/** The first of the architectures, as "LlamaForCausalLM"; null where none is named. */
export function nameOf(config: Config): string | null {
  const names = config['architectures'];
  const [name] = Array.isArray(names) ? names : [];
  return typeof name === 'string' ? name : null;
}

export function unsupported(
  option: string,
  found: unknown,
  expected: unknown,
): UnsupportedModelError {
  return new UnsupportedModelError(
    `config.json has ${option} = ${JSON.stringify(found)}, which cannot be run here; expected ${expected}.`,
  );
}

/** A finite number. Throws `UnsupportedModelError`. */
export function number(config: Config, key: string, otherwise?: number): number {
  const value = config[key] ?? otherwise;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unsupported(key, value ?? null, 'a number');
}

/** A size, a multiple of `of`. Throws `UnsupportedModelError`. */
export function size(config: Config, key: string, of = 1, otherwise?: number): number {
  const value = number(config, key, otherwise);
  if (Number.isInteger(value) && value > 0 && value % of === 0) return value;
  throw unsupported(key, value, of > 1 ? `a multiple of ${of}` : 'a whole number above 0');
}
