import type { Random } from './samples.ts';

/**
 * Random WGSL whose results are the same on every implementation: whole numbers without restriction,
 * floats only where the results are exact.
 */

type Scalar = 'u32' | 'i32' | 'f32' | 'bool';
export type WgslType = { readonly of: Scalar; readonly size: number };

/** Not bools: SwiftShader takes constants among them, and those in private variables, for their contrary. */
export const everyType: readonly WgslType[] = (['u32', 'i32', 'f32'] as const).flatMap((of) =>
  [1, 2, 3, 4].map((size) => ({ of, size })),
);

export const typeName = ({ of, size }: WgslType) => (size === 1 ? of : `vec${size}<${of}>`);
const same = (a: WgslType, b: WgslType) => a.of === b.of && a.size === b.size;

/** Something that an expression can name; there must be one of each type. */
export type Named = { readonly name: string; readonly type: WgslType };

export class Expressions {
  readonly #random: Random;
  /** Names in reach; the caller adds and takes away. */
  readonly names: Named[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)];
  }
  chance(probability: number): boolean {
    return this.#random() < probability;
  }
  below(n: number): number {
    return Math.floor(this.#random() * n);
  }
  type(scalars: readonly Scalar[] = ['u32', 'i32', 'f32', 'bool']): WgslType {
    return { of: this.pick(scalars), size: this.pick([1, 1, 2, 3, 4, 4]) };
  }

  /** A literal; edges of the range are frequent. */
  literal({ of, size }: WgslType): string {
    if (size > 1) {
      const parts = Array.from({ length: size }, () => this.literal({ of, size: 1 }));
      return `vec${size}<${of}>(${parts.join(', ')})`;
    }
    switch (of) {
      case 'u32':
        return `${this.pick([0, 1, 2, 31, 32, 33, 255, 65535, 2 ** 31, 2 ** 32 - 1, this.below(2 ** 32)])}u`;
      case 'i32':
        return this.pick([
          '0i',
          '1i',
          '-1i',
          '7i',
          '-32i',
          '2147483647i',
          'i32(-2147483648)',
          `${this.below(2 ** 31)}i`,
        ]);
      default:
        return this.pick(['0.0', '1.0', '-1.0', '0.5', '-2.5', '3.0', '7.25']);
    }
  }

  /** An expression of a type; deeper ones have more operators. */
  of(type: WgslType, depth: number): string {
    const { of, size } = type;
    if (depth <= 0 || this.chance(0.1)) return this.#leaf(type);
    const next = (wanted: WgslType) => this.of(wanted, depth - 1);
    const like = (scalar: Scalar): WgslType => ({ of: scalar, size });
    if (this.chance(0.12))
      return `select(${next(type)}, ${next(type)}, ${next(this.chance(0.5) ? like('bool') : { of: 'bool', size: 1 })})`;
    if (size === 1 && this.chance(0.15)) {
      const wide = { of, size: this.pick([2, 3, 4]) };
      if (of !== 'bool' && this.chance(0.3))
        return `${this.#variable(wide) ?? `(${next(wide)})`}[${next({ of: 'u32', size: 1 })} % ${wide.size}u]`;
      return `(${next(wide)}).${this.#letters(wide.size, 1)}`;
    }
    if (size > 1 && this.chance(0.25)) return this.#vector(type, depth);
    switch (of) {
      case 'bool':
        return this.#bool(type, depth);
      case 'f32':
        return this.#float(type, depth);
      default:
        return this.#whole(type, depth);
    }
  }

  #letters(size: number, count: number): string {
    return Array.from({ length: count }, () => 'xyzw'[this.below(size)]).join('');
  }

  #variable(type: WgslType): string | undefined {
    const fitting = this.names.filter((one) => same(one.type, type));
    return fitting.length > 0 ? this.pick(fitting).name : undefined;
  }

  #leaf(type: WgslType): string {
    const { of, size } = type;
    const direct = this.#variable(type);
    if (direct && this.chance(0.8)) return direct;
    const wider = this.names.filter((one) => one.type.of === of && one.type.size > 1);
    if (wider.length > 0 && this.chance(0.9)) {
      const from = this.pick(wider);
      return `${from.name}.${this.#letters(from.type.size, size)}`;
    }
    if (of === 'bool') {
      const sides = { of: this.pick(['u32', 'i32'] as const), size };
      return `(${this.#leaf(sides)} ${this.pick(['<', '!='])} ${this.#leaf(sides)})`;
    }
    return direct ?? `/* no ${typeName(type)} */`;
  }

  #vector({ of, size }: WgslType, depth: number): string {
    const part = (n: number) => this.of({ of, size: n }, depth - 1);
    switch (this.below(4)) {
      case 0:
        return `vec${size}<${of}>(${part(1)})`;
      case 1: {
        const from = this.pick([2, 3, 4]);
        return `(${part(from)}).${this.#letters(from, size)}`;
      }
      case 2:
        if (size > 2) return `vec${size}<${of}>(${[part(size - 2), part(2)].join(', ')})`;
    }
    return `vec${size}<${of}>(${Array.from({ length: size }, () => part(1)).join(', ')})`;
  }

  #bool(type: WgslType, depth: number): string {
    const next = (wanted: WgslType) => this.of(wanted, depth - 1);
    const { size } = type;
    if (this.chance(0.5)) {
      const sides = { of: this.pick(['u32', 'i32', 'f32'] as const), size };
      return `(${next(sides)} ${this.pick(['==', '!=', '<', '>', '<=', '>='])} ${next(sides)})`;
    }
    if (size === 1 && this.chance(0.4)) {
      const wide = { of: 'bool', size: this.pick([2, 3, 4]) } as const;
      return this.chance(0.5)
        ? `${this.pick(['any', 'all'])}(${next(wide)})`
        : `(${next(type)} ${this.pick(['&&', '||'])} ${next(type)})`;
    }
    if (this.chance(0.2)) return `!(${next(type)})`;
    if (this.chance(0.2))
      return `${typeName(type)}(${next({ of: this.pick(['u32', 'i32', 'f32']), size })})`;
    return `(${next(type)} ${this.pick(['&', '|', '==', '!='])} ${next(type)})`;
  }

  /** Small whole numbers and halves: sums and products of two are exact. */
  #float(type: WgslType, depth: number): string {
    const next = (wanted: WgslType) => this.of(wanted, depth - 1);
    const { size } = type;
    const leaf = () => this.#leaf(type);
    switch (this.below(9)) {
      case 0:
        return `(${leaf()} * ${leaf()})`;
      case 1:
        return `-(${next(type)})`;
      case 2:
        return `abs(${next(type)})`;
      case 3:
        return `sign(${next(type)})`;
      case 4:
        return `${this.pick(['floor', 'ceil', 'trunc', 'round'])}(${next(type)})`;
      case 5:
        return `${typeName(type)}(${next({ of: 'bool', size })})`;
      case 6: {
        const whole = { of: this.pick(['u32', 'i32'] as const), size };
        return `${typeName(type)}(${next(whole)} % ${typeName(whole)}(9))`;
      }
      default:
        return `(${next(type)} ${this.pick(['+', '-'])} ${next(type)})`;
    }
  }

  #whole(type: WgslType, depth: number): string {
    const next = (wanted: WgslType) => this.of(wanted, depth - 1);
    const { of, size } = type;
    const other = of === 'u32' ? 'i32' : 'u32';
    switch (this.below(12)) {
      case 0:
        return `~(${next(type)})`;
      case 1:
        return of === 'i32'
          ? this.pick([`-(${next(type)})`, `sign(${next(type)})`])
          : `abs(${next(type)})`;
      case 2:
        return `${this.pick(['min', 'max'])}(${next(type)}, ${next(type)})`;
      case 3:
        return `clamp(${next(type)}, ${next(type)}, ${next(type)})`;
      case 4:
        return `${this.pick(['countOneBits', 'countLeadingZeros', 'countTrailingZeros', 'firstLeadingBit', 'firstTrailingBit', 'reverseBits', 'abs'])}(${next(type)})`;
      case 5:
        return `${this.pick([typeName(type), `bitcast<${typeName(type)}>`])}(${next({ of: other, size })})`;
      case 6:
        return `${typeName(type)}(${next({ of: this.pick(['bool', 'f32']), size })})`;
      case 7:
        return `(${next(type)} ${this.pick(['<<', '>>'])} ${next({ of: 'u32', size })})`;
      case 8: {
        if (size > 1) break;
        const wide = { of, size: this.pick([2, 3, 4]) };
        return `dot(${next(wide)}, ${next(wide)})`;
      }
      case 9:
        return `(${next(type)} ${this.pick(['/', '%'])} ${next(type)})`;
    }
    return `(${next(type)} ${this.pick(['+', '-', '*', '&', '|', '^'])} ${next(type)})`;
  }
}

/** What an expression gives as a vec4u; −0 counts as 0. */
export function asWords(expression: string, { of, size }: WgslType): string {
  const word = { of: 'u32', size } as const;
  const bits =
    of === 'u32'
      ? expression
      : of === 'bool'
        ? `${typeName(word)}(${expression})`
        : `bitcast<${typeName(word)}>(${expression})`;
  const fill = ['', ', 0u, 0u, 0u', ', 0u, 0u', ', 0u', ''][size];
  return size === 4 ? bits : `vec4u(${bits}${fill})`;
}
