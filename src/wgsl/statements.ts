/**
 * Runs statements. What follows one that may jump goes into each of its ways, as `rest`: a path that has
 * left a function, a loop or a switch then simply has no rest.
 */

import { binary } from './arithmetic.ts';
import { assign } from './assign.ts';
import { branch } from './branch.ts';
import { asType, concrete } from './convert.ts';
import { call, evaluate, lanes, typeOf } from './expressions.ts';
import { jumps, leavesEarly, returns } from './jumps.ts';
import { loop } from './loops.ts';
import type { Lowering, Variable } from './lowering.ts';
import { refuse } from './refusal.ts';
import type { Case, Expression, Statement } from './syntax.ts';
import { BOOL } from './types.ts';
import { known, type LaneValue, lanesIn, type Value, zero } from './values.ts';

/** What the jumps do at some place; null where there is nothing to leave. */
export type Frame = {
  readonly leave: (() => void) | null;
  readonly again: (() => void) | null;
  readonly giveBack: (value: Value | null) => void;
  /** Whether the function has returned. */
  readonly returned: Variable;
};

type Nesting = Extract<Statement, { kind: 'loop' | 'switch' | 'if' | 'block' }>;

export function run(
  lowering: Lowering,
  body: readonly Statement[],
  frame: Frame,
  rest: () => void,
): void {
  for (const [i, s] of body.entries()) {
    lowering.line = s.line;
    switch (s.kind) {
      case 'return':
        frame.giveBack(s.value && evaluate(lowering, s.value));
        return;
      case 'break':
        if (!frame.leave) refuse('nothing to break out of');
        frame.leave();
        return;
      case 'continue':
        if (!frame.again) refuse('nothing to continue');
        frame.again();
        return;
      case 'loop':
      case 'switch':
      case 'if':
      case 'block': {
        if (!jumps([s]) && !leavesEarly(s)) {
          nest(lowering, s, frame, () => {});
          break;
        }
        // Each path declares for itself what follows.
        const { scope } = lowering;
        const more = () =>
          lowering.inScope({ names: new Map(scope.names), parent: scope.parent }, () =>
            run(lowering, body.slice(i + 1), frame, rest),
          );
        nest(lowering, s, frame, more);
        return;
      }
      case 'declare':
        declare(lowering, s);
        break;
      case 'assign':
        assign(lowering, s);
        break;
      case 'call':
        if (s.call.kind === 'call') call(lowering, s.call.callee, s.call.args);
        break;
      default:
        s satisfies never;
    }
  }
  rest();
}

/** Statements that have statements in them. */
function nest(lowering: Lowering, s: Nesting, frame: Frame, rest: () => void): void {
  const way = (body: readonly Statement[]) => () =>
    lowering.nested(() => run(lowering, body, frame, rest));
  switch (s.kind) {
    case 'block':
      way(s.body)();
      return;
    case 'if':
      branch(lowering, lanes(lowering, s.condition), way(s.then), way(s.otherwise));
      return;
    case 'switch':
      choose(lowering, s.on, s.cases, (body) =>
        lowering.nested(() => run(lowering, body, { ...frame, leave: rest }, rest)),
      );
      return;
    case 'loop':
      lowering.nested(() => {
        if (s.first) run(lowering, [s.first], frame, () => {});
        loop(lowering, s, {
          returned: frame.returned,
          turn: (leave) =>
            lowering.nested(() => {
              const giveBack = (value: Value | null) => {
                frame.giveBack(value);
                leave();
              };
              run(lowering, s.body, { ...frame, leave, again: () => {}, giveBack }, () => {});
            }),
          step: () => {
            if (s.step) run(lowering, [s.step], frame, () => {});
          },
        });
      });
      if (!returns(s.body)) rest();
      else {
        const hasReturned = lanesIn(lowering.valueOf(frame.returned));
        const yes = () => lowering.variables.set(frame.returned, known(BOOL, [1]));
        branch(lowering, hasReturned, yes, rest);
      }
  }
}

/** The cases of a switch as conditions, one after the other. */
function choose(
  lowering: Lowering,
  on: Expression,
  cases: readonly Case[],
  way: (body: readonly Statement[]) => void,
): void {
  const selector = lanesIn(concrete(lanes(lowering, on)));
  const others = cases.find(({ values }) => values.includes(null));
  if (!others) refuse('a switch without default');
  const tests = cases
    .filter((one) => one !== others)
    .map(({ values, body }) => ({
      body,
      condition: values
        .flatMap((value) => (value ? [equals(lowering, selector, value)] : []))
        .reduce((a, b) => binary(lowering.graph, '||', a, b)),
    }));
  const from = (index: number): void => {
    const test = tests[index];
    if (!test) way(others.body);
    else
      branch(
        lowering,
        test.condition,
        () => way(test.body),
        () => from(index + 1),
      );
  };
  from(0);
}

function equals(lowering: Lowering, selector: LaneValue, value: Expression): LaneValue {
  const made = lanes(lowering, value);
  if (made.kind !== 'known') return refuse('the value of a case is not known');
  return binary(lowering.graph, '==', selector, made);
}

function declare(lowering: Lowering, s: Extract<Statement, { kind: 'declare' }>): void {
  const type = s.type && typeOf(lowering, s.type);
  const given = s.value && evaluate(lowering, s.value);
  const value = given && type ? asType(given, type) : given;
  if (s.keyword !== 'var') {
    if (!value) refuse(`${s.name} has no value`);
    const isConst = s.keyword === 'const';
    if (isConst && value.kind !== 'known') refuse(`the value of ${s.name} is not known`);
    lowering.declare(s.name, { kind: 'value', value: isConst ? value : concrete(value) });
    return;
  }
  const variable = { name: s.name, origin: s };
  if (!value && !type) refuse(`${s.name} has neither a type nor a value`);
  lowering.variables.set(variable, value ? concrete(value) : zero(type!));
  lowering.declare(s.name, { kind: 'variable', variable });
}
