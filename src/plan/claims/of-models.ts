/** The claims of models as they are, and of the output, by component. */
import type { ConfigEdit } from '../../formats/edit-config.ts';
import { type Component, type Model, storedName, storedOf } from '../../formats/model.ts';
import { groupBy } from '../finding.ts';
import type { UnplacedJob } from '../jobs.ts';
import { headEdits } from '../labels.ts';
import type { Participants } from '../participants.ts';
import { rememberLast } from '../remember.ts';
import { layerEdits } from '../stack/config.ts';
import { headDonor } from '../task-head.ts';
import { claimsOf } from './claims.ts';
import { type Claim, type Kind, kindsOf } from './scope.ts';

/** By component; without those that have nothing to say. */
export type ClaimsByComponent = ReadonlyMap<string, readonly Claim[]>;

type KindsByComponent = ReadonlyMap<string, readonly Kind[]>;

const kinds = rememberLast<KindsByComponent>();
const ofModel = rememberLast<ClaimsByComponent>();

export function claimsOfModel(model: Model): ClaimsByComponent {
  return ofModel(model.tensors, [model], () => judge(model.components, kindsIn(model)));
}

/** The configs that the output gets, with the labels of a head that is kept, against the tensors that it gets. */
export function claimsOfOutput(who: Participants, jobs: readonly UnplacedJob[]): ClaimsByComponent {
  const { reference, donors } = who;
  const head = headDonor(who)?.model ?? donors.config;
  const components = donors.config.components.map(({ name, config }) => ({
    name,
    config: name === '' ? withLayers(withHead(donors.config, head), layerEdits(who)) : config,
  }));
  const isAlike =
    jobs.length === reference.tensors.size &&
    jobs.every(({ tensor, shape }) => reference.tensors.get(tensor)?.shape === shape);
  return judge(components, isAlike ? kindsIn(reference) : kindsMade(jobs));
}

function withHead(model: Model, head: Model): Model['config'] {
  const edits = headEdits(model, head).map(({ path, value }) => [path[0], value]);
  return model.config && { ...model.config, ...Object.fromEntries(edits) };
}

function withLayers(config: Model['config'], edits: readonly ConfigEdit[]): Model['config'] {
  if (config === null || edits.length === 0) return config;
  const made: Record<string, unknown> = { ...config };
  for (const { path, value } of edits) {
    const [key, further] = path;
    made[key] = further === undefined ? value : { ...(made[key] as object), [further]: value };
  }
  return made;
}

function judge(components: readonly Component[], found: KindsByComponent): ClaimsByComponent {
  const all = components.map(
    ({ name, config }) => [name, config ? claimsOf(config, found.get(name) ?? []) : []] as const,
  );
  return new Map(all.filter(([, claims]) => claims.length > 0));
}

/** Found once: the tensors of a model stay, whatever becomes of the recipe. */
function kindsIn(model: Model): KindsByComponent {
  const { tensors, files } = model;
  return kinds(tensors, [], () => {
    if (files.every(({ component }) => component === '')) {
      return new Map([['', kindsOf(tensors.values())]]);
    }
    const located = [...tensors.values()].map((tensor) => {
      const { component } = files[storedOf(tensor)[0].file];
      return { component, name: tensor.name, shape: tensor.shape };
    });
    return byComponent(located);
  });
}

const kindsMade = (jobs: readonly UnplacedJob[]) =>
  byComponent(jobs.map(({ component, tensor, shape }) => ({ component, name: tensor, shape })));

function byComponent(
  tensors: readonly (Pick<Kind, 'name' | 'shape'> & { readonly component: string })[],
): KindsByComponent {
  const groups = groupBy(tensors, ({ component }) => component);
  return new Map(
    [...groups].map(([component, own]) => [
      component,
      kindsOf(own.map(({ name, shape }) => ({ name: storedName(component, name), shape }))),
    ]),
  );
}
