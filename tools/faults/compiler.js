/** Planted in the compiler of the shaders: file under src/wgsl/, text, what it becomes. */
/** @type {readonly (readonly [file: string, from: string, to: string])[]} */
export const compilerFaults = [
  ['arithmetic', 'isAll(a, 0) ? b : isAll(b, 0)', 'isAll(a, 0) ? b : isAll(b, 1)'],
  ['arithmetic', "readonly BinaryOp[] = ['+', '*'", "readonly BinaryOp[] = ['+', '-', '*'"],
  ['arithmetic', '[x, onesWhere(y)] : [y, onesWhere(x)]', '[y, onesWhere(y)] : [x, onesWhere(x)]'],
  ['arithmetic', "type.of === 'u32' ? 'u' : 's';", "type.of === 'u32' ? 's' : 'u';"],
  [
    'arithmetic',
    'known(\n      type,\n      value.lanes.map((x) => 1 - x)',
    'known(type, value.lanes',
  ],
  ['arithmetic', 'if (isFloat(type)) return null;', ''],
  ['divide', '(divisor & (divisor - 1)) === 0', '(divisor & 1) === 0'],
  ['divide', 'if (divisor === null || divisor === -1)', 'if (divisor === -1)'],
  ['divide', "constant('i32', [-(2 ** 31)])", "constant('i32', [-(2 ** 30)])"],
  ['shift', "op === '<<' ? -by", "op === '<<' ? by"],
  ['shift', '[all(32), k]', '[all(31), k]'],
  ['shift', "'i32x4.eq', [k, all(0)]", "'i32x4.eq', [k, all(1)]"],
  ['fold', 'wrap(scalar, Math.imul(x, y))', 'wrap(scalar, x * y)'],
  ['fold', "scalar === 'u32' ? x >>> y", "scalar === 'u32' ? x >> y"],
  ['fold', 'return y === 0 ? x : wrap', 'return wrap'],
  ['convert', 'const [least, most] = type.of ===', 'const [least, most] = type.of !=='],
  ['convert', '(y < 0 || y > x)', 'y < 0'],
  ['builtins', 'low % 2 === 0 ? low', 'low % 2 !== 0 ? low'],
  ['builtins', "binary(graph, name === 'min' ? '<' : '>', a, b)", "binary(graph, '<', a, b)"],
  ['builtins', "i < size === (name === 'any') ? -1 : 0", '-1'],
  ['builtins', "binary(graph, '<=', a, b)", "binary(graph, '<', a, b)"],
  ['memory', 'into.set(node, ((into.get(node) ?? 0) + factor) | 0)', 'into.set(node, factor)'],
  ['memory', 'if (offset >= 0) return [sum, offset];', 'if (offset >= 0) return [sum, 0];'],
  ['memory', '4 * index, type: lanesOf', '8 * index, type: lanesOf'],
  ['memory', 'if (buffer.writable) return refuse', 'if (!buffer) return refuse'],
  ['loops', 'lowering.variables.set(left, YES)', 'lowering.variables.set(left, NO)'],
  ['loops', 'step();\n        turnByTurn(most - 1);', 'turnByTurn(most - 1);'],
  [
    'repeat',
    'if (expected.get(variable)?.has(i) || same',
    'if (i > 0 || expected.get(variable)?.has(i) || same',
  ],
  ['branch', 'graph.within(blocks[1], () => graph.set(slot, y))', ''],
  ['branch', 'Object.is(lane, b.lanes[i])', 'lane === b.lanes[i]'],
  ['statements', 'if (!returns(s.body)) rest();', 'if (s.body) rest();'],
  ['statements', "binary(lowering.graph, '||', a, b)", "binary(lowering.graph, '&&', a, b)"],
  ['assign', 'i === step ? changed', 'i >= step ? changed'],
  ['emit', 'of kept.toReversed()', 'of kept'],
  ['emit', "code.op('i32.eqz').indexed('br_if', 0);", "code.indexed('br_if', 0);"],
  ['shuffle', 'return shifted(a, b, -1)', 'return shifted(a, b, 1)'],
  [
    'shuffle',
    'indices = range(16, (i) => {',
    'indices = range(16, (i) => {\n    if (i > 11) return 0;',
  ],
  ['instructions', 'low & 0x40 ? -1 : 0', 'low & 0x20 ? -1 : 0'],
  ['binary', 'op, [2, ...unsigned(offset)]', 'op, [2, ...unsigned(offset + 1)]'],
];

/** @returns {readonly import('./shaders.js').Suite[]} */
export function compilerTests() {
  return [
    { project: 'unit', files: ['src/wgsl'], names: '' },
    { project: 'unit', files: ['src/compute/cpu'], names: '' },
    { project: 'gpu', files: ['src/wgsl'], names: '' },
  ];
}
