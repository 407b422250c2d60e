/** The closed list of names that a pickle may refer to, and what stands for a call of them. */
import type { Dtype } from '../../numerics/dtype.ts';
import type { Refusal } from './refusal.ts';
import {
  type Builder,
  type BuilderName,
  isKind,
  kindOf,
  type StorageType,
  type TorchDtype,
  type Value,
} from './values.ts';

/** Names that old and new torch give to a dtype; null where safetensors has none. */
const storages: readonly (readonly [name: string, dtype: Dtype | null])[] = [
  ['DoubleStorage', 'F64'],
  ['FloatStorage', 'F32'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['LongStorage', 'I64'],
  ['IntStorage', 'I32'],
  ['ShortStorage', 'I16'],
  ['CharStorage', 'I8'],
  ['ByteStorage', 'U8'],
  ['BoolStorage', 'BOOL'],
  ['ComplexFloatStorage', 'C64'],
  ['ComplexDoubleStorage', null],
  ['QInt8Storage', null],
  ['QInt32Storage', null],
  ['QUInt8Storage', null],
  ['QUInt4x2Storage', null],
  ['QUInt2x4Storage', null],
];
const dtypes: readonly (readonly [name: string, dtype: Dtype | null])[] = [
  ['float64', 'F64'],
  ['float32', 'F32'],
  ['float16', 'F16'],
  ['bfloat16', 'BF16'],
  ['int64', 'I64'],
  ['int32', 'I32'],
  ['int16', 'I16'],
  ['int8', 'I8'],
  ['uint8', 'U8'],
  ['bool', 'BOOL'],
  ['uint16', 'U16'],
  ['uint32', 'U32'],
  ['uint64', 'U64'],
  ['complex64', 'C64'],
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
  ['float8_e4m3fnuz', 'F8_E4M3FNUZ'],
  ['float8_e5m2fnuz', 'F8_E5M2FNUZ'],
  ['float8_e8m0fnu', 'F8_E8M0'],
  ['float4_e2m1fn_x2', null],
  ['complex128', null],
  ['complex32', null],
];
const builders: readonly BuilderName[] = [
  'collections.OrderedDict',
  'torch.Size',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_parameter',
  'torch._utils._rebuild_parameter_with_state',
];

type Global = StorageType | TorchDtype | Builder;

/** By module, a line break, and name: "torch._utils" with "x" is not "torch" with "_utils.x". */
const known: ReadonlyMap<string, Global> = new Map<string, Global>([
  ...storages.map(([name, dtype]) => {
    return [`torch\n${name}`, { kind: 'storage type', name: `torch.${name}`, dtype }] as const;
  }),
  [
    'torch.storage\nUntypedStorage',
    { kind: 'storage type', name: 'torch.UntypedStorage', dtype: null },
  ],
  ...dtypes.map(([name, dtype]) => {
    return [`torch\n${name}`, { kind: 'dtype', name: `torch.${name}`, dtype }] as const;
  }),
  ...builders.map((name) => {
    const dot = name.lastIndexOf('.');
    const key = `${name.slice(0, dot)}\n${name.slice(dot + 1)}`;
    return [key, { kind: 'function', name }] as const;
  }),
]);

export const isUntyped = (type: StorageType): boolean => type.name === 'torch.UntypedStorage';

/** What a GLOBAL stands for; undefined for all that is not on the list. */
export function findGlobal(module: string, name: string): Global | undefined {
  return known.get(`${module}\n${name}`);
}

/** What a call of a function on the list gives: a description, built here. Nothing is called. */
export function build(name: BuilderName, args: readonly Value[], refuse: Refusal): Value {
  const between = (least: number, most: number) => {
    if (args.length >= least && args.length <= most) return;
    const found = `${args.length} arguments of ${name}`;
    throw refuse('bad-pickle', found, least === most ? `${least}` : `${least} to ${most}`);
  };
  switch (name) {
    case 'collections.OrderedDict':
      between(0, 0);
      return { kind: 'dict', ordered: true, items: null };
    case 'torch.Size':
      between(1, 1);
      if (isKind(args[0], 'tuple')) return args[0];
      throw refuse('bad-pickle', `a size made of ${kindOf(args[0])}`, 'a tuple');
    case 'torch._utils._rebuild_tensor_v2':
    case 'torch._utils._rebuild_tensor_v3': {
      const typed = name.endsWith('3');
      between(typed ? 7 : 6, typed ? 8 : 7);
      const [storage, offset, size, stride] = args;
      const dtype = typed ? args[6] : null;
      const marks = args[typed ? 7 : 6] ?? null;
      return { kind: 'tensor', storage, offset, size, stride, dtype, marks };
    }
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state': {
      const count = name.endsWith('state') ? 4 : 3;
      between(count, count);
      if (isKind(args[0], 'tensor')) return args[0];
      throw refuse('bad-pickle', `a parameter made of ${kindOf(args[0])}`, 'a tensor');
    }
  }
}
