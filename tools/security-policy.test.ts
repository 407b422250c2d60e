import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { headersFile, inlineStyles, pagePolicy, sentPolicy } from './security-policy.ts';

const hub = 'https://huggingface.co';

const sources = (policy: string, name: string) =>
  policy
    .split('; ')
    .find((directive) => directive.startsWith(`${name} `))
    ?.split(' ')
    .slice(1);

test('no script is let in but our own and WebAssembly', () => {
  expect(sources(pagePolicy(hub), 'script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  expect(pagePolicy(hub)).not.toMatch(/'unsafe-(inline|eval)'|data:| \*( |;|$)/);
});

test('text may become a worker, which llama.cpp needs, and nothing else', () => {
  expect(sources(pagePolicy(hub), 'worker-src')).toEqual(["'self'", 'blob:']);
  expect(pagePolicy(hub).match(/blob:/g)).toHaveLength(1);
});

test('the page may talk to the Hub it was built for, its storage, and this computer', () => {
  expect(sources(pagePolicy('https://hub.example/some/path'), 'connect-src')).toEqual([
    "'self'",
    'https://hub.example',
    'https://*.huggingface.co',
    'https://*.hf.co',
    'https://hf-hub-lfs-us-east-1.s3-accelerate.amazonaws.com',
    'http://127.0.0.1:*',
    'http://localhost:*',
  ]);
});

test('the server says the same as the page, and that no frame may show it', () => {
  expect(sentPolicy(hub)).toBe(`${pagePolicy(hub)}; frame-ancestors 'none'`);
  expect(headersFile(hub)).toBe(
    `/*\n  Content-Security-Policy: ${sentPolicy(hub)}\n  X-Content-Type-Options: nosniff\n`,
  );
});

test('the style sheets let in are those that react-aria writes', () => {
  const source = ['interactions/usePress', 'overlays/usePreventScroll']
    .map((file) => readFileSync(`node_modules/react-aria/dist/private/${file}.mjs`, 'utf8'))
    .join('')
    .replace(/\$\{\$\w+\$var\$PRESSABLE_ATTRIBUTE\}/, 'data-react-aria-pressable');
  for (const style of inlineStyles) expect(source).toContain(style);
});
