import { checkRoom } from '../plan/checks/room.ts';
import type { Finding, Plan } from '../plan/types.ts';
import { type DeviceState, savingOf } from './device.ts';
import type { HubState } from './hub.ts';
import type { RunState } from './run.ts';

/** Whether a plan fits into what the browser says is free, as far as it goes there. */
export function roomFindings(
  plan: Plan | null,
  device: Pick<DeviceState, 'free' | 'canPickFolder' | 'saveWay'>,
  { cached }: Pick<HubState, 'cached'>,
  { kept }: Pick<RunState, 'kept'>,
): readonly Finding[] {
  if (plan === null || savingOf(device) === 'folder') return [];
  const { free, canPickFolder } = device;
  const finished = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  return checkRoom(plan, { free, evictable: cached ?? 0, finished, canPickFolder });
}
