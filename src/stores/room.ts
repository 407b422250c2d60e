import { checkRoom } from '../plan/checks/room.ts';
import type { Outlook } from '../plan/outlook.ts';
import type { Finding } from '../plan/types.ts';
import { type DeviceState, savingOf } from './device.ts';
import type { HubState } from './hub.ts';
import type { RunState } from './run.ts';

/** Whether what a plan writes fits into what the browser says is free, as far as it goes there. */
export function roomFindings(
  outlook: Outlook | null,
  device: Pick<DeviceState, 'free' | 'canPickFolder' | 'saveWay'>,
  { cached }: Pick<HubState, 'cached'>,
  { kept }: Pick<RunState, 'kept'>,
): readonly Finding[] {
  if (outlook === null || savingOf(device) === 'folder') return [];
  const { free, canPickFolder } = device;
  const finished = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  return checkRoom(outlook, { free, evictable: cached ?? 0, finished, canPickFolder });
}
