import { expect, test } from 'vitest';
import { FormatError } from '../formats/error.ts';
import { WriteError } from '../io/errors.ts';
import { EngineError, JobError } from './errors.ts';
import { parseEvent, parseRequest } from './protocol.ts';
import { fromWire, toWire } from './wire.ts';

const travelled = (error: unknown) => fromWire(structuredClone(toWire(error)));

test('a tagged error keeps tag, message and context', () => {
  const context = { file: 'a.safetensors', found: 'x', expected: 'y', advice: 'z' };
  const error = new FormatError('hole', context);
  expect(travelled(error)).toMatchObject({ tag: 'hole', message: error.message, context });
});

test('a failed job carries the tag and the advice of its cause', () => {
  const cause = new WriteError('quota', { file: 'm', found: 'no room', advice: 'Make room.' });
  const error = new JobError({ step: 'write', tensor: 'w', file: 'm' }, cause);
  expect(travelled(error)).toMatchObject({
    tag: 'quota',
    message: 'Writing “w” to m failed: m: no room. Make room.',
    context: { step: 'write', tensor: 'w', file: 'm', advice: 'Make room.' },
  });
});

test.each([
  ['read', 'Reading “w” from x failed: boom'],
  ['compute', 'Merging “w” on x failed: boom'],
  ['write', 'Writing “w” to x failed: boom'],
] as const)('an untagged cause of a failed %s leaves the step as the tag', (step, message) => {
  const error = new JobError({ step, tensor: 'w', file: 'x' }, new Error('boom'));
  expect([error.tag, error.message]).toEqual([step, message]);
});

test('an abort stays an abort', () => {
  const error = travelled(new DOMException('The run was cancelled', 'AbortError'));
  expect(error).toBeInstanceOf(DOMException);
  expect(error.name).toBe('AbortError');
});

test('what is no error, or has no tag, still arrives with its words', () => {
  expect(travelled('plain words')).toMatchObject({ tag: 'unexpected', message: 'plain words' });
  expect(travelled(new TypeError('bug'))).toMatchObject({ tag: 'unexpected', message: 'bug' });
});

test('context that cannot be cloned becomes text', () => {
  const error = new EngineError('x', 'y', { call: () => 1, list: ['a'], count: 3, deep: { a: 1 } });
  expect(travelled(error)).toMatchObject({
    context: {
      call: expect.stringContaining('=>'),
      list: ['a'],
      count: 3,
      deep: '[object Object]',
    },
  });
});

test.each([null, 'run', {}, { kind: 'run' }, { kind: 'dance', id: 1 }, { kind: 'run', id: 'x' }])(
  'a foreign message is not a request: %j',
  (data) => {
    expect(parseRequest(data)).toBe(null);
    expect(parseEvent(data)).toBe(null);
  },
);

test('requests and events are told apart', () => {
  const request = { kind: 'device', id: 1, choice: 'auto' };
  const event = { kind: 'done', id: 1, value: null };
  expect([parseRequest(request), parseEvent(request)]).toEqual([request, null]);
  expect([parseRequest(event), parseEvent(event)]).toEqual([null, event]);
});

test('however long an error is, a bounded part of it travels', () => {
  const long = 'x'.repeat(1_000_000);
  const { message, context } = toWire(new EngineError('t', long, { found: long }));
  expect(message).toMatch(/^x{4000}… \(1000000 characters\)$/);
  expect(context['found']).toHaveLength(message.length);
});
