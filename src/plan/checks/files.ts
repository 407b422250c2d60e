/** The small files of the output: whose they are, what is left out, and what that means. */
import { fileRoles, type Role, roleOf } from '../../formats/beside.ts';
import type { Model } from '../../formats/model.ts';
import { type Speech, speechOf } from '../../formats/speech.ts';
import { error, list, note, warning } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding, Fix } from '../types.ts';

const roleWords: Readonly<Record<Role, string>> = {
  config: 'config and other files',
  tokenizer: 'tokenizer',
  chatTemplate: 'chat template',
  generation: 'generation config',
};

export function checkFiles(
  who: Participants,
  models: ReadonlyMap<string, Model>,
): readonly Finding[] {
  const all = [...new Set([who.reference, ...who.experts.map(({ model }) => model)])];
  return [
    ...checkDonors(who, models),
    ...all.flatMap(checkRemarks),
    ...checkNoConfig(who, all),
    ...checkLeftOut(who.donors.config),
    ...checkCode(who),
    ...all.flatMap((model) => [...checkTokens(who, model), ...checkTemplate(who, model)]),
  ];
}

function checkDonors(
  { recipe, reference }: Participants,
  models: ReadonlyMap<string, Model>,
): readonly Finding[] {
  return fileRoles.flatMap((role) => {
    const id = recipe.donors[role];
    if (id === undefined || models.has(id)) return [];
    const message = `The recipe takes the ${roleWords[role]} of ${id}, which is not open.`;
    const advice = 'Open that model, or take the files of another one.';
    const fixes = [donorFix(role, null, `Take those of ${reference.name}`)];
    return [error('donor-missing', message, advice, { fixes })];
  });
}

function checkRemarks({ id, name, remarks }: Model): readonly Finding[] {
  return remarks.map((remark) =>
    warning(
      'index-differs',
      `The index of ${name} and its shards do not agree. ${remark}.`,
      'What the shards hold is merged. Check that all of them belong to one download.',
      { place: { model: id } },
    ),
  );
}

/** A pipeline has a config in each component. */
const hasConfig = ({ components }: Model) => components.some(({ config }) => config !== null);

function checkNoConfig({ donors }: Participants, all: readonly Model[]): readonly Finding[] {
  const donor = donors.config;
  if (hasConfig(donor)) return [];
  const other = all.find(hasConfig);
  const message = `${donor.name} has no config.json, so the output gets none: transformers cannot load it.`;
  const place = { model: donor.id };
  if (!other) {
    const advice =
      'Programs that know a model by its tensors can read the output. For others, put a config.json beside the weights.';
    return [warning('no-config', message, advice, { place })];
  }
  const fixes = [donorFix('config', other.id, `Take the config of ${other.name}`)];
  const advice = `Take that of ${other.name}, if both are of one architecture.`;
  return [warning('no-config', message, advice, { place, fixes })];
}

function checkLeftOut({ id, name, leftOut }: Model): readonly Finding[] {
  const place = { model: id };
  const needed = leftOut.filter(({ matters }) => matters);
  const rest = leftOut.filter(({ matters }) => !matters);
  const findings = needed.map((file) =>
    warning(
      'file-not-copied',
      `${file.name} of ${name} is not copied: ${file.reason}. The output may not load without it.`,
      'Put it, or safetensors weights in its place, into the output folder yourself.',
      { place },
    ),
  );
  if (rest.length === 0) return findings;
  const listed = list(rest.map((file) => `${file.name} (${file.reason})`));
  const message = `Not copied from the folder of ${name}: ${listed}.`;
  return [...findings, note('left-out', message, 'Plan lists them all.', { place })];
}

/** Code that config.json names under auto_map runs when transformers loads the model with trust. */
function checkCode({ donors }: Participants): readonly Finding[] {
  return [...new Set(Object.values(donors))].flatMap(({ id, name, companions }) => {
    const code = companions
      .map((file) => file.name)
      .filter((file) => file.endsWith('.py') && donors[roleOf(file)].id === id);
    if (code.length === 0) return [];
    const message = `${name} brings code: ${list(code)}. It is copied as it is and never run here.`;
    const advice =
      'transformers runs it only where trust_remote_code is set: read it before you do.';
    return [note('code-copied', message, advice, { place: { model: id } })];
  });
}

const tokenFields: readonly (readonly [keyof Speech, string, Role])[] = [
  ['eos', 'end token', 'tokenizer'],
  ['pad', 'padding token', 'tokenizer'],
  ['bos', 'begin token', 'tokenizer'],
  ['eosIds', 'end token id', 'generation'],
  ['padId', 'padding token id', 'generation'],
  ['vocabulary', 'vocabulary size', 'config'],
];

/** What changes where the output stops, if the files of this model were taken instead. */
function checkTokens({ donors }: Participants, model: Model): readonly Finding[] {
  const theirs = speechOf(model);
  const differing = tokenFields.flatMap(([key, label, role]) => {
    const donor = donors[role];
    const ours = speechOf(donor)[key];
    if (theirs[key] === null || theirs[key] === ours) return [];
    return [{ role, text: `${label} ${theirs[key]}, where ${donor.name} has ${ours ?? 'none'}` }];
  });
  if (differing.length === 0) return [];
  // A size alone is no token: where rows differ, or a config is wrong, other checks say it.
  if (differing.every(({ role }) => role === 'config')) return [];
  const roles = new Set(differing.map(({ role }) => role).filter((role) => role !== 'config'));
  const message = `${model.name} has other special tokens than the output gets: ${differing.map(({ text }) => text).join('; ')}.`;
  const advice =
    'A model with a wrong end token talks on. Take the files of the one that it should speak like.';
  const fixes = [...roles].map((role) =>
    donorFix(role, model.id, `Take the ${roleWords[role]} of ${model.name}`),
  );
  return [warning('tokens-differ', message, advice, { place: { model: model.id }, fixes })];
}

function checkTemplate({ donors, recipe }: Participants, model: Model): readonly Finding[] {
  if (recipe.chatTemplate !== null) return [];
  const donor = donors.chatTemplate;
  const [theirs, ours] = [speechOf(model).template, speechOf(donor).template];
  if (theirs === null || theirs === ours) return [];
  const place = { model: model.id };
  const fixes = [donorFix('chatTemplate', model.id, `Take the chat template of ${model.name}`)];
  if (ours === null) {
    const message = `${model.name} has a chat template; ${donor.name}, whose files the output gets, has none.`;
    const advice = 'Take it, if the output should chat.';
    return [warning('chat-template', message, advice, { place, fixes })];
  }
  const message = `The chat template of ${model.name} is not that of ${donor.name}, which the output gets.`;
  const advice = 'Take the template of the model that it should chat like.';
  return [note('chat-template', message, advice, { place, fixes })];
}

function donorFix(role: Role, model: string | null, label: string): Fix {
  return { kind: 'set-donor', label, role, model };
}
