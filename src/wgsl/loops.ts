import { branch } from './branch.ts';
import { lanes } from './expressions.ts';
import { Block } from './graph.ts';
import type { Lowering, Variable } from './lowering.ts';
import { repeat } from './repeat.ts';
import type { Expression } from './syntax.ts';
import { BOOL } from './types.ts';
import { known, type LaneValue, lanesIn } from './values.ts';

/** Loops that are known to have no more turns than this are written out, turn by turn. */
const MOST_TURNS = 32;

const YES = known(BOOL, [1]);
const NO = known(BOOL, [0]);

type Turns = {
  /** Whether the function around has returned. */
  readonly returned: Variable;
  /** Runs the body once; it calls `leave` where it ends the loop. */
  readonly turn: (leave: () => void) => void;
  readonly step: () => void;
};

export function loop(
  lowering: Lowering,
  head: { readonly condition: Expression | null; readonly step: unknown },
  { returned, turn, step }: Turns,
): void {
  const { variables } = lowering;
  const left: Variable = { name: 'left', origin: head };
  variables.set(left, NO);
  const test = () => (head.condition ? lanes(lowering, head.condition) : YES);
  const once = () => {
    lowering.variables.set(left, NO);
    lowering.variables.set(returned, NO);
    turn(() => lowering.variables.set(left, YES));
  };
  /** Whether the loop has been left in this turn; else what comes before the next one. */
  const go = (more: () => void) =>
    branch(lowering, lanesIn(lowering.valueOf(left)), () => {}, more);

  const inOneGo = () =>
    repeat(lowering, head, test, () => {
      const again: Variable = { name: 'again', origin: step };
      once();
      lowering.variables.set(again, NO);
      go(() => {
        step();
        lowering.variables.set(again, test());
      });
      const result = lanesIn(lowering.valueOf(again));
      lowering.variables.delete(again);
      return result;
    });
  const turnByTurn = (most: number): void => {
    const next = test();
    if (next.kind !== 'known' || most === 0) inOneGo();
    else if (next.lanes[0]) {
      once();
      go(() => {
        step();
        turnByTurn(most - 1);
      });
    }
  };
  if (head.step && isShort(lowering, head.condition)) turnByTurn(MOST_TURNS);
  else inOneGo();
  lowering.variables.delete(left);
}

/** Whether a loop counts between two known numbers that are close to each other. */
function isShort(lowering: Lowering, condition: Expression | null): boolean {
  if (condition?.kind !== 'binary') return false;
  const before = lowering.variables;
  lowering.variables = new Map(before);
  const [from, to] = lowering.graph.within(new Block('arm', lowering.graph.block), () =>
    [condition.left, condition.right].map((side): LaneValue => lanes(lowering, side)),
  );
  lowering.variables = before;
  if (from.kind !== 'known' || to.kind !== 'known') return false;
  return Math.abs(to.lanes[0] - from.lanes[0]) <= MOST_TURNS;
}
