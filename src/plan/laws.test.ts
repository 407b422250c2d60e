import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementCount } from '../formats/model.ts';
import { bitsOf, type Dtype } from '../numerics/dtype.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import { type HeaderTensor, headerModel } from '../testing/model.ts';
import { findingsOf, planned, recipeOf } from '../testing/planning.ts';
import type { Job, Part } from './types.ts';

const names = [
  'model.embed_tokens.weight',
  'model.layers.0.mlp.up_proj.weight',
  'model.layers.1.mlp.up_proj.weight',
  'model.norm.weight',
  'model.ids',
  'lm_head.weight',
];
const dtype = fc.constantFrom<Dtype>('F32', 'F16', 'BF16', 'F8_E4M3', 'F64');
const shape = fc.array(fc.nat(5), { maxLength: 3 });

/** A base, and experts that lack some of its tensors and hold others in another dtype. */
const family = fc
  .record({
    shapes: fc.tuple(...names.map(() => shape)),
    kept: fc.array(fc.tuple(...names.map(() => fc.boolean())), { minLength: 2, maxLength: 2 }),
    dtypes: fc.array(fc.tuple(...names.map(() => dtype)), { minLength: 3, maxLength: 3 }),
  })
  .map(({ shapes, kept, dtypes }) => {
    const model = (id: string, of: readonly Dtype[], has: readonly boolean[]) => {
      const tensors = names.flatMap((name, n): [string, HeaderTensor][] =>
        // Every model has the ids, so that no expert is without a common name.
        name === 'model.ids'
          ? [[name, ['I64', shapes[n]]]]
          : has[n]
            ? [[name, [of[n], shapes[n]]]]
            : [],
      );
      return headerModel(id, Object.fromEntries(tensors));
    };
    return [
      model(
        'base',
        dtypes[0],
        names.map(() => true),
      ),
      model('math', dtypes[1], kept[0]),
      model('code', dtypes[2], kept[1]),
    ] as const;
  });

const options = fc.record({
  method: fc.constantFrom('task_arithmetic', 'ties', 'dare_ties', 'linear', 'slerp'),
  dtype: fc.constantFrom('base', 'F32', 'F16', 'BF16' as const),
  shardBytes: fc.option(fc.integer({ min: 1, max: 300 })),
});

function elementsOf(part: Part, job: Job): number {
  if (part.kind !== 'copy') return part.elementCount;
  return ((part.span.end - part.span.begin) * 8) / bitsOf[job.dtype];
}

test('whatever the models, every output tensor is produced once, whole and in its place', () => {
  fc.assert(
    fc.property(family, options, (models, { method, dtype, shardBytes }) => {
      const [base, ...experts] = models;
      // The first model without a base must have all names, so the base is an expert there.
      const needsBase = method !== 'linear' && method !== 'slerp';
      const output = { ...emptyRecipe().output, dtype: dtype as 'base', shardBytes };
      const recipe = needsBase
        ? recipeOf(base, experts, { method, output })
        : recipeOf(null, [base, experts[0]], { method, output });
      const codes = findingsOf(recipe, models).flatMap(({ severity, code }) =>
        severity === 'error' ? [code] : [],
      );
      // Of these families only one thing can be wrong: that nothing meets.
      if (codes.length > 0) {
        expect(codes).toEqual(['nothing-merged']);
        return;
      }
      const { jobs, files } = planned(recipe, models);

      expect(jobs.map(({ tensor }) => tensor).toSorted()).toEqual([...names].toSorted());
      files.forEach((file, index) => {
        const header = JSON.parse(new TextDecoder().decode(file.header.subarray(8)));
        let offset = 0;
        for (const job of jobs.filter((candidate) => candidate.file === index)) {
          const end = offset + job.byteLength;
          expect(header[job.tensor]).toEqual({
            dtype: job.dtype,
            shape: job.shape,
            data_offsets: [offset, end],
          });
          offset = end;
        }
        expect(file.byteLength).toBe(file.header.length + offset);
      });
      for (const job of jobs) {
        const elements = job.parts.map((part) => elementsOf(part, job));
        expect(elements.reduce((sum, n) => sum + n, 0)).toBe(elementCount(job.shape));
        expect(job.parts.every((part) => part.kind !== 'merge' || part.planes.length > 0)).toBe(
          true,
        );
      }
    }),
    { numRuns: 100 },
  );
});
