/** What PEFT and LyCORIS wrote and merged themselves; `tools/goldens/adapters.py`. */
import { expect, test } from 'vitest';
import { type AdapterTensor, readBack } from '../../testing/adapter.ts';
import golden from '../../testing/goldens/adapters.json';
import { addedTo, type Rows } from '../../testing/update-values.ts';

type Case = {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly tensors: Readonly<Record<string, AdapterTensor>>;
  readonly base: Readonly<Record<string, AdapterTensor>>;
  readonly merged: Readonly<Record<string, AdapterTensor>>;
};
const cases = golden.cases as unknown as readonly Case[];

const rowsOf = ({ shape, values = [] }: AdapterTensor): Rows => {
  const columns = values.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) => values.slice(i * columns, (i + 1) * columns));
};

test('there are many', () => {
  expect(cases.length).toBeGreaterThan(30);
});

test.each(cases)('$name', ({ config, tensors, base, merged }) => {
  const read = readBack(tensors, config);
  expect(read.unread).toEqual([]);
  const changed = [
    ...read.updates.map(({ module, of }) => `${module}.${of}`),
    ...read.saved.map(({ name }) => name),
  ];
  expect(changed.toSorted()).toEqual(Object.keys(merged).toSorted());
  for (const update of read.updates) {
    const name = `${update.module}.${update.of}`;
    const expected = rowsOf(merged[name]);
    const found = addedTo(rowsOf(base[name]), update, read.valuesOf(update));
    expect([found.length, found[0].length]).toEqual([update.rows, update.columns]);
    for (const [i, row] of expected.entries()) {
      for (const [j, value] of row.entries()) {
        expect(found[i][j], `${name}[${i}, ${j}]`).toBeCloseTo(value, 4);
      }
    }
  }
  for (const { name, tensor } of read.saved) {
    expect(tensors[tensor.name].values).toEqual(merged[name].values);
  }
});
