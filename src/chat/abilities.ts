/** What this browser has of what llama.cpp needs. */

/** A browser as far as it matters here; `globalThis` is one. */
export type Browser = {
  readonly WebAssembly: {
    readonly Suspending?: unknown;
    readonly Memory: new (descriptor: never) => unknown;
  };
  readonly navigator: { readonly gpu?: Pick<GPU, 'requestAdapter'> };
};

export type Processor = {
  readonly kind: 'gpu' | 'cpu';
  /** The GPU's name, where there is one. */
  readonly adapter: string | null;
  /** Why not the GPU. */
  readonly why: string | null;
};

export const tooOld =
  'This browser cannot run llama.cpp: it lacks WebAssembly memories beyond 4 GB (memory64)';
export const whichBrowsers =
  'Chrome and Edge have it from version 133, Firefox from 134, Safari from 27.3.';

export function hasMemory64({ WebAssembly }: Browser): boolean {
  try {
    return Boolean(new WebAssembly.Memory({ address: 'i64', initial: 1n } as never));
  } catch {
    return false;
  }
}

/** Which processor a model would run on. The package falls back to the CPU without a word: asked here, the page can say why. */
export async function bestProcessor(
  { WebAssembly, navigator }: Browser,
  mayUseGpu: boolean,
): Promise<Processor> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  const name = adapter ? adapterName(adapter.info) : null;
  const cpu = (why: string): Processor => ({ kind: 'cpu', adapter: name, why });
  if (!mayUseGpu) return cpu('the CPU is chosen for this page');
  if (!adapter) return cpu('this browser gives no GPU (WebGPU)');
  if (!('Suspending' in WebAssembly)) {
    return cpu('this browser lacks JSPI, which Chrome and Edge have from 137, Firefox from 153');
  }
  if (isEmulated(adapter.info)) return cpu('the GPU is emulated, which is slower than the CPU');
  if (!adapter.features.has('shader-f16')) {
    return cpu(
      'the GPU does not offer 16-bit floats (shader-f16) to this browser, as with Chrome on Linux and NVIDIA',
    );
  }
  return { kind: 'gpu', adapter: name, why: null };
}

function adapterName({ description, vendor, architecture }: GPUAdapterInfo): string {
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed';
}

function isEmulated(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(adapterName(info));
}
