/**
 * What the page may load, run and talk to: its content security policy. Written here once; the build puts
 * it into index.html and into `_headers`, and `vite preview`, so `npm start` and the end-to-end tests too,
 * sends it. The development server does not: its hot reload needs inline scripts and styles.
 */
import { createHash } from 'node:crypto';

/** Inline style sheets that react-aria adds to the head, letter by letter: nothing else is let in. */
export const inlineStyles: readonly string[] = [
  // On its first button, so that a double tap does not wait for a zoom.
  '@layer {\n  [data-react-aria-pressable] {\n    touch-action: pan-x pan-y pinch-zoom;\n  }\n}',
  // With a dialog open, on iOS.
  '@layer {\n  * {\n    overscroll-behavior: contain;\n  }\n}',
];

/** Where a Hub keeps what its addresses redirect to, and where it has large files uploaded. */
const storage = [
  'https://*.huggingface.co',
  'https://*.hf.co',
  'https://hf-hub-lfs-us-east-1.s3-accelerate.amazonaws.com',
];

/** A Hub on this computer: `?hub=` names its port, and its storage has others. */
const thisComputer = ['http://127.0.0.1:*', 'http://localhost:*'];

/** The directives by name, for a page whose Hub is at `hubUrl`. */
function directives(hubUrl: string): Readonly<Record<string, readonly string[]>> {
  return {
    'default-src': ["'self'"],
    // SHA-256 and the kernels of the CPU are WebAssembly; this allows that and no `eval`.
    'script-src': ["'self'", "'wasm-unsafe-eval'"],
    'style-src': ["'self'", ...inlineStyles.map(hashOf)],
    'connect-src': ["'self'", new URL(hubUrl).origin, ...storage, ...thisComputer],
    // llama.cpp starts its workers from text that comes with our own scripts.
    'worker-src': ["'self'", 'blob:'],
    'object-src': ["'none'"],
    'frame-src': ["'none'"],
    'base-uri': ["'none'"],
    // Forms are handled by the page; the Hub's sign-in page is gone to, not posted to.
    'form-action': ["'none'"],
  };
}

/** The policy as index.html carries it. */
export const pagePolicy = (hubUrl: string) => textOf(directives(hubUrl));

/** The policy as a server sends it; only there it can forbid to show the page in a frame. */
export const sentPolicy = (hubUrl: string) =>
  textOf({ ...directives(hubUrl), 'frame-ancestors': ["'none'"] });

/** What a server sends with every file. Workers know no other policy than that of their own script. */
export const securityHeaders = (hubUrl: string) => ({
  'Content-Security-Policy': sentPolicy(hubUrl),
  'X-Content-Type-Options': 'nosniff',
});

/** The same in the form that Netlify, Cloudflare Pages and others read from the published folder. */
export const headersFile = (hubUrl: string) =>
  ['/*', ...Object.entries(securityHeaders(hubUrl)).map((line) => `  ${line.join(': ')}`), ''].join(
    '\n',
  );

const textOf = (all: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(all)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
