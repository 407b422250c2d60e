import { expect, test } from 'vitest';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { mergeTensor } from '../testing/merge-tensor.ts';
import { gramMeasures, gramOf, inner, squaredLength } from './gram.ts';
import karcher from './karcher/index.ts';
import modelStock from './model-stock/index.ts';
import multislerp from './multislerp/index.ts';
import nuslerp from './nuslerp/index.ts';

const backend = definitionBackend();
const close = (merged: Float32Array, expected: readonly number[]) =>
  merged.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });

test('the dot products of all pairs are asked for once, and lie in a symmetric matrix', () => {
  const call = { perModel: [{}, {}, {}] };
  const asked = gramMeasures(call, [], 'weights');
  expect(asked.map((one) => one.kind === 'dot' && [one.a, one.b])).toEqual([
    ...[
      [0, 0],
      [0, 1],
      [0, 2],
    ],
    ...[
      [1, 1],
      [1, 2],
      [2, 2],
    ],
  ]);
  expect(gramMeasures(call, [[1]], 'weights')).toEqual([]);
  const gram = gramOf(call, [[4], [1], [2], [9], [3], [16]]);
  expect(gram).toEqual([
    [4, 1, 2],
    [1, 9, 3],
    [2, 3, 16],
  ]);
  // ‖x₀ − x₁‖² = 4 − 2 + 9; ⟨x₀ − x₁, x₂⟩ = 2 − 3.
  expect(squaredLength(gram, [1, -1, 0])).toBe(11);
  expect(inner(gram, [1, -1, 0], [0, 0, 1])).toBe(-1);
});

test('means on the sphere of two arrows at a right angle point between them and keep their length', async () => {
  const models = [
    [2, 0],
    [0, 2],
  ];
  const between = [Math.SQRT2, Math.SQRT2];
  close(await mergeTensor(backend, { method: karcher, models }), between);
  close(await mergeTensor(backend, { method: multislerp, models }), between);
  close(await mergeTensor(backend, { method: nuslerp, models }), between);
});

test('NuSLERP goes a third of the way where the second weighs a third', async () => {
  const models = [
    [1, 0],
    [0, 1],
  ];
  const perModel = [{ weight: 2 }, { weight: 1 }];
  // A third of 90°.
  close(await mergeTensor(backend, { method: nuslerp, models, perModel }), [Math.sqrt(0.75), 0.5]);
});

test('the Karcher mean has the least squared angles: of 0°, 0° and 90° it is 30°', async () => {
  const models = [
    [1, 0],
    [1, 0],
    [0, 1],
  ];
  const merged = await mergeTensor(backend, { method: karcher, models, global: { max_iter: 50 } });
  const angle = (Math.atan2(merged[1], merged[0]) * 180) / Math.PI;
  expect(angle).toBeCloseTo(30, 3);
  // The mean of directions alone, which Multi-SLERP takes, is at 26.57°.
  const mean = await mergeTensor(backend, { method: multislerp, models });
  expect((Math.atan2(mean[1], mean[0]) * 180) / Math.PI).toBeCloseTo(26.565, 3);
});

test('Model Stock: task vectors at 60° go 2 · ½ ÷ (1 + ½) of the way to their average', async () => {
  const base = [1, 1];
  const models = [
    [2, 1],
    [1.5, 1 + Math.sqrt(0.75)],
  ];
  const average = [1.75, 1 + Math.sqrt(0.75) / 2];
  const expected = base.map((value, i) => value + (2 / 3) * (average[i] - value));
  close(await mergeTensor(backend, { method: modelStock, models, base }), expected);
});

test('Model Stock leaves the base where two task vectors are opposed and the ratio has no value', async () => {
  const models = [[2], [0]];
  close(await mergeTensor(backend, { method: modelStock, models, base: [1] }), [1]);
});

test('models that cancel do not blow up: Multi-SLERP blends them linearly, Karcher takes the first', async () => {
  const models = [
    [1, 2],
    [-1, -2],
  ];
  close(await mergeTensor(backend, { method: multislerp, models }), [0, 0]);
  close(await mergeTensor(backend, { method: karcher, models }), [1, 2]);
});

test('NuSLERP blends opposite arrows linearly, of any length, and single numbers of different signs', async () => {
  const perModel = [{ weight: 1 }, { weight: 0.3 }];
  const [t, rest] = [0.3 / 1.3, 1 / 1.3];
  const pairs = [
    [
      [-0.8334545493125916, -0.40281111001968384],
      [2.50036358833313, 1.2084332704544067],
    ],
    [[0.3152604401111603], [-0.9457813501358032]],
    [[-261503362007040], [1053618358714368]],
  ];
  for (const models of pairs) {
    const merged = await mergeTensor(backend, { method: nuslerp, models, perModel });
    for (const [i, value] of merged.entries()) {
      const expected = rest * models[0][i] + t * models[1][i];
      expect(Math.abs(value - expected)).toBeLessThan(1e-6 * Math.abs(models[1][i]));
    }
  }
});

test('Multi-SLERP blends linearly what cancels but for the noise of f32, and zeros have no direction', async () => {
  const first = [0.3152604401111603, -0.1, 0.7];
  const models = [first, first.map((value) => -3 * value)];
  const linear = first.map((value) => -value);
  for (const eps of [1e-8, 0]) {
    close(await mergeTensor(backend, { method: multislerp, models, global: { eps } }), linear);
  }
  const zeros = [
    [0, 0],
    [0, 0],
  ];
  close(
    await mergeTensor(backend, { method: multislerp, models: zeros, global: { eps: 0 } }),
    [0, 0],
  );
  const half = [
    [0, 0],
    [3, 4],
  ];
  // Half of the length 5, in the only direction there is.
  close(
    await mergeTensor(backend, { method: multislerp, models: half, global: { eps: 0 } }),
    [1.5, 2],
  );
});

test('the Karcher mean of models that are alike is they, even where no step is too short', async () => {
  const models = [
    [3, 4],
    [3, 4],
  ];
  close(await mergeTensor(backend, { method: karcher, models, global: { tol: 0 } }), [3, 4]);
  const opposed = [
    [1, 2],
    [-1, -2],
  ];
  close(
    await mergeTensor(backend, { method: karcher, models: opposed, global: { tol: 0 } }),
    [1, 2],
  );
});
