import { expect, test } from 'vitest';
import { checkRoom, type Room } from './room.ts';

const gb = 1e9;
const plan = { bytesToWrite: 4 * gb };
const room: Room = { free: 20 * gb, evictable: 0, finished: 0, canPickFolder: false };
const found = (over: Partial<Room>) =>
  checkRoom(plan, { ...room, ...over }).map(({ severity, code }) => `${severity} ${code}`);

test.each([
  [{ free: null }, []],
  [{ free: 20 * gb }, []],
  [{ free: 8 * gb }, []],
  [{ free: 8 * gb - 1 }, ['note room-twice']],
  [{ free: 4 * gb }, ['note room-twice']],
  [{ free: 4 * gb - 1 }, ['error room']],
  [{ free: 0 }, ['error room']],
  [{ free: 3 * gb, evictable: 6 * gb }, []],
  [{ free: 3 * gb, evictable: 2 * gb }, ['note room-twice']],
])('4 GB to write with %j: %j', (over, expected) => {
  expect(found(over)).toEqual(expected);
});

test('the most that a browser tells may be less than there is: no error', () => {
  const [finding] = checkRoom({ bytesToWrite: 14.5 * gb }, { ...room, free: 10 * 2 ** 30 });
  expect(finding.severity).toBe('warning');
  expect(finding.message).toContain('at least 10.7 GB are free');
  expect(checkRoom({ bytesToWrite: 6 * gb }, { ...room, free: 10 * 2 ** 30 })).toEqual([]);
});

test('says what is needed, what is there, and every way out that there is', () => {
  const [finding] = checkRoom(plan, {
    ...{ free: 1.234 * gb, evictable: 0, finished: 3 * gb, canPickFolder: true },
  });
  expect(finding.message).toBe(
    'The merge writes 4 GB to private storage; the browser says that 1.23 GB are free for this page.',
  );
  expect(finding.advice).toBe(
    'To get by: save into a folder you pick (Plan); remove finished merges (Result), 3 GB in all; ' +
      'choose a smaller dtype (Method); or free space on the disk.',
  );
  const [plain] = checkRoom(plan, { ...room, free: 0 });
  expect(plain.advice).not.toMatch(/folder you pick|finished merges/);
});
