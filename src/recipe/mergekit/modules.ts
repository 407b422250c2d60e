/**
 * `modules`: parts of a model, each merged from models of its own. Here all parts are one merge: what a part says holds on
 * tensors by a text in their names, and a model that it does not name weighs 0 there.
 */
import { found, type LocatedMap, type Place } from './located.ts';
import { isSame, type Reference } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';
import { joined, type Setting } from './settings.ts';

/** A model of a module, and the parameters under it. */
export type ModuleSource = { readonly model: Reference; readonly parameters: LocatedMap | null };

export type ModuleInput = {
  readonly name: string;
  readonly sources: readonly ModuleSource[];
  readonly parameters: LocatedMap | null;
  readonly at: Place;
};

/** What the names of a module's tensors have in common; longer texts first. What is not here goes by its own name. */
const textsOf: Readonly<Record<string, readonly string[]>> = {
  multi_modal_projector: ['multi_modal_projector.', 'visual.merger', 'visual.deepstack_merger'],
  vision_tower: ['vision_tower.', 'visual.'],
  vision_model: ['vision_model.'],
  encoder: ['encoder.'],
  decoder: ['decoder.'],
};
/** Modules of all tensors that no other has. */
const rests = ['text_decoder', 'shared', 'default'];

/** A setting of one parameter in a module; `absent` where the module does not name the model. */
type InModule = (module: ModuleInput) => Setting | null | 'absent';

/** The modules that go by names, in the order of their rules, and the one of all other tensors. */
export function inOrder(modules: readonly ModuleInput[]) {
  const rest = modules.find(({ name }) => rests.includes(name)) ?? modules[modules.length - 1];
  const known = Object.keys(textsOf);
  const others = modules
    .filter((module) => module !== rest)
    .toSorted((a, b) => known.indexOf(a.name) - known.indexOf(b.name));
  return { rest, others };
}

/** The texts of a module, said once of each. */
export function remarkModules(modules: readonly ModuleInput[], remarks: Remarks): void {
  const { rest, others } = inOrder(modules);
  for (const { name, at } of others) {
    const words = named(name).map((text) => `“${text}”`);
    const what = `Module ${name} is taken for the tensors with ${words.join(' or ')} in their names, ${rest.name} for those that no other module has.`;
    remarks.add('note', at, what);
  }
}

const named = (name: string): readonly string[] =>
  Object.hasOwn(textsOf, name) ? textsOf[name] : [name];

/**
 * One parameter over all modules as one setting. `standard` is what holds where nobody says anything. Null where nothing is
 * said at all.
 */
export function overModules(
  name: string,
  standard: number | boolean | null,
  modules: readonly ModuleInput[],
  inModule: InModule,
  remarks: Remarks,
): Setting | null {
  const { rest, others } = inOrder(modules);
  const nowhere = standard === null ? null : Number(standard);
  const settingIn = (module: ModuleInput): Setting | null => {
    const got = inModule(module);
    if (got !== 'absent') return got;
    return name === 'weight' ? { conditions: [], otherwise: 0, at: module.at } : null;
  };
  const whole = settingIn(rest);
  const parts = others.flatMap((module) => {
    if (inModule(module) === 'absent' && name !== 'weight') return [];
    const setting = settingIn(module);
    if (setting && setting.conditions.length > 0) {
      const what = `${name} of module ${module.name} goes by filters, and a rule here is about one text: write a rule on the part of the name that says both, after the import.`;
      remarks.add('left out', setting.at, what);
    }
    const value = setting?.otherwise ?? nowhere;
    return value === null ? [] : [{ setting, texts: named(module.name), value }];
  });
  const at = whole?.at ?? parts.find(({ setting }) => setting)?.setting?.at;
  if (at === undefined) return null;
  const otherwise = whole?.otherwise ?? nowhere;
  const conditions = parts.flatMap(({ texts, value }) =>
    texts.map((filter) => ({ filter, value })),
  );
  const isOne = whole === null || whole.conditions.length === 0;
  if (isOne && parts.every(({ value }) => String(value) === String(otherwise))) {
    return { conditions: [], otherwise, at };
  }
  return joined([
    { conditions, otherwise: null, at },
    { conditions: whole?.conditions ?? [], otherwise, at },
  ]);
}

/** Throws MergekitError where modules merge other models and the method has no weights to say so. */
export function checkModules(
  modules: readonly ModuleInput[],
  hasWeights: boolean,
  base: Reference | null,
  method: string,
): void {
  if (hasWeights) return;
  const ofModule = ({ sources }: ModuleInput) =>
    sources.filter(({ model }) => base === null || !isSame(model, base));
  const [first] = modules;
  const other = modules.find((module) => {
    const [own, theirs] = [ofModule(module), ofModule(first)];
    return (
      own.length !== theirs.length ||
      own.some(({ model }) => !theirs.some((each) => isSame(each.model, model)))
    );
  });
  if (!other) return;
  const what = `Module ${other.name} merges other models than ${first.name}, which ${method} has no weights to tell: merge them one after the other, each with the tensors of the other module kept`;
  throw new MergekitError(what, other.at);
}

/** The models of all modules, each once: first those of the module with the most. */
export function modelsOf(modules: readonly ModuleInput[]): readonly Reference[] {
  const all = modules
    .toSorted((a, b) => b.sources.length - a.sources.length)
    .flatMap(({ sources }) => sources.map(({ model }) => model));
  return all.filter((model, k) => all.findIndex((each) => isSame(each, model)) === k);
}

/** Throws MergekitError for what is no map of modules; `read` gives the models of a module's list. */
export function readModules(
  value: LocatedMap,
  read: (models: LocatedMap) => readonly ModuleSource[],
  parametersOf: (map: LocatedMap) => LocatedMap | null,
  remarks: Remarks,
): readonly ModuleInput[] {
  const modules = [...value.entries].map(([name, entry]): ModuleInput => {
    const own = entry.value;
    if (own.kind !== 'map') {
      const what = `Module ${name} should be a map of names and values; found ${found(own)}`;
      throw new MergekitError(what, own);
    }
    const slices = own.entries.get('slices');
    if (slices && slices.value.kind !== 'nothing') {
      const what = `Module ${name} has slices, and layers of one part of a model cannot be rearranged here yet: give it models`;
      throw new MergekitError(what, slices);
    }
    for (const [key, member] of own.entries) {
      if (['models', 'slices', 'parameters'].includes(key)) continue;
      remarks.add('ignored', member, `${key} is no part of a module; mergekit ignores it.`);
    }
    if (!own.entries.has('models')) {
      throw new MergekitError(`Module ${name} names no models`, entry);
    }
    return { name, sources: read(own), parameters: parametersOf(own), at: entry };
  });
  if (modules.length === 0) throw new MergekitError('modules is an empty map', value);
  remarkModules(modules, remarks);
  return modules;
}
