/** The text of a mergekit recipe, or of a model card that holds one, as data. */

import { type Dialect, lineage } from '../../methods/dialect.ts';
import { type MergekitMethod, mergekitMethods } from '../../methods/in-mergekit.ts';
import { isIn, type MergekitParameter } from '../../methods/mergekit.ts';
import type { InputDtype } from '../../methods/precision.ts';
import type { Recipe } from '../recipe.ts';
import { readChatTemplate } from './chat-template.ts';
import { unfenced } from './fenced.ts';
import { parametersOf, readInputs, type Source } from './inputs.ts';
import { found, type LocatedMap, type Place, readYaml } from './located.ts';
import { checkModules, type ModuleInput, overModules } from './modules.ts';
import { isSame, type Reference, readReference } from './reference.ts';
import { MergekitError, type Remark, Remarks } from './remarks.ts';
import { joined, readSetting, type Setting } from './settings.ts';
import { type MergekitTokenizer, readMergekitTokenizer } from './tokenizer.ts';
import { nameOfVersion, versionIn } from './version.ts';

export type MergekitDtype = Exclude<InputDtype, 'stored'>;

/** Settings by mergekit's names of parameters; what nobody sets is absent. */
export type Settings = ReadonlyMap<string, Setting>;

export type MergekitModel = {
  readonly model: Reference;
  readonly settings: Settings;
  /** Where it has parameters of its own. */
  readonly ownAt: Place | null;
};

export type MergekitSlice = {
  readonly sources: readonly {
    readonly model: Reference;
    readonly from: number;
    readonly to: number;
    /** Its own and those of the slice. */
    readonly settings: Settings;
  }[];
  /** Parameters of the merge there. */
  readonly settings: Settings;
  readonly at: Place;
};

export type MergekitRecipe = {
  /** Whose words it uses: mergekit as it is now, or a version of it. */
  readonly version: Dialect;
  readonly method: MergekitMethod;
  readonly models: readonly MergekitModel[];
  readonly base: Reference | null;
  /** Parameters of the merge. */
  readonly settings: Settings;
  /** Null where the models are merged layer by layer. One alone has no settings of its own: they are the recipe's. */
  readonly slices: readonly MergekitSlice[] | null;
  readonly dtype: MergekitDtype | null;
  readonly outDtype: MergekitDtype | null;
  /** Whose tokens the output has; null where rows of embeddings stay as they are. */
  readonly tokenizer: MergekitTokenizer | null;
  readonly chatTemplate: Recipe['chatTemplate'];
  readonly at: Place;
};

export type ReadMergekit =
  | { readonly read: MergekitRecipe; readonly remarks: readonly Remark[] }
  /** Sentences, each with its place. */
  | { readonly problem: string };

/** The recipe of a text; of several (`series.ts`) the one that `document` counts to, from 0. */
export function readMergekit(text: string, document: number | null = null): ReadMergekit {
  try {
    const { text: yaml, firstLine, others } = unfenced(text);
    const remarks = new Remarks();
    for (const line of others) {
      remarks.add('left out', { line }, 'Another recipe begins here; the first one is taken.');
    }
    const documents = readYaml(yaml, firstLine);
    if (documents.length === 0)
      throw new MergekitError('The text is empty', { line: firstLine, column: 1 });
    if (documents.length > 1 && document === null) {
      const what = `The text holds ${documents.length} recipes, one after the other: paste one of them`;
      throw new MergekitError(what, documents[1]);
    }
    const chosen = documents[document ?? 0] ?? documents[0];
    if (chosen.kind !== 'map') {
      throw new MergekitError(
        `A recipe is a map of names and values; found ${found(chosen)}`,
        chosen,
      );
    }
    const read = readDocument(chosen, versionIn(text), document !== null, remarks);
    return { read, remarks: remarks.all };
  } catch (error) {
    if (!(error instanceof MergekitError)) throw error;
    return { problem: `${error.message} (line ${error.line}, column ${error.column}).` };
  }
}

const known = [
  'merge_method',
  'models',
  'slices',
  'modules',
  'base_model',
  'parameters',
  'dtype',
  'out_dtype',
  'tokenizer',
  'tokenizer_source',
  'chat_template',
];

function readDocument(
  document: LocatedMap,
  version: Dialect,
  isOfSeries: boolean,
  remarks: Remarks,
): MergekitRecipe {
  const method = readMethod(document, version, remarks);
  readBeyond(document, isOfSeries, remarks);
  const named = document.entries.get('base_model')?.value;
  const top = named && named.kind !== 'nothing' ? readReference(named, remarks) : null;
  const inputs = readInputs(document, method.mergekit.base, top, remarks);
  const base = inputs.base ?? top;
  const levels = [inputs.parameters, parametersOf(document)];
  const own = Object.entries(method.mergekit.parameters).flatMap(([name, parameter]) =>
    isRead(parameter, version) ? [name] : [],
  );
  const perModel = own.filter((name) => Object.hasOwn(method.params.perModel, name));
  const ofMerge = own.filter((name) => !perModel.includes(name));
  for (const level of levels) checkNames(level, method, version, null, remarks);
  for (const { parameters } of inputs.sources)
    checkNames(parameters, method, version, ofMerge, remarks);
  const several = inputs.slices && inputs.slices.length > 1 ? inputs.slices : [];
  for (const slice of several) {
    checkNames(slice.parameters, method, version, null, remarks);
    for (const { parameters } of slice.sources)
      checkNames(parameters, method, version, ofMerge, remarks);
  }
  const modules = inputs.modules ?? [];
  for (const { parameters, sources } of modules) {
    checkNames(parameters, method, version, null, remarks);
    for (const { parameters } of sources) checkNames(parameters, method, version, ofMerge, remarks);
  }
  if (modules.length > 0) {
    checkModules(modules, perModel.includes('weight'), base, method.id);
  }
  const at = (map: LocatedMap | null, name: string): Setting | null => {
    const value = map?.entries.get(name)?.value;
    return value ? readSetting(name, value, remarks) : null;
  };
  const settled = (names: readonly string[], maps: readonly (LocatedMap | null)[]): Settings =>
    new Map(
      names.flatMap((name) => {
        const setting = joined(maps.map((map) => at(map, name)));
        return setting ? [[name, setting] as const] : [];
      }),
    );
  /** Of one model, or of the merge for null, in all modules. */
  const ofModules = (names: readonly string[], model: Reference | null): Settings =>
    new Map(
      names.flatMap((name) => {
        const parameter = method.mergekit.parameters[name];
        const standard = parameter.is === 'idle' ? null : parameter.default;
        const inModule = ({ sources, parameters }: ModuleInput) => {
          const source = sources.find((each) => model && isSame(each.model, model));
          if (model && !source) return 'absent';
          const own = source?.parameters ?? null;
          return joined([own, parameters, ...levels].map((map) => at(map, name)));
        };
        const setting = overModules(name, standard, modules, inModule, remarks);
        return setting ? [[name, setting] as const] : [];
      }),
    );
  const isModular = modules.length > 0;
  return {
    version,
    method,
    models: inputs.sources.map(({ model, parameters }: Source) => ({
      model,
      settings: isModular ? ofModules(perModel, model) : settled(perModel, [parameters, ...levels]),
      ownAt: parameters,
    })),
    base,
    settings: isModular ? ofModules(ofMerge, null) : settled(ofMerge, levels),
    slices:
      inputs.slices?.map(({ sources, parameters: own, at }) => ({
        sources: sources.map(({ model, from, to, parameters }) => ({
          ...{ model, from, to },
          settings: settled(perModel, several.length > 0 ? [parameters, own] : []),
        })),
        settings: settled(ofMerge, several.length > 0 ? [own] : []),
        at,
      })) ?? null,
    dtype: readDtype(document, 'dtype'),
    outDtype: readDtype(document, 'out_dtype'),
    tokenizer: readMergekitTokenizer(document, remarks),
    chatTemplate: readChatTemplate(document, remarks),
    at: inputs.at,
  };
}

const isOfEach = (parameter: MergekitParameter, version: Dialect): boolean =>
  parameter.is === 'value' &&
  parameter.ofEach !== undefined &&
  lineage(version).includes(parameter.ofEach);

const isRead = (parameter: MergekitParameter, version: Dialect): boolean =>
  parameter.is !== 'value' || isIn(version, parameter.since);

function readMethod(document: LocatedMap, version: Dialect, remarks: Remarks): MergekitMethod {
  const entry = document.entries.get('merge_method');
  if (!entry) throw new MergekitError('The recipe has no merge_method', document);
  const name = 'text' in entry.value ? entry.value.text : null;
  const method = mergekitMethods.find(({ id }) => id === name);
  if (method) {
    if (!isIn(version, method.mergekit.since)) {
      remarks.add('refused', entry, `${nameOfVersion(version)} has no ${method.id}.`);
    }
    return method;
  }
  const have = mergekitMethods.map(({ id }) => id).join(', ');
  throw new MergekitError(
    `merge_method is ${found(entry.value)}; of mergekit’s methods these can be expressed here: ${have}`,
    entry.value,
  );
}

/** Members that are not read here; and those that mergekit does not read either. */
function readBeyond(document: LocatedMap, isOfSeries: boolean, remarks: Remarks): void {
  for (const [key, entry] of document.entries) {
    if (entry.value.kind === 'nothing' || known.includes(key)) continue;
    if (key === 'name') {
      if (isOfSeries) continue;
      remarks.add('note', entry, 'name matters only where one recipe’s result is another’s input.');
    } else {
      remarks.add('ignored', entry, `${key} is no part of a recipe; mergekit ignores it.`);
    }
  }
}

/** Parameters that have no effect where they stand. `misplaced`: those that belong to the merge, under a model. */
function checkNames(
  map: LocatedMap | null,
  { id, mergekit }: MergekitMethod,
  version: Dialect,
  misplaced: readonly string[] | null,
  remarks: Remarks,
): void {
  for (const [name, entry] of map?.entries ?? []) {
    const parameter = Object.hasOwn(mergekit.parameters, name) ? mergekit.parameters[name] : null;
    if (parameter === null || !isRead(parameter, version)) {
      const who = parameter === null ? 'mergekit' : nameOfVersion(version);
      remarks.add('ignored', entry, `${id} has no parameter ${name}; ${who} ignores it.`);
    } else if (parameter.is === 'idle') {
      remarks.add('ignored', entry, `${name} changes no number of ${id}.`);
    } else if (misplaced?.includes(name) && isOfEach(parameter, version)) {
      const what = `${nameOfVersion(version)} takes ${name} of the first model for the whole merge: write it under the recipe’s parameters.`;
      remarks.add('left out', entry, what);
    } else if (misplaced?.includes(name)) {
      const what = `${name} holds for the whole merge; under a model mergekit ignores it.`;
      remarks.add('ignored', entry, what);
    }
  }
}

const dtypes: Readonly<Record<string, MergekitDtype>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
};

function readDtype(document: LocatedMap, key: 'dtype' | 'out_dtype'): MergekitDtype | null {
  const value = document.entries.get(key)?.value;
  if (!value || value.kind === 'nothing') return null;
  const name = 'text' in value ? value.text.replace(/^torch\./, '') : '';
  const dtype = Object.hasOwn(dtypes, name) ? dtypes[name] : null;
  if (dtype) return dtype;
  throw new MergekitError(
    `${key} should be one of ${Object.keys(dtypes).join(', ')}; found ${found(value)}`,
    value,
  );
}
