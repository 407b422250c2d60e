import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test('fields that hold a comma, a quote or a line break are quoted, and null is empty', () => {
  const lines = [
    ['name', 'a,b', 'say "it"'],
    ['two\nlines', 0.5, null],
  ];
  expect(csv(lines)).toBe('name,"a,b","say ""it"""\r\n"two\nlines",0.5,\r\n');
});

test('a text that a spreadsheet would run is marked as text; numbers stay numbers', () => {
  const texts = ['=1+1', '+cmd', '-model', '@sum', '\tx', 'a=b', '=a,b'];
  expect(csv([texts])).toBe("'=1+1,'+cmd,'-model,'@sum,'\tx,a=b,\"'=a,b\"\r\n");
  expect(csv([[-0.5, -1e-7, '-0.5', '-1e-7', '+3']])).toBe('-0.5,-1e-7,-0.5,-1e-7,+3\r\n');
  expect(csv([[Number.NaN, -Infinity, 0, false]])).toBe(',-Infinity,0,false\r\n');
});
