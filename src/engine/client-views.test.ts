import { expect, test } from 'vitest';
import { memorySink } from '../testing/memory-sink.ts';
import { destination, runOptions, started } from '../testing/two-models.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { PlanOrder } from './protocol.ts';

/** `a` as the base of `b`: what two models are without one, they are not known to have changed. */
function onBase({ recipe, ...order }: PlanOrder): PlanOrder {
  const [{ model: base }, expert] = recipe.experts;
  return { ...order, recipe: { ...recipe, method: 'task_arithmetic', base, experts: [expert] } };
}

const mapOf = (found: unknown) => found as ConflictMap;

test('what is to be seen is answered by a second engine, which is started for it', async () => {
  const { client, order, ports } = await started();
  expect(ports).toHaveLength(1);
  const map = mapOf(await client.conflicts(onBase(order), true));
  expect(map.sampled).toBeGreaterThan(0);
  expect(ports).toHaveLength(2);
  // The same one again.
  expect(mapOf(await client.conflicts(onBase(order), true))).toEqual(map);
  expect(ports).toHaveLength(2);
});

test('without a base nothing is known to have changed', async () => {
  const { client, order } = await started();
  expect(await client.conflicts(order, true)).toBe(null);
  expect(await client.changes(order, null)).toBe(null);
});

test('a merge that stands still holds up no view', async () => {
  const never = () => new Promise<never>(() => {});
  const { client, order } = await started({ sink: never });
  const stop = new AbortController();
  const stuck = client.run(order, destination, runOptions, { signal: stop.signal });
  expect(mapOf(await client.conflicts(onBase(order), true)).sampled).toBeGreaterThan(0);
  stop.abort();
  await expect(stuck).rejects.toMatchObject({ name: 'AbortError' });
});

test('a model that is closed is closed there as well', async () => {
  const { client, order } = await started({ sink: async () => memorySink() });
  expect(await client.conflicts(onBase(order), true)).not.toBe(null);
  const [expert] = order.recipe.experts;
  await client.close(expert.model.id);
  expect(await client.conflicts(onBase(order), true)).toBe(null);
});

test('a second engine that crashes is started again with the models that are open', async () => {
  const { client, order, ports } = await started();
  const map = await client.conflicts(onBase(order), true);
  client.stop();
  expect(await client.conflicts(onBase(order), true)).toEqual(map);
  expect(ports.length).toBeGreaterThan(2);
});

test('a look that is aborted before it begins, or meanwhile, rejects, and the next one is answered', async () => {
  const { client, order } = await started();
  const stop = new AbortController();
  const look = client.conflicts(onBase(order), true, false, { signal: stop.signal });
  stop.abort();
  await expect(look).rejects.toMatchObject({ name: 'AbortError' });
  const changes = client.changes(onBase(order), null, { signal: AbortSignal.abort() });
  await expect(changes).rejects.toMatchObject({ name: 'AbortError' });
  expect(mapOf(await client.conflicts(onBase(order), true)).sampled).toBeGreaterThan(0);
});

test('made ready, the second engine has the models open before anything is asked of it', async () => {
  const { client, order, ports } = await started();
  await client.readyToSee();
  expect(ports).toHaveLength(2);
  expect(mapOf(await client.conflicts(onBase(order), true)).sampled).toBeGreaterThan(0);
  expect(ports).toHaveLength(2);
});
