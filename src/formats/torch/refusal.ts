import { FormatError, type FormatTag } from '../error.ts';

/** Makes the error for one file; with the name of a tensor where it is about one. */
export type Refusal = (
  tag: FormatTag,
  found: string,
  expected: string,
  advice?: string,
  tensor?: string,
) => FormatError;

export const again = 'The file is incomplete or damaged: download or save it again.';

/** Refusals that advise to save the file again as safetensors, unless they say something else. */
export function refusing(file: string): Refusal {
  const convertOrAsk = `${convert(file)}. Where Python refuses it, too, ask who made it for safetensors.`;
  return (tag, found, expected, advice = convertOrAsk, tensor) =>
    new FormatError(tag, {
      file,
      ...(tensor === undefined ? {} : { tensor: tensor.slice(0, longest) }),
      found,
      expected,
      advice,
    });
}

/**
 * How to save `file` as safetensors; `pick` is Python that takes the tensors out of what was loaded. With
 * `weights_only` Python refuses files that would run code, too.
 */
export function convert(file: string, pick = ''): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const target = `${name.replace(/\.[^.]*$/, '')}.safetensors`;
  return (
    'Nothing in it was run. Take a safetensors file of the same weights, or save this one again in Python: ' +
    'import torch; from safetensors.torch import save_file; ' +
    `tensors = torch.load(${quote(name)}, map_location="cpu", weights_only=True)${pick}; ` +
    `save_file({k: v.contiguous().clone() for k, v in tensors.items()}, ${quote(target)})`
  );
}

const longest = 100;

/** Text from a file, in quotes, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…` : text);
}
