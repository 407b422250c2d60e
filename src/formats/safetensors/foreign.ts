import { FormatError } from '../error.ts';

/** What other files begin with, and what to do about them. */
const kinds: readonly {
  readonly found: string;
  readonly starts: readonly string[];
  readonly advice: string;
}[] = [
  {
    found: 'a Git LFS pointer, a few lines of text that stand for the weights',
    starts: ['version https://git-lfs'],
    advice: 'Fetch the real file: run "git lfs pull" in the folder, or download it from the site.',
  },
  {
    found: 'a zip archive, as PyTorch writes for .bin, .pt and .ckpt',
    starts: ['PK\x03\x04'],
    advice: 'Convert it to safetensors first.',
  },
  {
    found: 'a Python pickle',
    starts: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'],
    advice: 'Convert it to safetensors first.',
  },
  { found: 'a GGUF file', starts: ['GGUF'], advice: 'Use the safetensors files of this model.' },
  { found: 'an HDF5 file', starts: ['\x89HDF'], advice: 'Convert it to safetensors first.' },
  {
    found: 'a web page',
    starts: ['<!DOCTYPE', '<!doctype', '<html'],
    advice: 'The download saved an error or login page: download the file again.',
  },
];

/** Throws `FormatError` when `start` is recognised as the beginning of another kind of file. */
export function refuseForeign(start: Uint8Array, file: string): void {
  const text = String.fromCharCode(...start.subarray(0, 32));
  const kind = kinds.find(({ starts }) => starts.some((prefix) => text.startsWith(prefix)));
  if (!kind) return;
  const { found, advice } = kind;
  throw new FormatError('not-safetensors', { file, found, expected: 'a safetensors file', advice });
}
