import { expect, test } from 'vitest';
import { type Metered, ProgressMeter } from './progress.ts';

function meterAt(tensors = 10) {
  const clock = { now: 0 };
  const told: Metered[] = [];
  const meter = new ProgressMeter(
    tensors,
    (each) => told.push(each),
    () => clock.now,
  );
  return { clock, told, meter };
}

test('however often it is told, it tells ten times a second', () => {
  const { clock, told, meter } = meterAt();
  meter.phase('merging', 1e6);
  for (let i = 0; i < 5000; i++) {
    clock.now += 1;
    meter.bytes(10);
  }
  expect(told.length).toBeLessThanOrEqual(51);
  expect(told.length).toBeGreaterThan(45);
});

test('throughput and time left come from the last seconds', () => {
  const { clock, told, meter } = meterAt();
  meter.phase('merging', 100_000);
  for (let second = 1; second <= 10; second++) {
    clock.now = second * 1000;
    meter.bytes(second <= 5 ? 1000 : 4000);
  }
  const last = told.at(-1)!;
  expect(last.bytesDone).toBe(25_000);
  expect(last.throughput).toBe(4000);
  expect(last.eta).toBe(75_000 / 4000);
});

test('time left is unknown at the start', () => {
  const { told, meter } = meterAt();
  meter.phase('measuring', 100);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ phase: 'measuring', bytesTotal: 100, throughput: 0, eta: null });
});

test('a phase starts its counts afresh', () => {
  const { clock, told, meter } = meterAt(3);
  meter.phase('merging', 100);
  meter.bytes(100);
  meter.tensorDone();
  clock.now = 500;
  meter.phase('verifying', 50);
  clock.now = 1000;
  meter.tensor('w');
  expect(told.at(-1)).toMatchObject({
    phase: 'verifying',
    tensor: 'w',
    tensorsDone: 0,
    tensorsTotal: 3,
    bytesDone: 0,
    bytesTotal: 50,
  });
});
