import { test } from 'vitest';
import { RandomProgram } from '../testing/random-program.ts';
import { compileShader } from './compile.ts';

test('x', () => {
  for (let seed = 1; seed < 13; seed++) {
    const code = new RandomProgram(seed).text();
    const t = performance.now();
    let what = '';
    try {
      what = String(compileShader(code, { overrides: {} }).bytes.length);
    } catch (e) {
      what = String(e);
    }
    console.log(seed, code.length, what, (performance.now() - t).toFixed(0));
  }
}, 100000);
