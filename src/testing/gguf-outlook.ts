import type { GgufOutlook } from '../engine/protocol.ts';

/** What the GGUF of a small model would be, as the engine tells it. */
export const ggufOutlook: GgufOutlook = {
  architecture: 'llama',
  isEncoder: false,
  tensors: 38,
  sizes: [
    { type: 'F16', bytes: 20, name: 'm-F16.gguf' },
    { type: 'Q8_0', bytes: 10, name: 'm-Q8_0.gguf' },
  ],
  keptInF16: 0,
  remarks: [],
};
