import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  build,
  call,
  dict,
  global,
  int,
  list,
  mark,
  none,
  orderedDict,
  put,
  reduce,
  storage,
  tensor,
  text,
  tuple,
} from '../../testing/pickle.ts';
import { refused } from '../../testing/refused.ts';
import { read, refusal, repeated } from '../../testing/unpickling.ts';
import { opcodes } from './opcodes.ts';

const system = global('posix', 'system');
const aTensor = tensor(storage('FloatStorage', '0', 1), { size: [1], stride: [1] });

describe('what would run code is refused by name', () => {
  test.each([
    ['a call of os.system', call(system, text('echo hello'))],
    ['the function alone', system],
    ['a call before the tensors', tuple(call(system, text('x')), dict({ a: aTensor }))],
    ['a call as the key of a dict', [0x7d, ...call(system, text('x')), ...none, 0x73]],
    ['a call as the state of a dict', [...call(orderedDict), ...call(system), ...build]],
    ['a call among the arguments of a tensor', tensor(call(system), { size: [], stride: [] })],
    ['a call that is stored in the memo', [...call(system), ...put(0)]],
  ])('%s', async (_, attack) => {
    const error = await refusal(attack);
    expect(error.tag).toBe('unsafe-pickle');
    expect(error.message).toBe(
      'w.bin: found the Python object "posix.system", which loading the file would import; expected ' +
        'tensors and plain data only. Nothing in it was run. Take a safetensors file of the same weights, ' +
        'or save this one again in Python: import torch; from safetensors.torch import save_file; ' +
        'tensors = torch.load("w.bin", map_location="cpu", weights_only=True); ' +
        'save_file({k: v.contiguous().clone() for k, v in tensors.items()}, "w.safetensors"). ' +
        'Where Python refuses it, too, ask who made it for safetensors.',
    );
  });

  test.each([
    ['os', 'system'],
    ['nt', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'exec'],
    ['builtins', 'getattr'],
    ['__builtin__', 'apply'],
    ['subprocess', 'Popen'],
    ['runpy', '_run_code'],
    ['importlib', 'import_module'],
    ['operator', 'attrgetter'],
    ['functools', 'partial'],
    ['_codecs', 'encode'],
    ['collections', 'Counter'],
    ['collections', 'OrderedDict.update'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['torch', 'load'],
    ['torch', 'hub.load'],
    ['torch', '_utils._rebuild_tensor_v2'],
    ['torch', 'storage.UntypedStorage'],
    ['torch', 'Tensor'],
    ['torch', 'device'],
    ['torch.storage', '_load_from_bytes'],
    ['torch.storage', 'TypedStorage'],
    ['torch._utils', '_rebuild_sparse_tensor'],
    ['torch._utils', '_rebuild_meta_tensor_no_storage'],
    ['torch._tensor', '_rebuild_from_type_v2'],
    ['torch.nn.modules.linear', 'Linear'],
    ['torch.jit._pickle', 'restore_type_tag'],
    ['', ''],
    ['__proto__', 'constructor'],
    ['torch', 'constructor'],
    ['torch', '__proto__'],
    ['torch', 'toString'],
    ['torch', 'FloatStorage '],
    [' torch', 'FloatStorage'],
    ['Torch', 'FloatStorage'],
  ])('GLOBAL %s %s', async (module, name) => {
    const error = await refusal(global(module, name));
    expect(error.tag).toBe('unsafe-pickle');
    expect(error.context.found).toContain(JSON.stringify(`${module}.${name}`));
  });

  test('any other name', async () => {
    const word = fc.stringMatching(/^[a-z_.]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(word, word, async (module, name) => {
        expect((await refusal(global(module, name))).tag).toBe('unsafe-pickle');
      }),
    );
  });

  test('a long name is cut, and a name without an end is not searched for', async () => {
    const error = await refusal(global('m'.repeat(300), 'n'.repeat(200)));
    expect(error.context.found.length).toBeLessThan(200);
    expect((await refusal(global('m'.repeat(600), 'n'))).context.found).toContain('without an end');
  });

  test.each([
    ['a text', text('os.system'), 'a call of a text'],
    ['a tuple', tuple(), 'a call of a tuple of 0'],
    ['a dtype', global('torch', 'float16'), 'a call of torch.float16'],
    ['a storage type', global('torch', 'HalfStorage'), 'a call of torch.HalfStorage'],
    ['a tensor', aTensor, 'a call of a tensor'],
  ])('a call of %s', async (_, callee, found) => {
    const error = await refusal(callee, tuple(), reduce);
    expect([error.tag, error.context.found]).toEqual(['unsafe-pickle', found]);
  });

  test.each([
    ['a dict', dict({})],
    ['a list', list()],
    ['a tensor', aTensor],
    ['a dtype', global('torch', 'float16')],
  ])('attributes set on %s', async (_, target) => {
    expect((await refusal(target, dict({ x: none }), build)).tag).toBe('unsafe-pickle');
  });

  test.each([
    ['a text', text('0')],
    ['a tuple for something else', tuple(text('module'), none, none, none, none)],
    [
      'a storage by another word',
      tuple(text('module'), global('torch', 'FloatStorage'), text('0'), text('cpu'), int(1)),
    ],
    [
      'a number as its key',
      tuple(text('storage'), global('torch', 'FloatStorage'), int(0), text('cpu'), int(1)),
    ],
    ['a function as the type', tuple(text('storage'), orderedDict, text('0'), text('cpu'), int(1))],
    [
      'a view, as torch before 0.4 has',
      tuple(
        ...[text('storage'), global('torch', 'FloatStorage'), text('0'), text('cpu'), int(1)],
        tuple(text('k'), int(0), int(1)),
      ),
    ],
  ])('a reference by %s', async (_, id) => {
    const error = await refusal(id, [opcodes.BINPERSID]);
    expect(error.context.found).toBe('a reference to something else than a storage');
  });
});

describe('every byte that is no opcode of the closed list', () => {
  const closed = [
    ...['MARK', 'STOP', 'BININT', 'BININT1', 'BININT2', 'NONE', 'BINPERSID', 'REDUCE'],
    ...['BINUNICODE', 'APPEND', 'APPENDS', 'BUILD', 'GLOBAL', 'EMPTY_DICT', 'BINGET'],
    ...['LONG_BINGET', 'EMPTY_LIST', 'BINPUT', 'LONG_BINPUT', 'SETITEM', 'SETITEMS', 'TUPLE'],
    ...['EMPTY_TUPLE', 'BINFLOAT', 'TUPLE1', 'TUPLE2', 'TUPLE3', 'NEWTRUE', 'NEWFALSE', 'LONG1'],
  ] as const;
  const allowed = new Set<number>(closed.map((name) => opcodes[name]));
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter(
    (byte) => !allowed.has(byte),
  );

  test('is refused by its name', async () => {
    const operand = repeated(20, 0x31, 0x0a);
    const before = [...text('a'), ...text('b'), ...mark, ...text('os'), ...text('system')];
    for (const byte of others) {
      const error = await refusal(before, [byte], operand);
      expect(error.tag).toBe('unsafe-pickle');
      expect(error.context.found).toMatch(/^the pickle opcode (?:[A-Z0-9_]+|0x[0-9a-f]{2})$/);
    }
    expect(others).toHaveLength(226);
  });

  test.each([
    'INST',
    'OBJ',
    'NEWOBJ',
    'STACK_GLOBAL',
    'EXT1',
    'PERSID',
    'LONG4',
    'BINUNICODE8',
    'FRAME',
    'POP',
    'DUP',
  ] as const)('%s is refused by that name', async (name) => {
    const error = await refusal([opcodes[name]]);
    expect(error.context.found).toBe(`the pickle opcode ${name}`);
  });

  test('and other protocols', async () => {
    const error = await refused(() => read(Uint8Array.from([0x80, 4, 0x95])));
    expect([error.tag, error.context.found]).toEqual(['unsafe-pickle', 'pickle protocol 4']);
  });
});
