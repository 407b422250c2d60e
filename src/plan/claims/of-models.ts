/** The claims of models as they are, and of the output, by component. */
import { type Component, type Model, storedName, storedOf } from '../../formats/model.ts';
import type { UnplacedJob } from '../jobs.ts';
import { headEdits } from '../labels.ts';
import type { Participants } from '../participants.ts';
import { rememberLast } from '../remember.ts';
import { headDonor } from '../task-head.ts';
import { claimsOf } from './claims.ts';
import { type Claim, kindsOf } from './scope.ts';

/** By component; without those that have nothing to say. */
export type ClaimsByComponent = ReadonlyMap<string, readonly Claim[]>;

type Located = {
  readonly component: string;
  readonly name: string;
  readonly shape: readonly number[];
};

const ofModel = rememberLast<ClaimsByComponent>();
const ofOutput = rememberLast<ClaimsByComponent>();

export function claimsOfModel(model: Model): ClaimsByComponent {
  return ofModel(model.tensors, [model], () => judge(model.components, ownTensors(model)));
}

/** The configs that the output gets, with the labels of a head that is kept, against the tensors that it gets. */
export function claimsOfOutput(who: Participants, jobs: readonly UnplacedJob[]): ClaimsByComponent {
  const { reference, donors } = who;
  const { tensors } = reference;
  const head = headDonor(who)?.model ?? donors.config;
  const isAlike =
    jobs.length === tensors.size &&
    jobs.every(({ tensor, shape }) => tensors.get(tensor)?.shape === shape);
  const make = () =>
    judge(
      donors.config.components.map(({ name, config }) => ({
        name,
        config: name === '' ? withHead(donors.config, head) : config,
      })),
      jobs.map(({ component, tensor, shape }) => ({ component, name: tensor, shape })),
    );
  return isAlike ? ofOutput(tensors, [donors.config, head], make) : make();
}

function withHead(model: Model, head: Model): Model['config'] {
  const edits = headEdits(model, head).map(({ path, value }) => [path[0], value]);
  return model.config && { ...model.config, ...Object.fromEntries(edits) };
}

function judge(components: readonly Component[], tensors: readonly Located[]): ClaimsByComponent {
  const found = components.map(({ name: component, config }) => {
    const own = tensors
      .filter((tensor) => tensor.component === component)
      .map(({ name, shape }) => ({ name: storedName(component, name), shape }));
    return [component, config ? claimsOf(config, kindsOf(own)) : []] as const;
  });
  return new Map(found.filter(([, claims]) => claims.length > 0));
}

const ownTensors = ({ tensors, files }: Model): readonly Located[] =>
  [...tensors.values()].map((tensor) => {
    const { component } = files[storedOf(tensor)[0].file];
    return { component, name: tensor.name, shape: tensor.shape };
  });
