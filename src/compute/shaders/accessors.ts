/** How a formula reads its coefficients: a function of each name, written from what the method declares. */
import { type Layout, type Place, placesOf } from '../../methods/coefficients.ts';

/**
 * WGSL of `coeff_<name>()` for numbers there is one of, and of `coeff_<name>(k)` for those of model k. A name in
 * camelCase becomes one in snake_case.
 */
export function accessors(layout: Layout): string {
  const { once, each, stride } = placesOf(layout);
  return [
    ...once.map((place) => accessor(place, '', `${place.at}u`, `${place.at + 1}u`)),
    ...each.map((place) => {
      const at = (offset: number) => `${place.at + offset}u + ${stride}u * k`;
      return accessor(place, 'k: u32', at(0), at(1));
    }),
  ].join('\n');
}

/** WGSL of `derived(k, i)`: the number that the override DERIVED picks, from 1, of those with these names. */
export function chooser(names: readonly string[]): string {
  return [
    'fn derived(k: u32, i: u32) -> vec4f {',
    ...names.map((name, at) => `  if (DERIVED == ${at + 1}u) { return ${snakeCase(name)}(k, i); }`),
    '  return vec4f();',
    '}',
  ].join('\n');
}

function accessor({ name, kind }: Place, parameter: string, high: string, low: string): string {
  const value =
    kind === 'f32' ? `coeffs[${high}]` : `(u32(coeffs[${high}]) << 16u) | u32(coeffs[${low}])`;
  return `fn coeff_${snakeCase(name)}(${parameter}) -> ${kind} { return ${value}; }`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
