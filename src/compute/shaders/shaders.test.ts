import { afterAll, describe, expect, test } from 'vitest';
import { create, globals } from 'webgpu';
import { methods } from '../../methods/registry.ts';
import { floatDtypes } from '../../numerics/dtype.ts';
import { countConstants, elementSums, MOST_MODELS, modelSums, pairSums } from './conflict.ts';
import { explain, formulaModule, link, modules } from './link.ts';
import { BINS } from './search.ts';
import { countKinds, MAP_THREADS, SLAB_TURNS, structs, sumKinds, THREADS } from './structs.ts';

// Dawn's null backend compiles WGSL without a driver. It crashes when its GPU object is collected.
Object.assign(globalThis, globals, { nullGpu: create(['backend=null']) });
const { nullGpu } = globalThis as typeof globalThis & { nullGpu: GPU };
const device = await (await nullGpu.requestAdapter())!.requestDevice();
afterAll(() => device.destroy());

const codes = floatDtypes.map((_, code) => code);
const MIXED = codes.length;

/** What the compiler says about a program, with file and line; empty when it is content. */
async function complaints(
  shader: string,
  formula: string | undefined,
  constants: Record<string, number>,
): Promise<readonly string[]> {
  const unrolled = constants.DTYPE === MIXED ? null : { MODELS: constants.MODELS };
  const linked = link(shader, formula, unrolled);
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: linked.code });
  const { messages } = await module.getCompilationInfo();
  await device.popErrorScope();
  const said = messages.map((message) => explain(linked, message));
  if (said.length > 0) return said;
  try {
    await device.createComputePipelineAsync({ layout: 'auto', compute: { module, constants } });
    return [];
  } catch (error) {
    return [String(error)];
  }
}

const formulas = methods.map(({ id }) => formulaModule(id));
const deriving = methods.flatMap(({ id, derives }) =>
  derives ? [[id, formulaModule(id), Object.keys(derives)] as const] : [],
);

/** A formula sees f32: outputs and working dtypes take turns, so that each of two choices meets each of the other. */
describe.each(formulas.map((formula, turn) => [formula, turn] as const))(
  'map with %s',
  (formula, turn) => {
    test.each([...codes, MIXED])('compiles for planes of dtype %i', async (dtype) => {
      const constants = {
        ...{ DTYPE: dtype, OUTPUT: (dtype + turn) % codes.length, WORK: (dtype + 2 * turn) % 3 },
        ...{ MODELS: 2, HAS_BASE: 1 },
      };
      expect(await complaints('map', formula, constants)).toEqual([]);
    });

    test.each([1, 2, 5, 8])('compiles for %i models', async (models) => {
      const constants = { DTYPE: 2, OUTPUT: 2, WORK: 0, MODELS: models, HAS_BASE: 0 };
      expect(await complaints('map', formula, constants)).toEqual([]);
    });
  },
);

test.each([...codes, MIXED])(
  'a map compiles for dtype %i, every output and work',
  async (dtype) => {
    for (const output of codes) {
      for (const work of [0, 1, 2]) {
        const constants = { DTYPE: dtype, OUTPUT: output, WORK: work, MODELS: 2, HAS_BASE: 1 };
        expect(await complaints('map', formulaModule('linear'), constants)).toEqual([]);
      }
    }
  },
);

describe.each(['sample', 'select', 'reduce'])('%s', (shader) => {
  test.each([...codes, MIXED])('compiles for planes of dtype %i', async (dtype) => {
    const kinds = shader === 'reduce' ? sumKinds.map((_, kind) => ({ KIND: kind })) : [{}];
    for (const kind of kinds) {
      for (const work of [0, 1, 2]) {
        const constants = { DTYPE: dtype, WORK: work, MODELS: 3, HAS_BASE: 1, ...kind };
        expect(await complaints(shader, undefined, constants)).toEqual([]);
      }
    }
  });

  test.each(deriving)('compiles for what %s derives', async (_, formula, names) => {
    for (const [at] of names.entries()) {
      const kind = shader === 'reduce' ? { KIND: sumKinds.indexOf('DERIVED_NUMBER') } : {};
      const constants = { DTYPE: 2, WORK: 2, MODELS: 3, HAS_BASE: 1, DERIVED: at + 1, ...kind };
      expect(await complaints(shader, formula, constants)).toEqual([]);
    }
  });
});

test('lowrank compiles for every dtype of the base, and without one', async () => {
  for (const base of [...codes, MIXED]) {
    expect(await complaints('lowrank', undefined, { BASE: base })).toEqual([]);
  }
});

test.each([
  ['matmul', { ROWS: 4, BIASED: 1, ENDS: 0 }],
  ['matmul', { ROWS: 1, BIASED: 0, ENDS: 1 }],
  ['matmul', { ROWS: 4, BIASED: 0, ENDS: 2 }],
  ['matmul', { ROWS: 4, BIASED: 1, ENDS: 3 }],
  ['matmul', { ROWS: 1, BIASED: 1, ENDS: 4 }],
  ['heads', { HALF: 4, NORMED: 0 }],
  ['heads', { HALF: 16, NORMED: 1 }],
  ['attention', { HALF: 16 }],
  ['embed', {}],
  ['embed', { PLACED: 1 }],
  ['layernorm', {}],
  ['rmsnorm', { PICKS: 0 }],
  ['rmsnorm', { PICKS: 1 }],
] as const)('%s compiles with %o', async (shader, constants) => {
  expect(await complaints(shader, undefined, constants)).toEqual([]);
});

test.each([1, 2, 8, 32])('conflict compiles for %i models', async (models) => {
  for (const kind of countKinds) {
    for (const by of ['total', 'frequency'] as const) {
      const vote = { by, sees: 'weighted', even: 'drop' } as const;
      expect(await complaints('conflict', undefined, countConstants(kind, models, vote))).toEqual(
        [],
      );
    }
  }
});

test('every method has a formula and every formula a method', () => {
  const present = [...modules.keys()].filter((name) => name.startsWith('methods/'));
  expect(present.sort()).toEqual([...formulas].sort());
});

/** Last bindings of the shaders that run a model. */
const forward: Readonly<Record<string, number>> = {
  attention: 4,
  embed: 4,
  heads: 6,
  layernorm: 4,
  matmul: 5,
  rmsnorm: 4,
};

test('every complete shader has bindings from 0 to its last, and one entry; no other module has any', () => {
  for (const [name, text] of modules) {
    const complete = !name.includes('/');
    const bindings = [...text.matchAll(/@binding\((\d)\)/g)].map(([, number]) => number);
    const most = forward[name] ?? (['reduce', 'sample', 'select'].includes(name) ? 5 : 4);
    const wanted = Array.from({ length: most + 1 }, (_, binding) => String(binding));
    expect(bindings, name).toEqual(complete ? wanted : []);
    expect(text.match(/@compute/g)?.length ?? 0, name).toBe(complete ? 1 : 0);
  }
});

const everything = [...modules.values()].join('\n');

test.each(Object.entries(structs))(
  'struct %s has the same fields in TypeScript',
  (name, fields) => {
    const body = new RegExp(`struct ${name} \\{([^}]*)\\}`).exec(everything)?.[1] ?? '';
    const wgsl = [...body.matchAll(/^\s*(\w+): (\w+),$/gm)].map(
      ([, field, type]) => `${field}: ${type}`,
    );
    expect(wgsl).toEqual(fields.map((field) => `${field}: u32`));
  },
);

test.each([
  ...floatDtypes.map((dtype, code) => [dtype, code] as const),
  ...sumKinds.map((kind, code) => [kind, code] as const),
  ...countKinds.map((kind, code) => [kind, code] as const),
  ...elementSums.map((sum, place) => [sum.toUpperCase(), place] as const),
  ['MODEL', elementSums.length] as const,
  ['MODEL_SUMS', modelSums.length] as const,
  ['PAIR_SUMS', pairSums.length] as const,
  ['MOST_MODELS', MOST_MODELS] as const,
  ['MIXED', MIXED] as const,
  ['BINS', BINS] as const,
  ['NONE', floatDtypes.length] as const,
])('the constant %s is %i on both sides', (name, value) => {
  expect(everything).toContain(`const ${name} = ${value}u;`);
});

test.each([
  ['MAP_THREADS', MAP_THREADS] as const,
  ['THREADS', THREADS] as const,
  ['SLAB_TURNS', SLAB_TURNS] as const,
])('the override %s is %i on a GPU', (name, value) => {
  expect(everything).toContain(`override ${name}: u32 = ${value}u;`);
});
