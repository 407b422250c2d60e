/** Whether there is room for what a merge writes, before it writes. */
import { error, note, warning } from '../finding.ts';
import type { Finding, Plan } from '../types.ts';

/** What is known of the browser's private storage. */
export type Room = {
  /** Bytes the browser says are free for this page; null when it does not say. */
  readonly free: number | null;
  /** Bytes of downloads kept there that make way for a merge. */
  readonly evictable: number;
  /** Bytes of finished merges that can be removed. */
  readonly finished: number;
  readonly canPickFolder: boolean;
};

/**
 * What Chromium answers whenever at least so much is free, however much it is, so that pages cannot tell
 * devices apart by it (StaticStorageQuota).
 */
const mostTold = 10 * 2 ** 30;

/**
 * The output is staged in private storage, whole, and then downloaded, which takes the room on the disk once
 * more. Nothing can be told of a folder that the user picks: there `room` is not asked.
 */
export function checkRoom(
  { bytesToWrite }: Pick<Plan, 'bytesToWrite'>,
  room: Room,
): readonly Finding[] {
  const { free, evictable } = room;
  if (free === null) return [];
  const isLeast = free === mostTold;
  const there = free + evictable;
  const rest = `the browser says that ${isLeast ? 'at least ' : ''}${size(there)} are free for this page`;
  if (there < bytesToWrite) {
    const message = `The merge writes ${size(bytesToWrite)} to private storage; ${rest}.`;
    return isLeast
      ? [warning('room', message, `There may be more. ${waysOut(room)}`)]
      : [error('room', message, waysOut(room))];
  }
  if (there >= 2 * bytesToWrite || isLeast) return [];
  const message =
    `The merge writes ${size(bytesToWrite)} to private storage and ` +
    `the download takes as much again on the disk; ${rest}.`;
  return [note('room-twice', message, waysOut(room))];
}

function waysOut({ finished, canPickFolder }: Room): string {
  const ways = [
    canPickFolder ? 'save into a folder you pick (Plan)' : '',
    finished > 0 ? `remove finished merges (Result), ${size(finished)} in all` : '',
    'choose a smaller dtype (Method)',
    'free space on the disk',
  ].filter(Boolean);
  return `To get by: ${ways.slice(0, -1).join('; ')}; or ${ways.at(-1)}.`;
}

/** Decimal units, as the rest of the page shows them. */
function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : Number(value.toPrecision(3))} ${units[power]}`;
}
