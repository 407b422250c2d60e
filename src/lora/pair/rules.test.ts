import { expect, test } from 'vitest';
import { partsOf, rules } from './rules.ts';

const wildcards = (name: string) => name.match(/[#*]/g)?.join('') ?? '';

test('a rule gives back what its wildcards took', () => {
  const odd = rules.filter(({ from, to }) =>
    to.some((name) => wildcards(name) !== wildcards(from)),
  );
  expect(rules.length).toBeGreaterThan(100);
  expect(odd).toEqual([]);
});

test('only a rule for a fused module says where to cut, and each does', () => {
  expect(rules.filter(({ to, cut }) => to.length > 1 !== (cut !== undefined))).toEqual([]);
});

test('no name is read by two rules', () => {
  const names = rules.map(({ from }) => from);
  expect(names.filter((name, k) => names.indexOf(name) !== k)).toEqual([]);
});

test('common names stay as they are, with dots and without', () => {
  const common = rules.flatMap(({ to, from }) => (from.includes('*') ? [] : to));
  const moved = common.filter((name) => {
    const text = name.replaceAll('#', '7').replace(/:.*/, '');
    if (text === 'norm_out.linear') return false;
    return [true, false].some((flat) => {
      const own = flat ? text.replaceAll('.', '_') : text;
      const { names } = partsOf({ parts: ['te1'], group: '', name: own, flat });
      return names.join() !== own;
    });
  });
  expect(moved).toEqual([]);
});
