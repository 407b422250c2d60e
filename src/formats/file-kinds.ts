/** Files that are known by their names and are not what a merge reads. */
import { FormatError, type FormatTag } from './error.ts';

type Kind = {
  readonly tag: FormatTag;
  readonly pattern: RegExp;
  readonly found: string;
  readonly advice: string;
  /** Why it is not copied into an output. */
  readonly reason: string;
};

/** What a training run leaves beside a checkpoint; nothing a merge needs and nothing to warn of. */
export const leftByTraining =
  /^(?:training_args\.bin|optimizer\.(?:pt|bin)|scheduler\.(?:pt|bin)|scaler\.pt|rng_state[^/]*\.pth|trainer_state\.json)$|^events\.out\.tfevents/;

const pickle = /\.(?:bin|pt|pth|ckpt|pkl|pickle)$/i;

export const isPickle = (name: string): boolean => pickle.test(name);

export const kinds: readonly Kind[] = [
  {
    tag: 'pickle',
    pattern: pickle,
    found: 'a Python pickle, which can run code when it is opened',
    advice:
      'Convert it to safetensors: load it with transformers and call save_pretrained, or take the safetensors files of the same model.',
    reason: 'weights as a Python pickle, which can run code when it is opened',
  },
  {
    tag: 'gguf',
    pattern: /\.(?:gguf|ggml)$/i,
    found: 'a GGUF file, made for running and mostly quantised',
    advice: 'Take the safetensors files of the same model.',
    reason: 'weights as GGUF',
  },
  {
    tag: 'other-weights',
    pattern:
      /\.(?:onnx|onnx_data|h5|hdf5|keras|msgpack|tflite|litertlm|task|npz|npy|mlmodel|pb|ot|nemo|engine)$|^openvino_[^/]*\.xml$/i,
    found: 'weights in another format',
    advice: 'Take the safetensors files of the same model, or convert it.',
    reason: 'weights in another format',
  },
  {
    tag: 'unfinished',
    pattern: /\.(?:crdownload|opdownload|download|part|partial|incomplete|aria2|tmp)$/i,
    found: 'a download that did not finish',
    advice: 'Let the download finish, or download the file again.',
    reason: 'a download that did not finish',
  },
  {
    tag: 'archive',
    pattern: /\.(?:zip|tar|gz|tgz|xz|bz2|zst|7z|rar)$/i,
    found: 'an archive',
    advice: 'Unpack it first, and drop the folder.',
    reason: 'an archive',
  },
  {
    tag: 'misnamed',
    pattern: /\.safetensors[ ._~-](?!index(?:\.[\w-]+)?\.json$).*$/i,
    found: 'a name that goes on after .safetensors',
    advice: 'If these are weights, rename the file so that its name ends in .safetensors.',
    reason: 'a name that goes on after .safetensors',
  },
];

/** The error for a file that cannot be used, or null when there is nothing to say about it. */
export function refuse(name: string, path: string): FormatError | null {
  if (leftByTraining.test(name)) return null;
  const kind = kinds.find(({ pattern }) => pattern.test(name));
  if (!kind) return null;
  const { tag, found, advice } = kind;
  return new FormatError(tag, { file: path, found, expected: 'a safetensors model', advice });
}
