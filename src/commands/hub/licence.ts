import type { LicenceAdvice, LicensedModel } from '../../hub/licences.ts';

/** What the licences of the parents ask of a merge. */
export async function licenceAdvice(parents: readonly LicensedModel[]): Promise<LicenceAdvice> {
  const { adviseLicence } = await import('../../hub/licences.ts');
  return adviseLicence(parents);
}
