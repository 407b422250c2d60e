import { Expressions, everyType, typeName, type WgslType } from './random-wgsl.ts';
import { BINDINGS } from './run-wgsl.ts';
import { randomNumbers } from './samples.ts';

const U32: WgslType = { of: 'u32', size: 1 };
const VEC4U: WgslType = { of: 'u32', size: 4 };
const VEC4I: WgslType = { of: 'i32', size: 4 };
const BOOL: WgslType = { of: 'bool', size: 1 };

/** Words of `result` and `tally` that one workgroup writes. */
export const RESULT_QUADS = 8;
export const TALLY = 8;
/** Workgroups, and quads of `source`; one more of zeros follows. */
export const ROWS = 12;

/** A whole shader of loops, branches, jumps, functions and stores, the same one for the same seed. */
export class RandomProgram {
  readonly #generate: Expressions;
  /** Places that can be assigned to, with their types. */
  readonly #places: { readonly name: string; readonly type: WgslType }[] = [];
  #names = 0;

  constructor(seed: number) {
    this.#generate = new Expressions(randomNumbers(seed));
  }

  text(): string {
    const { names } = this.#generate;
    const globals = [
      ...everyType.map((type, i) => {
        names.push({ name: `c${i}`, type });
        return `var<private> c${i}: ${typeName(type)};`;
      }),
      'struct Inner { a: vec4u, b: u32 }',
      'struct Outer { x: Inner, y: vec3i, z: Inner }',
      'var<private> kept: vec4u;',
      'var<private> whole: Outer;',
    ];
    this.#place('kept', VEC4U);
    this.#place('whole.x.a', VEC4U);
    this.#place('whole.z.b', U32);
    this.#place('whole.y.z', { of: 'i32', size: 1 });
    const before = [names.length, this.#places.length] as const;
    const functions = [0, 1].map((n) => {
      const parameters: readonly [string, WgslType][] = [
        ['p', VEC4I],
        ['q', U32],
      ];
      for (const [name, type] of parameters) names.push({ name, type });
      const locals = this.#locals();
      const body = this.#block(2, { loops: 0, returns: 'vec4u', isSwitch: false });
      const last = this.#generate.of(VEC4U, 2);
      names.length = before[0];
      this.#places.length = before[1];
      return `fn f${n}(p: vec4i, q: u32) -> vec4u {\n${locals}\n${body}\nreturn ${last};\n}`;
    });
    // The last row is zeros, which nobody knows beforehand: SwiftShader's own folding of constants in
    // private variables is wrong now and then, as worked out by hand.
    const starts = everyType.map((type, i) => {
      const none = `${typeName(type)}(${typeName({ of: type.of, size: 1 })}(source[LAST].x))`;
      return `c${i} = ${this.#generate.literal(type)} + ${none};`;
    });
    starts.push(
      'kept = source[LAST];',
      'whole.x.a = source[LAST];',
      'whole.y = vec3i(source[LAST].xyz);',
    );
    starts.push('whole.x.b = source[LAST].x;', 'whole.z.b = source[LAST].x;');
    names.push({ name: 'source[id.x]', type: VEC4U }, { name: 'id.x', type: U32 });
    const locals = this.#locals();
    const body = Array.from({ length: 3 }, () =>
      this.#block(2, { loops: 0, returns: 'nothing', isSwitch: false }),
    );
    const stores = [
      `vec4u(kept)`,
      `whole.x.a + vec4u(whole.x.b, whole.z.b, bitcast<vec2u>(whole.y.yz))`,
    ];
    const written = stores.map((value, i) => `result[${RESULT_QUADS}u * id.x + ${i}u] = ${value};`);
    return `${BINDINGS}const LAST = ${ROWS}u;\n${globals.join('\n')}
${functions.join('\n')}
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u) {
${starts.join('\n')}
${locals}
${body.join('\n')}
${written.join('\n')}
}`;
  }

  #place(name: string, type: WgslType): void {
    this.#places.push({ name, type });
    this.#generate.names.push({ name, type });
  }

  #fresh(): string {
    return `v${this.#names++}`;
  }

  #locals(): string {
    const lines = [0, 1, 2].map(() => {
      const type = this.#generate.pick([U32, VEC4U, VEC4I, { of: 'i32', size: 1 } as const]);
      const name = this.#fresh();
      const line = `var ${name}: ${typeName(type)} = ${this.#generate.of(type, 1)};`;
      this.#place(name, type);
      return line;
    });
    const list = this.#fresh();
    const filled = [0, 1, 2].map((i) => `${list}[${i}] = ${this.#generate.of(VEC4U, 1)};`);
    for (const i of [0, 1, 2]) this.#place(`${list}[${i}]`, VEC4U);
    return [...lines, `var ${list}: array<vec4u, 3>;`, ...filled].join('\n');
  }

  #block(depth: number, around: Around): string {
    const { names } = this.#generate;
    const [named, places] = [names.length, this.#places.length];
    const count = 1 + this.#generate.below(3);
    const lines = Array.from({ length: count }, () => this.#statement(depth, around));
    names.length = named;
    this.#places.length = places;
    return lines.join('\n');
  }

  #statement(depth: number, around: Around): string {
    const generate = this.#generate;
    if (depth > 0 && generate.chance(0.55)) return this.#nested(depth, around);
    switch (generate.below(6)) {
      case 0: {
        const type = generate.pick([U32, VEC4U, VEC4I, BOOL]);
        const name = this.#fresh();
        const line = `let ${name} = ${generate.of(type, 2)};`;
        generate.names.push({ name, type });
        return line;
      }
      case 1: {
        // Workgroups run in any order, so each word has one operation; these commute with themselves.
        const op = generate.below(4);
        const name = ['atomicAdd', 'atomicSub', 'atomicOr', 'atomicXor'][op];
        const at = `${2 * op}u + ${generate.of(U32, 1)} % 2u`;
        return `${name}(&tally[${at}], ${generate.of(U32, 2)});`;
      }
      case 2: {
        const at = `${RESULT_QUADS}u * id.x + 2u + ${generate.of(U32, 1)} % ${RESULT_QUADS - 2}u`;
        if (around.returns === 'vec4u') break;
        return generate.chance(0.5)
          ? `result[${at}] = ${generate.of(VEC4U, 2)};`
          : `result[${at}].${generate.pick(['x', 'y', 'z', 'w'])} = ${generate.of(U32, 2)};`;
      }
      case 3:
        // SwiftShader loses what a function called within a switch changes.
        if (around.returns === 'vec4u' || around.isSwitch) break;
        return `kept ^= f${generate.below(2)}(${generate.of(VEC4I, 1)}, ${generate.of(U32, 1)});`;
    }
    const { name, type } = generate.pick(this.#places);
    const part = type.size > 1 && generate.chance(0.4);
    const of = part ? { ...type, size: 1 } : type;
    const op = generate.pick(['', '', '+', '-', '*', '^', '|', '&', '/', '%']);
    const component = part ? `.${'xyzw'[generate.below(type.size)]}` : '';
    return `${name}${component} ${op}= ${generate.of(of, 2)};`;
  }

  #nested(depth: number, around: Around): string {
    const generate = this.#generate;
    const inside = (more: Partial<Around> = {}) => this.#block(depth - 1, { ...around, ...more });
    const jump = this.#jump(around);
    switch (generate.below(5)) {
      case 0: {
        // A loop whose length is known, or is not.
        const name = this.#fresh();
        const limit = generate.chance(0.5)
          ? `${generate.below(5)}u`
          : `(${generate.of(U32, 1)} & 3u)`;
        const [named] = [generate.names.length];
        generate.names.push({ name, type: U32 });
        const body = inside({ loops: around.loops + 1 });
        generate.names.length = named;
        const end = this.#fresh();
        return `let ${end} = ${limit};\nfor (var ${name} = 0u; ${name} < ${end}; ${name}++) {\n${body}\n}`;
      }
      case 1: {
        const name = this.#fresh();
        const body = inside({ loops: around.loops + 1 });
        return `var ${name} = ${generate.of(U32, 1)} & 7u;\nwhile (${name} != 0u) {\n${name} &= ${name} - 1u;\n${body}\n}`;
      }
      case 2:
        return `switch (${generate.of(U32, 1)} & 3u) {\ncase 0u, 2u {\n${inside({ isSwitch: true })}\n${generate.chance(0.3) ? `if (${generate.of(BOOL, 1)}) { break; }\n${inside({ isSwitch: true })}` : ''}\n}\ncase 3u {\n${inside({ isSwitch: true })}\n}\ndefault {\n${inside({ isSwitch: true })}\n}\n}`;
      default: {
        const then = `${inside()}${generate.chance(0.4) ? `\n${jump}` : ''}`;
        const otherwise = generate.chance(0.5) ? ` else {\n${inside()}\n}` : '';
        return `if (${generate.of(BOOL, 2)}) {\n${then}\n}${otherwise}`;
      }
    }
  }

  #jump({ loops, returns }: Around): string {
    const generate = this.#generate;
    if (loops > 0 && generate.chance(0.7)) return generate.pick(['break;', 'continue;']);
    return returns === 'nothing' ? 'return;' : `return ${generate.of(VEC4U, 1)};`;
  }
}

type Around = {
  /** How many loops there are to leave. */
  readonly loops: number;
  readonly returns: 'nothing' | 'vec4u';
  readonly isSwitch: boolean;
};
