import { expect, test } from 'vitest';
import { pythonRegExp } from './python-regexp.ts';

test.each([
  String.raw`.*\.(q|v)_proj`,
  String.raw`(?:model\.)?layers\.\d+\.(self_attn|mlp)\..*`,
  String.raw`(?P<part>down|up)_blocks\.[0-9]+.*?to_[qkv]`,
  String.raw`([*+]|\*)+x`,
  '(a*)?b(c{2}){3}',
])('%s is read as Python reads it', (pattern) => {
  expect(() => pythonRegExp(pattern, 'adapter_config.json')).not.toThrow();
});

test.each(['(.*)*x', '(a+)+', '((ab)*c)+', '(?:x|y{2,})*', '(a|(b+))*z'])(
  '%s could take for ever, and is refused at once',
  (pattern) => {
    expect(() => pythonRegExp(pattern, 'adapter_config.json')).toThrow(`the pattern "${pattern}"`);
  },
);

test('what is no pattern is refused as it was written', () => {
  expect(() => pythonRegExp('(?:.*)(q', 'adapter_config.json', '(q')).toThrow('the pattern "(q"');
});
