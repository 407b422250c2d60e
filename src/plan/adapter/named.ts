/** Weights that adapters change, as modules of a naming, which may have them fused or apart. */
import type { TensorEntry } from '../../formats/model.ts';
import type { Update } from '../../formats/update.ts';
import { factored } from '../../lora/factored.ts';
import { partOf, type Style, seatOf, styleOf } from '../../lora/name/naming.ts';
import { piecesOf } from '../../lora/name/pieces.ts';
import { type Seat, sizesIn } from '../../lora/name/reverse.ts';
import { type Scene, sceneOf } from '../../lora/name/scene.ts';
import { assemble, type Share } from '../../lora/pair/assemble.ts';
import { grouped } from '../../lora/pair/grouped.ts';
import { modulesOf, ownerOf } from '../../lora/pair/modules.ts';
import type { Participants } from '../participants.ts';
import { rememberLast } from '../remember.ts';
import type { Change, Module, NamedModule } from './modules.ts';
import { type OwnNames, ownNamesIn } from './own-names.ts';
import { kindOf } from './sides.ts';

/** Why a naming has no name for a weight. */
export type Unnamed =
  /** Nobody knows which of its underscores are dots. */
  | 'dots'
  | 'no such module'
  /** PEFT's form is of one model. */
  | 'other model'
  /** Two weights would have one name. */
  | 'twice'
  /** What it is fused with has other rows than the layout says. */
  | 'rows'
  /** What is taken from whole weights is taken weight by weight. */
  | 'apart'
  | 'embedding'
  /** It lies inputs × outputs, which only PEFT's config can say. */
  | 'fan in';

export type Named = {
  readonly modules: readonly NamedModule[];
  readonly unnamed: readonly { readonly name: string; readonly why: Unnamed }[];
};

/** Rows [from, to) of a weight, and where they go. */
type Entry = {
  readonly module: Module;
  readonly from: number;
  readonly to: number;
  readonly seat: Seat;
  readonly part: string | null;
};

/** The modules of a naming, in the order in which their weights come. */
export function namedIn(style: Style, who: Participants, modules: readonly Module[]): Named {
  const unnamed: { name: string; why: Unnamed }[] = [];
  const scene = sceneAt(who);
  const ownName = ownNamesIn(who);
  const entries = modules.flatMap((module): readonly Entry[] => {
    const found = entriesOf(module, style, scene, who, ownName);
    if (typeof found !== 'string') return found;
    unnamed.push({ name: module.name, why: found });
    return [];
  });
  const [first] = entries;
  const seated = entries.filter(({ module, part }) => {
    const isOther = style === 'PEFT' && part !== first.part;
    if (isOther) unnamed.push({ name: module.name, why: 'other model' });
    return !isOther;
  });
  const named = [...grouped(seated, ({ seat }) => [seat.module])].flatMap(([file, own]) => {
    const made = moduleOf(file, own, who);
    if (typeof made !== 'string') return made.changes.length > 0 || made.kind ? [made] : [];
    unnamed.push({ name: own[0].module.name, why: made });
    return [];
  });
  return { modules: named, unnamed };
}

function entriesOf(
  module: Module,
  style: Style,
  scene: Scene,
  { experts, recipe }: Participants,
  ownName: OwnNames,
): readonly Entry[] | Unnamed {
  const { rows, columns } = module;
  const kind = kindOf(module);
  if (kind === 'embedding' && style !== 'PEFT') return 'embedding';
  if (kind === 'fan in' && style !== 'PEFT' && style !== 'diffusers') return 'fan in';
  const name = ownerOf(module.name)?.module ?? module.name;
  const dialects = experts.map(({ model }) => model.adapter?.dialect);
  const hasComponents = recipe.base === null && !dialects.includes('PEFT');
  const pieces = piecesOf({ name, rows, columns }, hasComponents);
  const own = module.changes.find(
    (each) => each.own !== null && styleOf(each.expert.model.adapter?.dialect ?? '') === style,
  )?.own;
  const entries = pieces.map((piece) => ({
    ...{ module, from: piece.from, to: piece.to },
    part: partOf(piece, columns),
    seat: seatOf(style, piece, columns, scene),
  }));
  const isKnown = entries.every((entry): entry is Entry => entry.seat !== null);
  if (isKnown && style !== 'PEFT') return entries;
  if (isKnown && !own) {
    return entries.map(({ seat, ...entry }) => {
      return { ...entry, seat: { ...seat, module: ownName(seat.module) } };
    });
  }
  if (own) {
    const seat = { module: own, part: 0, of: 1, cut: null };
    return [{ module, from: 0, to: rows, part: entries[0].part, seat }];
  }
  return pieces.some((piece) => piece.name === null) ? 'dots' : 'no such module';
}

function moduleOf(
  file: string,
  entries: readonly Entry[],
  { experts }: Participants,
): NamedModule | Unnamed {
  const [{ module, from, to, seat, part }] = entries;
  const called = { file, part, of: [...new Set(entries.map((entry) => entry.module.name))] };
  if (entries.length === 1 && seat.of === 1 && from === 0 && to === module.rows) {
    return { ...module, ...called };
  }
  if (entries.some((entry) => entry.module.kind)) return 'apart';
  const known = new Map(entries.map((entry) => [entry.seat.part, entry.to - entry.from]));
  if (known.size < entries.length) return 'twice';
  const { columns } = module;
  const sizes = sizesIn(seat, known, columns);
  if (sizes === null || entries.some((entry) => entry.module.columns !== columns)) return 'rows';
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const tensor: TensorEntry = {
    ...{ name: file, dtype: 'F32', shape: [rows, columns] },
    ...{ file: 0, begin: 0, end: 0 },
  };
  const updates = new Map<Change, Update>();
  const changes = experts.flatMap((expert): readonly Change[] => {
    const shares = entries.flatMap((entry): readonly Share[] => {
      const change = entry.module.changes.find((one) => one.expert === expert);
      if (!change) return [];
      const update = updates.get(change) ?? asUpdate(entry.module, change);
      updates.set(change, update);
      const at = sizes.slice(0, entry.seat.part).reduce((sum, size) => sum + size, 0);
      const end = at + entry.to - entry.from;
      return [{ update, tensor, from: at, to: end, start: entry.from, byEnds: false }];
    });
    if (shares.length === 0) return [];
    const { type, matrix, scale, rank, inputs } = assemble(shares);
    if (factored(matrix)?.length === 0) return []; // of these rows it has none
    return [{ expert, type, matrix, scale, rank, inputs, own: null }];
  });
  return { ...module, ...called, name: file, rows, changes };
}

function asUpdate({ name, rows, columns }: Module, { expert: _, own: __, ...change }: Change) {
  const rest = { alpha: null, magnitudes: null };
  return { module: name, of: 'weight', rows, columns, ...change, ...rest } satisfies Update;
}

/** What the base, or all the adapters together, tell of the model. */
function sceneAt({ reference, experts, recipe }: Participants): Scene {
  const adapters = experts.flatMap(({ model }) => model.adapter ?? []);
  return remembered(reference.tensors, [recipe.base === null, ...adapters], () => {
    const hasComponents =
      recipe.base === null && adapters.every(({ dialect }) => dialect !== 'PEFT');
    const modules = modulesOf(reference.tensors).flatMap(({ name, weight }) => {
      if (weight === null || weight.shape.length < 2) return [];
      const [rows, ...others] = weight.shape;
      return { name, rows, columns: others.reduce((size, each) => size * each, 1) };
    });
    const first = adapters.find(({ dialect }) => dialect === 'kohya');
    return sceneOf(
      modules.flatMap((module) => piecesOf(module, hasComponents)),
      first?.updates.map(({ module }) => module) ?? [],
    );
  });
}

const remembered = rememberLast<Scene>();
