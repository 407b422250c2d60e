import type { ReadableFile } from '../safetensors/header.ts';
import { again, convert, type Refusal } from './refusal.ts';

/** What other files are known by: text at a place of their beginning. */
const kinds: readonly {
  readonly found: string;
  readonly at: number;
  readonly starts: readonly string[];
  readonly advice?: string;
}[] = [
  {
    found: 'a file of torch before 1.6, one pickle after the other instead of a zip archive',
    at: 0,
    // The magic number of torch.save, in pickle protocol 2 and in later ones.
    starts: [
      '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19',
      '\x80\x03\x8a\x0a\x6c\xfc',
    ],
  },
  { found: 'a tar file of torch before 0.1.10', at: 257, starts: ['ustar'] },
  {
    found: 'a Python pickle that torch.save did not write',
    at: 0,
    starts: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'],
  },
  {
    found: 'a zip archive that breaks off, or with something after its end',
    at: 0,
    starts: ['PK\x03\x04'],
    advice: again,
  },
  {
    found: 'a Git LFS pointer, a few lines of text that stand for the weights',
    at: 0,
    starts: ['version https://git-lfs'],
    advice: 'Fetch the real file: run "git lfs pull" in the folder, or download it from the site.',
  },
  {
    found: 'a web page',
    at: 0,
    starts: ['<!DOCTYPE', '<!doctype', '<html'],
    advice: 'The download saved an error or login page: download the file again.',
  },
  {
    found: 'a safetensors file',
    at: 8,
    starts: ['{"'],
    advice: 'Give it a name that ends in .safetensors.',
  },
];

const expected = 'a zip archive as torch.save writes since 1.6';

/** The error for a file that is no zip archive, by what it begins with. */
export async function notTorch(file: ReadableFile, refuse: Refusal, signal?: AbortSignal) {
  if (file.size === 0) return refuse('not-torch', 'no bytes', expected, again);
  const bytes = await file.read(0, Math.min(file.size, 512), signal);
  const text = String.fromCharCode(...bytes);
  const kind = kinds.find(({ at, starts }) => starts.some((each) => text.startsWith(each, at)));
  const advice = kind ? (kind.advice ?? convert(file.name)) : again;
  return refuse('not-torch', kind?.found ?? 'something else', expected, advice);
}
