import { asType } from './convert.ts';
import { typeOf } from './expressions.ts';
import type { Lowering, Variable } from './lowering.ts';
import { refuse } from './refusal.ts';
import { run } from './statements.ts';
import { BOOL } from './types.ts';
import { known, type Value, zero } from './values.ts';

/** Puts a function's statements in the place of a call; null where it returns nothing. */
export function inline(lowering: Lowering, name: string, args: readonly Value[]): Value | null {
  const fn = lowering.syntax.functions.get(name) ?? refuse(`no function ${name}`);
  if (lowering.calls.some((call) => call.startsWith(`${name} `))) refuse(`${name} calls itself`);
  if (args.length !== fn.parameters.length)
    refuse(`${name} takes ${fn.parameters.length} arguments`);
  const given = lowering.inScope({ names: new Map(), parent: lowering.globals }, () =>
    fn.parameters.map((parameter, i) => asType(args[i], typeOf(lowering, parameter.type))),
  );
  const type = fn.result && typeOf(lowering, fn.result);
  const result: Variable = { name: `the result of ${name}`, origin: fn.parameters };
  const returned: Variable = { name: `the end of ${name}`, origin: fn.body };
  lowering.variables.set(returned, known(BOOL, [0]));
  if (type) lowering.variables.set(result, zero(type));
  const giveBack = (value: Value | null) => {
    if (Boolean(value) !== Boolean(type)) refuse(`${name} returns ${type ? 'a value' : 'nothing'}`);
    if (value && type) lowering.variables.set(result, asType(value, type));
    lowering.variables.set(returned, known(BOOL, [1]));
  };
  const { line } = lowering;
  lowering.calls.push(`${name} ${line}`);
  lowering.nested(() => {
    for (const [i, parameter] of fn.parameters.entries()) {
      lowering.declare(parameter.name, { kind: 'value', value: given[i] });
    }
    run(lowering, fn.body, { leave: null, again: null, giveBack, returned }, () => {});
  }, lowering.globals);
  lowering.line = line;
  lowering.calls.pop();
  const value = type ? lowering.valueOf(result) : null;
  const end = lowering.valueOf(returned);
  if (type && !(end.kind === 'known' && end.lanes[0])) refuse(`${name} may end without a value`);
  lowering.variables.delete(result);
  lowering.variables.delete(returned);
  return value;
}
