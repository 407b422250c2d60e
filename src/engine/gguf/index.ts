/** What is loaded together when a GGUF is wanted. */
export { openWritten, outlookOf, prepareGguf } from './prepare.ts';
export { textTokens } from './text-tokens.ts';
export { writeGguf } from './write-gguf.ts';
