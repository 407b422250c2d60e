/** What papers and tools disagree on, each as a choice that can be tried on the elements at hand. */
import { type ArithmeticKey, arithmeticWords } from '../../../methods/dialect.ts';
import type { Param } from '../../../methods/params.ts';
import type { Cast, Tried } from './cast.ts';

export type Switch = {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  /** What is tried once this is chosen. */
  readonly choose: (value: string) => Tried;
};

/** Choices that make no difference to what is seen here: rounding, and tensors of few elements. */
const unseen: readonly ArithmeticKey[] = ['work', 'smallTrim'];

/** @param cast as tried */
export function switchesOf(cast: Cast, tried: Tried): readonly Switch[] {
  const { method, arithmetic, trimScope } = cast;
  const scope: Switch = {
    key: 'trimScope',
    label: 'Trim threshold',
    help: 'Whether every tensor keeps the same share of its changes, or one threshold holds for all tensors of a model.',
    value: trimScope ?? '',
    options: [
      ['tensor', 'per tensor'],
      ['model', 'whole model'],
    ],
    choose: (value) => ({ ...tried, trimScope: value === 'model' ? 'model' : 'tensor' }),
  };
  return [
    ...(trimScope ? [scope] : []),
    ...method.choices
      .filter((key) => !unseen.includes(key))
      .map((key) => ofArithmetic(key, arithmetic[key], tried)),
    ...Object.entries(method.params.global).flatMap(([key, param]) =>
      ofParam(key, param, cast, tried),
    ),
  ];
}

function ofArithmetic(key: ArithmeticKey, value: string, tried: Tried): Switch {
  const { label, help, choices } = arithmeticWords[key];
  const options = Object.entries(choices);
  const choose = (next: string): Tried => ({
    ...tried,
    arithmetic: { ...tried.arithmetic, [key]: next },
  });
  return { key, label, help, value, options, choose };
}

/** A sum or a mean, weights or task vectors: what a method has as a parameter of its own. */
function ofParam(key: string, param: Param, { global }: Cast, tried: Tried): readonly Switch[] {
  const { label, help } = param;
  const withIt = (next: string | boolean): Tried => ({
    ...tried,
    values: { ...tried.values, [key]: next },
  });
  if (param.kind === 'toggle') {
    return [
      {
        ...{ key, label, help },
        value: global[key] ? 'on' : 'off',
        options: ['on', 'off'].map((each) => [each, each] as const),
        choose: (next) => withIt(next === 'on'),
      },
    ];
  }
  if (param.kind !== 'choice') return [];
  const options = param.choices.map((each) => [each.value, each.label] as const);
  return [{ ...{ key, label, help }, value: String(global[key]), options, choose: withIt }];
}
