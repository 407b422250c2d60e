import { expect, test } from 'vitest';
import { Traffic } from './traffic.ts';

test('each run counts from its own beginning', () => {
  const traffic = new Traffic();
  traffic.add(100);
  const first = traffic.begin();
  traffic.add(5);
  const second = traffic.begin();
  traffic.add(2);
  expect(first.now()).toEqual({ downloaded: 7, waiting: null });
  expect(second.now()).toEqual({ downloaded: 2, waiting: null });
});

test('a wait is told at once, and over when bytes come again', () => {
  const traffic = new Traffic();
  const run = traffic.begin();
  const told: unknown[] = [];
  const stop = run.onWait(() => told.push(run.now().waiting));
  const offline = { reason: 'offline', seconds: null } as const;
  traffic.wait(offline);
  traffic.add(1);
  traffic.add(1);
  stop();
  traffic.wait(offline);
  expect(told).toEqual([offline, null]);
});

test('a run does not begin with the wait of one that was cancelled', () => {
  const traffic = new Traffic();
  traffic.wait({ reason: 'network', seconds: 9 });
  const run = traffic.begin();
  expect(run.now().waiting).toBe(null);
  traffic.wait({ reason: 'network', seconds: 9 });
  expect(run.now().waiting).toEqual({ reason: 'network', seconds: 9 });
});
