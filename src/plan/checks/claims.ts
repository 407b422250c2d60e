/** config.json held against the tensors, of every model. */
import { type Model, storedOf } from '../../formats/model.ts';
import { claimsOf } from '../claims/claims.ts';
import type { Claim } from '../claims/scope.ts';
import { shapesOf } from '../config-edits.ts';
import { warning } from '../finding.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';

export function checkClaims(
  { reference, experts, donors }: Participants,
  jobs: readonly UnplacedJob[],
): readonly Finding[] {
  const others = new Set(
    [reference, ...experts.map(({ model }) => model)].filter((model) => model !== donors.config),
  );
  return [
    ...claims(donors.config, shapesOf(jobs)).map((claim) => {
      const becomes = claim.edits.find(({ path }) => path.join('.') === claim.field);
      const advice = becomes
        ? `The output’s config.json says ${becomes.value}.`
        : 'The output gets it as it is: correct config.json first, or take it from where the model came from.';
      return say(donors.config, claim, advice);
    }),
    ...[...others].flatMap((model) =>
      claims(model, ofMain(model)).map((claim) =>
        say(
          model,
          claim,
          `The output gets the config.json of ${donors.config.name}. Check that these weights belong to their config.`,
        ),
      ),
    ),
  ];
}

const ofMain = ({ tensors, files }: Model) =>
  [...tensors.values()].filter((tensor) => files[storedOf(tensor)[0].file].component === '');

const claims = ({ config }: Model, tensors: Parameters<typeof claimsOf>[1]) =>
  config ? claimsOf(config, tensors) : [];

function say(model: Model, { field, claimed, found, effect, tensor }: Claim, advice: string) {
  return warning(
    'config-claims',
    `config.json of ${model.name} says ${field} ${claimed}, but ${found}: ${effect}.`,
    advice,
    { place: { model: model.id, tensor } },
  );
}
