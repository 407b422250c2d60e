/** Renames that cannot be carried out, that do nothing, and renames that would make tensors meet. */
import { elementCount } from '../../formats/model.ts';
import type { Recipe, Rename } from '../../recipe/recipe.ts';
import { count, error, list, note, percent, warning } from '../finding.ts';
import type { ExpertMatching } from '../match.ts';
import { renameFault } from '../names/rename.ts';
import { suggestRenames } from '../names/suggest.ts';
import type { Participant, Participants } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';

/** What can be said about renames without models. */
export function checkRenames(recipe: Recipe): readonly Finding[] {
  return recipe.renames.flatMap((rename): readonly Finding[] => {
    const why = renameFault(rename);
    const fixes = [removeRename(rename)];
    if (why !== null) {
      const message = `The rename of “${rename.from}” to “${rename.to}” cannot be read: ${why}.`;
      const advice = 'Give both sides the same number of *, which stand for what stays.';
      return [error('rename-misfit', message, advice, { fixes })];
    }
    if (recipe.experts.some(({ model }) => model.id === rename.model)) return [];
    const message = `The rename of “${rename.from}” is for a model that is not among the experts: it does nothing.`;
    const advice = 'Remove it or choose an expert; the base keeps its names.';
    return [warning('rename-unknown-model', message, advice, { fixes })];
  });
}

/** What the renames came to. */
export function checkNaming({ recipe, experts, reference }: Participants): readonly Finding[] {
  return experts.flatMap((expert) => {
    const own = recipe.renames.filter(
      (rename) => rename.model === expert.ref.id && renameFault(rename) === null,
    );
    if (own.length === 0) return [];
    return [
      ...faultsOf(expert),
      ...own.flatMap((rename) => idle(rename, expert)),
      ...renamed(expert, reference.name),
    ];
  });
}

function faultsOf({ named, model, ref }: Participant): readonly Finding[] {
  const kinds = ['two sources', 'does not divide'] as const;
  return kinds.flatMap((kind) => {
    const faults = named.faults.filter((fault) => fault.kind === kind);
    if (faults.length === 0) return [];
    const names = faults.map(({ name }) => name);
    const rest = faults.length > 1 ? ` The same holds for ${list(names.slice(1))}.` : '';
    const details = { place: { model: ref.id }, tensors: names };
    const message = `${model.name}: ${faults[0].message}.${rest}`;
    return kind === 'two sources'
      ? [
          error(
            'name-twice',
            message,
            'Change the renames so that each name has one source.',
            details,
          ),
        ]
      : [
          error(
            'cannot-divide',
            message,
            'Change or remove the rename under Tensor names.',
            details,
          ),
        ];
  });
}

function idle(rename: Rename, { named, model, ref }: Participant): readonly Finding[] {
  if (named.used.has(rename.id)) return [];
  const message = `The rename of “${rename.from}” matches no tensor of ${model.name}, or an earlier one decides: it does nothing.`;
  const advice = 'Look at the tensor names; letters count as they are written.';
  const details = { place: { model: ref.id }, fixes: [removeRename(rename)] };
  return [warning('rename-matches-nothing', message, advice, details)];
}

function renamed({ named, model, ref }: Participant, base: string): readonly Finding[] {
  const pairs = [...named.tensors].filter(([name, tensor]) => name !== tensor.name);
  if (pairs.length === 0) return [];
  const shown = pairs.map(([name, tensor]) => `${tensor.name} → ${name}`);
  const message = `${count(pairs.length, 'tensor')} of ${model.name} meet under other names, by your renames: ${list(shown)}.`;
  const advice = `Nothing to do; the output has the names of ${base}.`;
  return [note('renamed', message, advice, { place: { model: ref.id }, tensors: shown })];
}

/** Renames that would make more tensors meet, offered at one press, and what cannot be mapped. */
export function offerRenames(who: Participants, found: ExpertMatching): readonly Finding[] {
  const { reference, recipe } = who;
  const { expert, missing, extra } = found;
  if (expert.adapted || expert.model === reference) return [];
  const { model, ref } = expert;
  const { renames, pairs, elements, refused } = suggestRenames({
    own: model.tensors,
    renames: recipe.renames.filter((rename) => rename.model === ref.id),
    base: reference.tensors,
    missing,
    extra,
  });
  const place = { model: ref.id };
  const findings: Finding[] = [];
  if (pairs.length > 0) {
    const all = [...reference.tensors.values()];
    const total = all.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    const rules = renames.map(({ from, to }) => `“${from}” → “${to}”`);
    const shown = pairs.map(([own, name]) => `${own} → ${name}`);
    const say = missing.length === reference.tensors.size ? error : warning;
    findings.push(
      say(
        'names-differ',
        `${model.name} and ${reference.name} call the same tensors otherwise: renamed by ${list(rules)}, ${count(pairs.length, 'more tensor')} would meet, ${percent(elements, total)} of the elements of ${reference.name}.`,
        `Names and shapes agree; look through the pairs. The rule can be changed under Tensor names; the output has the names of ${reference.name}.`,
        {
          place,
          tensors: shown,
          fixes: [
            {
              kind: 'rename',
              label: `Rename ${count(pairs.length, 'tensor')}`,
              renames: renames.map((rename) => ({ ...rename, model: ref.id })),
            },
          ],
        },
      ),
    );
  }
  if (refused.length > 0) {
    const rest = refused.length > 1 ? ` ${count(refused.length - 1, 'more case')} like it.` : '';
    const message = `Some tensors of ${model.name} look like those of ${reference.name} under other names, but are not mapped. ${refused[0]}.${rest}`;
    const advice = `Save both with one version of one library, or write the renames yourself under Tensor names.`;
    findings.push(warning('names-unclear', message, advice, { place, tensors: refused }));
  }
  return findings;
}

function removeRename(rename: Rename): Fix {
  return { kind: 'remove-rename', label: 'Remove the rename', rename: rename.id };
}
