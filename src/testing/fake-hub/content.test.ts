import { expect, test } from 'vitest';
import { asText, gitOidOf, lfsPointer, sha256Of, textOf } from './content.ts';

test('ids are those of git and sha256sum', () => {
  const hello = asText('hello\n');
  expect(gitOidOf(hello)).toBe('ce013625030ba8dba906f756967f9e9ca394464a'); // git hash-object
  expect(sha256Of(hello)).toBe('5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03');
  expect(textOf(lfsPointer(hello))).toBe(
    'version https://git-lfs.github.com/spec/v1\n' +
      'oid sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\n' +
      'size 6\n',
  );
});
