import { asType, convert, typed } from './convert.ts';
import type { Graph } from './graph.ts';
import { refuse } from './refusal.ts';
import { lanesOf, nameOf, type Type } from './types.ts';
import { fromParts, laneOf, lanesIn, splat, type Value, zero } from './values.ts';

/** `vec4u(x, y)`, `f32(n)`, `Job(…)`, `array<u32, 2>(…)`: a value from others; from none, zero. */
export function construct(graph: Graph, type: Type, args: readonly Value[]): Value {
  if (args.length === 0) return zero(type);
  switch (type.kind) {
    case 'struct': {
      const { fields } = type;
      if (args.length !== fields.length) refuse(`${type.name} has ${fields.length} fields`);
      return { kind: 'items', type, items: args.map((arg, i) => asType(arg, fields[i].type)) };
    }
    case 'array':
      if (args.length !== type.length) refuse(`${nameOf(type)} from ${args.length} values`);
      return { kind: 'items', type, items: args.map((arg) => asType(arg, type.of)) };
    case 'atomic':
      return refuse('an atomic is no value');
    case 'lanes':
      break;
  }
  const given = args.map(lanesIn);
  const one = lanesOf(type.of, 1);
  if (given.length === 1) {
    const [value] = given;
    if (value.type.size === type.size) return convert(graph, type, value);
    if (value.type.size === 1) return splat(graph, typed(value, one), type.size);
  }
  const parts = given.flatMap((value) =>
    Array.from({ length: value.type.size }, (_, i) => typed(laneOf(graph, value, i), one)),
  );
  if (parts.length !== type.size || type.size === 1) {
    return refuse(`${nameOf(type)} from ${parts.length} components`);
  }
  return fromParts(type, parts);
}
