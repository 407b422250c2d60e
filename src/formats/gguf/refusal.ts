import { FormatError } from '../error.ts';

/** Why a model does not go into a GGUF: what of which file, what was expected, and what to do. */
export type Refused = {
  readonly file: string;
  readonly tensor?: string;
  readonly found: string;
  readonly expected: string;
  readonly advice: string;
};

export function refusal(refused: Refused): FormatError {
  return new FormatError('not-for-gguf', refused);
}

/** What to do where this page cannot write a GGUF. */
export const elsewhere =
  'Save the merge as safetensors; llama.cpp’s convert_hf_to_gguf.py knows more models than this page.';
