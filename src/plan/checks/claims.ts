/** config.json held against the tensors, of every model and of the output. */
import { identityOf, type Model } from '../../formats/model.ts';
import { type ClaimsByComponent, claimsOfModel, claimsOfOutput } from '../claims/of-models.ts';
import type { Claim } from '../claims/scope.ts';
import { warning } from '../finding.ts';
import type { UnplacedJob } from '../jobs.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';

export function checkClaims(who: Participants, jobs: readonly UnplacedJob[]): readonly Finding[] {
  const { reference, experts, donors } = who;
  const all = new Set([reference, ...experts.map(({ model }) => model)]);
  all.delete(donors.config);
  const elsewhere = `The output gets the config.json of ${donors.config.name}. Check that these weights belong to their config.`;
  return [
    ...say(donors.config, told(claimsOfOutput(who, jobs), who), correction),
    ...[...all].flatMap((model) => say(model, told(claimsOfModel(model), who), () => elsewhere)),
  ];
}

/** By token the number of rows is another one on purpose. */
function told(claims: ClaimsByComponent, { tokens }: Participants): ClaimsByComponent {
  if (tokens === null) return claims;
  const isOfRows = ({ field }: Claim) => /(?:^|\.)vocab_size$/.test(field);
  return new Map([...claims].map(([name, own]) => [name, own.filter((one) => !isOfRows(one))]));
}

function correction({ field, edits }: Claim): string {
  const becomes = edits.find(({ path }) => path.join('.') === field);
  return becomes
    ? `The output’s config.json says ${field} ${becomes.value}.`
    : 'The output gets it as it is: correct config.json first, or take it from where the model came from.';
}

function say(
  model: Model,
  claims: ClaimsByComponent,
  adviceOn: (claim: Claim) => string,
): readonly Finding[] {
  return [...claims].flatMap(([component, own]) =>
    own.map((claim) => {
      const { says, found, effect } = claim;
      const place = { model: model.id, tensor: identityOf(component, claim.tensor) };
      const file = identityOf(component, 'config.json');
      const message = `${file} of ${model.name} says ${says}, but ${found}: ${effect}.`;
      return warning('config-claims', message, adviceOn(claim), { place });
    }),
  );
}
