/** Methods that see matrices whole, carried out: blocks smaller than a tensor, dtypes, tensors that are no matrix. */
import { expect, test } from 'vitest';
import { storedOf } from '../../formats/model.ts';
import { openModel } from '../../formats/open-model.ts';
import { changeOf, isotropic, orthogonalised } from '../../methods/spectral.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { f32 } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { run } from './run.ts';

const shapes = { 'a.weight': [12, 9], 'b.weight': [5, 40], 'b.bias': [40], 'c.weight': [3, 2, 4] };

test.each([
  ['iso_c', isotropic],
  ['tsv_m', orthogonalised],
] as const)(
  'a run of %s adds to the base what the whole of each matrix tells',
  async (method, of) => {
    const random = randomNumbers(7);
    // Sixteenths: differences are exact.
    const numbers = () =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => {
          const count = shape.reduce((product, side) => product * side, 1);
          return [name, Array.from({ length: count }, () => Math.round(random() * 64) / 16)];
        }),
      );
    const values = { base: numbers(), first: numbers(), second: numbers() };
    const models = Object.fromEntries(
      Object.entries(values).map(([id, own]) => [
        id,
        Object.fromEntries(
          Object.entries(shapes).map(([name, shape]) => [name, f32(shape, own[name])]),
        ),
      ]),
    );
    const made = await mergeRun({ models, recipe: { method, values: { lambda: 0.5 } } });
    // So little memory that the matrices go through in several blocks.
    const { sink, ...options } = made.options({ budget: 2048 });
    await run(made.plan, { ...options, sink });
    const file = sink.files.get('model.safetensors')!;
    const output = await openModel('o', 'o', [memorySource('model.safetensors', file)]);
    for (const [name, shape] of Object.entries(shapes)) {
      const [{ begin, end }] = storedOf(output.tensors.get(name)!);
      const merged = new Float32Array(file.slice(begin, end).buffer);
      const base = values.base[name];
      const changes = [values.first, values.second].map((own) =>
        Float32Array.from(own[name], (value, i) => value - base[i]),
      );
      const expected = changeOf(changes, shape, of);
      expect(merged.length).toBe(expected.length);
      for (const [i, value] of merged.entries()) {
        expect(value).toBe(Math.fround(base[i] + Math.fround(0.5 * Math.fround(expected[i]))));
      }
    }
  },
);
