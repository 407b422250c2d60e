import { elementCount, type Model } from '../formats/model.ts';
import { findMethod, methods } from '../methods/registry.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { layOutAdapter, planAdapter } from './adapter/plan-adapter.ts';
import { checkProfileOfModel } from './adapter/profile-checks.ts';
import { checkAdapters } from './checks/adapters.ts';
import { checkClaims } from './checks/claims.ts';
import { checkConfig } from './checks/config.ts';
import { checkDecompositions } from './checks/decompositions.ts';
import { checkDtypes } from './checks/dtypes.ts';
import { checkEffects } from './checks/effects.ts';
import { checkFiles } from './checks/files.ts';
import { checkKept } from './checks/kept.ts';
import { checkModels } from './checks/models.ts';
import { checkNaming, checkRenames } from './checks/names.ts';
import { checkOutput } from './checks/output.ts';
import { checkQuantised } from './checks/quantised.ts';
import { checkRuleMatches, checkRules } from './checks/rules.ts';
import { checkShare } from './checks/share.ts';
import { checkSliceMembers, checkStack } from './checks/slices.ts';
import { checkTaskHead } from './checks/task-head.ts';
import { checkTensors } from './checks/tensors.ts';
import { checkTokens } from './checks/tokens.ts';
import { checkValues } from './checks/values.ts';
import { checkVocabulary } from './checks/vocabulary.ts';
import { checkWidth } from './checks/width.ts';
import { bytesToRead, bytesToWrite } from './estimate.ts';
import { bySeverity, error } from './finding.ts';
import { withBodyNames } from './head-names.ts';
import { makeJobs } from './jobs.ts';
import { layOutFiles } from './layout.ts';
import { matchTensors } from './match.ts';
import { matchesOf } from './match-table.ts';
import { namingOf } from './naming.ts';
import { type Participants, participantsOf } from './participants.ts';
import { shareOf } from './share.ts';
import { sideFilesOf } from './side-files.ts';
import { alignTokens, type KnownTokenizers } from './tokens/align.ts';
import { withTwins } from './twins.ts';
import type { AdapterMatch, Finding, Plan, Share, Spectra } from './types.ts';
import { wholeModelCounts } from './whole-model.ts';

export type PlanInput = {
  readonly recipe: Recipe;
  /** Open models by the id the recipe gives them. */
  readonly models: ReadonlyMap<string, Model>;
  /** SHA-256 of the canonical recipe, for the metadata. */
  readonly recipeHash: string;
  /** Singular values, where a rule for ranks goes by them and they were measured. */
  readonly spectra?: Spectra | null;
  /** Of the open models, where the recipe merges by token. */
  readonly tokenizers?: KnownTokenizers;
  readonly producer: {
    readonly version: string;
    /** Its kind only: what a file says of the machine would give equal merges unequal hashes. */
    readonly backend: 'cpu' | 'webgpu';
  };
};

export type Planned = { readonly plan: Plan } | Unplanned;

/** What stands in the way of a plan; where the models are there to tell, with what is known of the merge. */
export type Unplanned = {
  readonly findings: readonly Finding[];
  /** What would be merged. */
  readonly share?: Share;
  readonly adapters?: readonly AdapterMatch[];
};

/**
 * Recipe × headers → everything a run needs, or the findings that stand in its way. Pure: the same
 * input gives the same plan, and no weight is read. A plan carries the warnings and notes.
 */
export function plan(input: PlanInput): Planned {
  const { recipe, models } = input;
  const method = findMethod(recipe.method);
  if (!method) return { findings: [unknownMethod(recipe)] };
  const findings: Finding[] = [
    ...checkModels(recipe, method, models),
    ...checkValues(recipe, method),
    ...checkRules(recipe, method),
    ...checkRenames(recipe),
    ...checkOutput(recipe.output),
    ...checkSliceMembers(recipe, method),
  ];
  const given = participantsOf(recipe, method, models);
  if (!given) return { findings: bySeverity(findings) };
  if (recipe.slices) {
    if (!findings.some(isError)) findings.push(...checkStack(given));
    if (findings.some(isError)) return { findings: bySeverity(findings) };
  }
  if (recipe.output.as === 'adapter') return adapterPlan(input, given, findings);
  const aligned = alignTokens(given, input.tokenizers ?? new Map());
  const { who } = aligned;

  const matching = matchTensors(who);
  const jobs = withTwins(makeJobs(who, matching), who, matching);
  const share = shareOf(who, matching, jobs);
  const adapters = matchesOf(who);
  findings.push(
    ...checkShare(who, matching, jobs, share),
    ...checkQuantised(who),
    ...checkAdapters(who),
    ...checkProfileOfModel(who),
    ...checkNaming(who),
    ...checkTensors(who, matching),
    ...checkTaskHead(who, matching),
    ...checkKept(who, matching),
    ...checkVocabulary(who, matching),
    ...checkTokens(aligned),
    ...checkDtypes(who, matching),
    ...checkWidth(who, matching),
    ...checkConfig(who),
    ...checkFiles(who, models),
    ...checkClaims(who, jobs),
    ...checkRuleMatches(who, matching),
    ...checkEffects(who, jobs),
    ...checkDecompositions(who, jobs),
  );
  if (findings.some(isError)) {
    return { findings: bySeverity(findings), share, adapters };
  }
  const layout = layOutFiles(withBodyNames(jobs, who), namingOf(who), metadataOf(input));
  const counts = wholeModelCounts(who, jobs);
  const sideFiles = sideFilesOf(who, jobs, { recipeHash: input.recipeHash, ...input.producer });
  const output = {
    files: layout.files,
    jobs: layout.jobs,
    sideFiles: [...layout.indices, ...sideFiles],
    leftOut: who.donors.config.leftOut,
    wholeModelCounts: counts,
  };
  const sizeOf = (copy: { readonly model: string; readonly companion: string }) =>
    models.get(copy.model)?.companions.find(({ name }) => name === copy.companion)?.size ?? 0;
  return {
    plan: {
      method: method.id,
      dialect: recipe.dialect,
      arithmetic: who.arithmetic,
      names: namesOf(who),
      ...output,
      share,
      adapters,
      ranks: null,
      bytesToRead: bytesToRead(output),
      bytesToWrite: bytesToWrite(output, sizeOf),
      findings: bySeverity(findings),
    },
  };
}

/** A merge of adapters that stays one. */
function adapterPlan(input: PlanInput, who: Participants, before: readonly Finding[]): Planned {
  const { recipe, recipeHash, producer, spectra = null } = input;
  const adapter = planAdapter(who, spectra);
  const { modules, ranks, saved, findings: found } = adapter;
  const adapters = matchesOf(who);
  const findings = bySeverity([...before, ...checkAdapters(who), ...found]);
  const elements = modules
    .flatMap(({ jobs }) => jobs)
    .concat(saved?.jobs ?? [])
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const share = { total: elements, merged: elements, copied: 0, leftOut: 0, given: elements };
  if (findings.some(isError)) return { findings, share, adapters };
  const laidOut = layOutAdapter(who, adapter, metadataOf(input), { recipeHash, ...producer });
  const output = { ...laidOut, leftOut: [], wholeModelCounts: null };
  return {
    plan: {
      method: who.method.id,
      dialect: recipe.dialect,
      arithmetic: who.arithmetic,
      names: namesOf(who),
      ...output,
      ...{ share, adapters, ranks, findings },
      bytesToRead: bytesToRead(output),
      bytesToWrite: bytesToWrite(output, () => 0),
    },
  };
}

const isError = ({ severity }: Finding) => severity === 'error';

function namesOf({ reference, experts }: Participants): Plan['names'] {
  return Object.fromEntries(
    [reference, ...experts.map(({ model }) => model)].map(({ id, name }) => [id, name]),
  );
}

function unknownMethod({ method }: Recipe): Finding {
  const known = methods.map(({ id }) => id).join(', ');
  const message = `The recipe asks for the method ${method}, which is not one of ${known}.`;
  return error('unknown-method', message, 'Choose a method.', {
    fixes: [{ kind: 'set-method', label: 'Use task arithmetic', value: 'task_arithmetic' }],
  });
}

/** `__metadata__` of every weight file. transformers insists on `format`. */
function metadataOf({ recipe, recipeHash, producer }: PlanInput): Record<string, string> {
  return {
    format: 'pt',
    amalgam_version: producer.version,
    recipe_sha256: recipeHash,
    method: recipe.method,
    dialect: recipe.dialect,
    backend: producer.backend,
  };
}
