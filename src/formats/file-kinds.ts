import { adapterAdvice } from './adapter.ts';
import { FormatError, type FormatTag } from './error.ts';

type Kind = {
  readonly tag: FormatTag;
  readonly pattern: RegExp;
  readonly found: string;
  readonly advice: string;
};

const kinds: readonly Kind[] = [
  {
    tag: 'adapter',
    pattern: /^adapter_(config\.json|model[^/]*\.(safetensors|bin))$/,
    found: 'a LoRA adapter',
    advice: adapterAdvice,
  },
  {
    tag: 'pickle',
    pattern: /\.(bin|pt|pth|ckpt|pkl|pickle)$/i,
    found: 'a Python pickle, which can run code when it is opened',
    advice:
      'Convert it to safetensors: load it with transformers and call save_pretrained, or take the safetensors files of the same model.',
  },
  {
    tag: 'gguf',
    pattern: /\.(gguf|ggml)$/i,
    found: 'a GGUF file, made for running and mostly quantised',
    advice: 'Take the safetensors files of the same model.',
  },
  {
    tag: 'other-weights',
    pattern: /\.(onnx|onnx_data|h5|hdf5|keras|msgpack|tflite|npz|npy|mlmodel|pb)$/i,
    found: 'weights in another format',
    advice: 'Take the safetensors files of the same model, or convert it.',
  },
  {
    tag: 'archive',
    pattern: /\.(zip|tar|gz|tgz|xz|bz2|zst|7z|rar)$/i,
    found: 'an archive',
    advice: 'Unpack it first, and drop the folder.',
  },
];

/** What a Trainer leaves beside a checkpoint; nothing a merge needs and nothing to warn of. */
const leftovers =
  /^(training_args\.bin|optimizer\.(pt|bin)|scheduler\.(pt|bin)|scaler\.pt|rng_state[^/]*\.pth)$/;

/** The error for a file that cannot be used, or null when there is nothing to say about it. */
export function refuse(name: string, path: string): FormatError | null {
  if (leftovers.test(name)) return null;
  const kind = kinds.find(({ pattern }) => pattern.test(name));
  if (!kind) return null;
  const { tag, found, advice } = kind;
  return new FormatError(tag, { file: path, found, expected: 'a safetensors model', advice });
}
