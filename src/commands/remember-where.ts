import type { Offered } from '../stores/dropped.ts';
import { rememberedModels, rememberModel } from '../stores/remembered-models.ts';
import type { Session } from '../stores/session.ts';
import type { Admitted } from './admit.ts';

/** Notes the files and folders that each model came from, where the browser gives handles to them. */
export async function rememberWhere(
  { models }: Session,
  admitted: readonly Admitted[],
  offered: readonly Offered[],
): Promise<void> {
  const roots = new Map(offered.map(({ path, root }) => [path, root]));
  await Promise.all(
    admitted.map(async ({ ref, arrival }) => {
      const asked = new Set(arrival.handles.map(({ path }) => roots.get(path)));
      const given = (await Promise.all(asked)).filter((root) => root != null);
      await rememberModel(ref.id, given);
    }),
  );
  models.getState().setRemembered(await rememberedModels());
}
