import { fileRoles } from '../formats/beside.ts';
import { allDialects } from '../methods/dialect.ts';
import type { ParamSchema } from '../methods/params.ts';
import { inputDtypes } from '../methods/precision.ts';
import { findMethod, methods } from '../methods/registry.ts';
import { emptyRecipe } from './defaults.ts';
import { limits } from './limits.ts';
import { migrated, presentVersion } from './migrate.ts';
import { readArithmetic } from './read-arithmetic.ts';
import { readModel } from './read-model.ts';
import { readAdapters, readExtraction, readOutput } from './read-output.ts';
import { readKeep, readRename, readRule } from './read-rules.ts';
import { checkSteps, readSeries } from './read-series.ts';
import { readSlices } from './read-slices.ts';
import { readValues } from './read-values.ts';
import { readChatTemplate, readVocabulary } from './read-vocabulary.ts';
import {
  type Fault,
  fault,
  type Place,
  readList,
  readNullable,
  readObject,
  readOneOf,
  readOr,
  readText,
} from './reader.ts';
import { type Donors, type Expert, headOptions, type Recipe } from './recipe.ts';
import { stepsOf } from './series.ts';

/** Why a recipe cannot be read. Has the shape of a plan's finding, so one list shows both. */
export type RecipeFinding = {
  readonly severity: 'error';
  readonly code: 'recipe-unreadable' | 'recipe-version' | 'recipe-field';
  readonly message: string;
  readonly advice: string;
  readonly place: { readonly parameter?: string };
};

export type ParsedRecipe =
  | { readonly recipe: Recipe }
  | { readonly findings: readonly RecipeFinding[] };

/** The text of a recipe file. */
export function parseRecipeText(text: string): ParsedRecipe {
  if (text.length > limits.text) return { findings: [tooLong(text.length)] };
  try {
    return parseRecipe(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `The recipe is not JSON: ${why}.`;
    const advice = 'Open the amalgam-recipe.json that was written beside a merged model.';
    return {
      findings: [{ severity: 'error', code: 'recipe-unreadable', message, advice, place: {} }],
    };
  }
}

/**
 * A recipe from a file, local storage or a link. `version`, `method` and `experts` must be there; what
 * else is absent takes its default. Every unknown key, wrong type and value outside its limits is named.
 */
export function parseRecipe(input: unknown): ParsedRecipe {
  const version =
    typeof input === 'object' && input !== null && 'version' in input && input.version;
  if (typeof version === 'number' && version > presentVersion)
    return { findings: [laterVersion(version)] };
  const faults: Fault[] = [];
  const recipe = readRecipe({ value: migrated(input), path: '', faults });
  if (faults.length === 0) checkSteps({ value: recipe, path: 'series', faults }, stepsOf(recipe));
  if (faults.length === 0) return { recipe };
  return { findings: faults.slice(0, limits.faults).map(asFinding) };
}

function readRecipe(place: Place): Recipe {
  const defaults = emptyRecipe();
  const fields = readObject(place, Object.keys(defaults));
  const method = findMethod(readText(fields.at('method')));
  if (!method && typeof fields.at('method').value === 'string') {
    fault(fields.at('method'), `one of ${methods.map(({ id }) => id).join(', ')}`, null);
  }
  const global = method?.params.global ?? null;
  const perModel = method?.params.perModel ?? null;
  if (fields.at('version').value !== presentVersion)
    fault(fields.at('version'), `a number from 1 to ${presentVersion}`, null);
  return {
    version: presentVersion,
    method: method?.id ?? defaults.method,
    dialect: readOr(fields.at('dialect'), defaults.dialect, (at) => readOneOf(at, allDialects)),
    arithmetic: readOr(fields.at('arithmetic'), {}, readArithmetic),
    base: readOr(fields.at('base'), null, (at) => readNullable(at, readModel)),
    experts: readList(fields.at('experts'), limits.experts, (at) => readExpert(at, perModel)),
    slices: readOr(fields.at('slices'), null, (at) =>
      readNullable(at, (list) => readSlices(list, method)),
    ),
    values: readOr(fields.at('values'), {}, (at) => readValues(at, global)),
    rules: readOr(fields.at('rules'), [], (at) => readList(at, limits.rules, readRule)),
    keeps: readOr(fields.at('keeps'), [], (at) => readList(at, limits.keeps, readKeep)),
    renames: readOr(fields.at('renames'), [], (at) => readList(at, limits.renames, readRename)),
    vocabulary: readOr(fields.at('vocabulary'), defaults.vocabulary, readVocabulary),
    smallShare: readOr(fields.at('smallShare'), defaults.smallShare, (at) =>
      readOneOf(at, ['refuse', 'merge anyway']),
    ),
    head: readOr(fields.at('head'), defaults.head, (at) => readOneOf(at, headOptions)),
    trimScope: readOr(fields.at('trimScope'), defaults.trimScope, (at) =>
      readOneOf(at, ['tensor', 'model']),
    ),
    donors: readOr(fields.at('donors'), {}, readDonors),
    chatTemplate: readOr(fields.at('chatTemplate'), null, (at) =>
      readNullable(at, readChatTemplate),
    ),
    inputDtype: readOr(fields.at('inputDtype'), defaults.inputDtype, (at) =>
      readOneOf(at, inputDtypes),
    ),
    extraction: readOr(fields.at('extraction'), defaults.extraction, readExtraction),
    adapters: readOr(fields.at('adapters'), defaults.adapters, readAdapters),
    output: readOr(fields.at('output'), defaults.output, readOutput),
    series: readOr(fields.at('series'), null, (at) =>
      readNullable(at, (one) => readSeries(one, readRecipe)),
    ),
  };
}

function readDonors(place: Place): Donors {
  const fields = readObject(place, fileRoles);
  const present = fileRoles.filter((role) => fields.at(role).value !== undefined);
  return Object.fromEntries(present.map((role) => [role, readText(fields.at(role))]));
}

function readExpert(place: Place, schema: ParamSchema | null): Expert {
  const fields = readObject(place, ['model', 'values']);
  return {
    model: readModel(fields.at('model')),
    values: readOr(fields.at('values'), {}, (at) => readValues(at, schema)),
  };
}

/** Of a recipe that is too long to be one. */
export function tooLong(length: number): RecipeFinding {
  const [found, most] = [length, limits.text].map((count) => count.toLocaleString('en-US'));
  return {
    severity: 'error',
    code: 'recipe-unreadable',
    message: `The recipe has ${found} characters; at most ${most} are read.`,
    advice:
      'No real recipe is so long: open the amalgam-recipe.json that was written beside a model.',
    place: {},
  };
}

function laterVersion(version: number): RecipeFinding {
  return {
    severity: 'error',
    code: 'recipe-version',
    message: `The recipe is in format ${version}; this Amalgam reads formats up to ${presentVersion}.`,
    advice: 'Reload the page to get the latest version, or make the recipe anew.',
    place: {},
  };
}

function asFinding({ path, message }: Fault): RecipeFinding {
  return {
    severity: 'error',
    code: 'recipe-field',
    message: message.length > 300 ? `${path}: ${message.slice(0, 300)}….` : `${path}: ${message}.`,
    advice: 'Correct the recipe, or make it anew.',
    place: { parameter: path },
  };
}
