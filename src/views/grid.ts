/** Where a tensor lies in a picture of its model: a row for its layer, a column for its role. */
import { placeOf, type TensorPlace } from '../plan/groups.ts';

export type Grid = {
  /** From first to last: "in", layers as "7" or "6–8", "out". */
  readonly rows: readonly string[];
  /** Roles, the most common first within each group: "q_proj", "mlp.experts.*.up_proj". */
  readonly columns: readonly string[];
  /** Row and column of each tensor, in the order that they came in. */
  readonly places: readonly { readonly row: number; readonly column: number }[];
};

const mostRows = 128;
const mostColumns = 14;
/** Roles beyond the columns, and tensors outside the layers. */
export const others = 'others';

/** Of bounded size, whatever the model. Tensors that share a cell are looked at together. */
export function gridOf(tensors: readonly string[]): Grid {
  const places = tensors.map(placeOf);
  const lines = places.map(lineOf);
  const { names, rowOf } = rowsOf(lines);
  const roles = tensors.map((name, i) => (lines[i].layer === null ? others : roleOf(name)));
  const columns = columnsOf(roles);
  const columnOf = new Map(columns.map((role, i) => [role, i]));
  const rest = columns.length - 1;
  return {
    rows: names,
    columns,
    places: lines.map((line, i) => ({ row: rowOf(line), column: columnOf.get(roles[i]) ?? rest })),
  };
}

/** A stack of layers and a number in it; "in" or "out" and null outside of them. */
type Line = { readonly stack: string; readonly layer: number | null };

function lineOf({ group, stack, layer }: TensorPlace): Line {
  if (stack === null || layer === null) {
    return { stack: group === 'embeddings' ? 'in' : 'out', layer: null };
  }
  return { stack, layer };
}

function rowsOf(lines: readonly Line[]) {
  const depths = new Map<string, Set<number>>();
  for (const { stack, layer } of lines) {
    if (layer === null) continue;
    depths.set(stack, (depths.get(stack) ?? new Set()).add(layer));
  }
  const all = [...depths].flatMap(([stack, layers]) =>
    [...layers].toSorted((a, b) => a - b).map((layer) => ({ stack, layer })),
  );
  const step = Math.max(1, Math.ceil(all.length / (mostRows - 2)));
  const keyed = new Map<string, number>();
  const names: string[] = [];
  const name = ({ stack, layer }: { stack: string; layer: number }) =>
    depths.size === 1 ? `${layer}` : `${stack.split('.').at(-1)} ${layer}`;
  if (lines.some(({ stack, layer }) => layer === null && stack === 'in')) names.push('in');
  const first = names.length;
  for (const [i, line] of all.entries()) {
    const row = first + Math.floor(i / step);
    keyed.set(key(line), row);
    if (i % step > 0) continue;
    const last = all[Math.min(i + step, all.length) - 1];
    names.push(last === line ? name(line) : `${name(line)}–${name(last)}`);
  }
  const end = names.length;
  if (lines.some(({ stack, layer }) => layer === null && stack === 'out')) names.push('out');
  return {
    names,
    rowOf: (line: Line) => {
      if (line.layer === null) return line.stack === 'in' ? 0 : end;
      return keyed.get(key(line))!;
    },
  };
}

function key({ stack, layer }: Line): string {
  return `${stack} ${layer}`;
}

/** What follows the layer's number, without "weight", other numbers as *: tensors of one role share a column. */
export function roleOf(name: string): string {
  const { stack, layer } = placeOf(name);
  const rest = layer === null ? name : name.slice(`${stack}.${layer}.`.length);
  const parts = rest.split(/[./]/).filter((part) => part !== 'weight' && part !== 'bias');
  return parts.map((part) => (/^\d+$/.test(part) ? '*' : part)).join('.') || name;
}

function columnsOf(roles: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const role of roles) counts.set(role, (counts.get(role) ?? 0) + 1);
  const own = [...counts.keys()].filter((role) => role !== others);
  const kept =
    own.length < mostColumns
      ? own
      : own.toSorted((a, b) => counts.get(b)! - counts.get(a)!).slice(0, mostColumns - 1);
  // In the order in which they first came: q, k, v, o as the model has them.
  const inOrder = own.filter((role) => kept.includes(role));
  const needsOthers = roles.includes(others) || kept.length < own.length;
  return needsOthers ? [...inOrder, others] : inOrder;
}
