import { compileShader } from '../wgsl/compile.ts';

/** The bindings of shaders that are run in both ways. */
export const BINDINGS = `
@group(0) @binding(0) var<storage, read> source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> tally: array<atomic<u32>>;
`;

export type Job = {
  readonly source: Uint32Array<ArrayBuffer>;
  /** Words of the other two. */
  readonly resultLength: number;
  readonly tallyLength: number;
  readonly workgroups: number;
};

export type Results = { readonly result: Uint32Array; readonly tally: Uint32Array };

/** What the shader writes when it is compiled to WebAssembly. */
export function runOnCpu(
  code: string,
  { source, resultLength, tallyLength, workgroups }: Job,
): Results {
  const { bytes } = compileShader(code, { overrides: {} });
  const length = source.length + resultLength + tallyLength;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * length) / 65536) });
  const { main } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
    .exports as { readonly main: (...given: readonly number[]) => void };
  const words = new Uint32Array(memory.buffer);
  words.set(source);
  const tallyAt = source.length + resultLength;
  main(0, 4 * source.length, 4 * tallyAt, 0, workgroups, 0);
  return {
    result: words.slice(source.length, tallyAt),
    tally: words.slice(tallyAt, tallyAt + tallyLength),
  };
}

/** What it writes when a graphics chip, or what stands in for one, runs it. */
export async function runOnGpu(device: GPUDevice, code: string, job: Job): Promise<Results> {
  const types: readonly GPUBufferBindingType[] = ['read-only-storage', 'storage', 'storage'];
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const pipeline = await device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code }) },
  });
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const sizes = [job.source.byteLength, 4 * job.resultLength, 4 * job.tallyLength];
  const buffers = sizes.map((size) =>
    device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST }),
  );
  const back = device.createBuffer({ size: sizes[1] + sizes[2], usage: COPY_DST | MAP_READ });
  device.queue.writeBuffer(buffers[0], 0, job.source);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(job.workgroups);
  pass.end();
  encoder.copyBufferToBuffer(buffers[1], 0, back, 0, sizes[1]);
  encoder.copyBufferToBuffer(buffers[2], 0, back, sizes[1], sizes[2]);
  device.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  const words = new Uint32Array(back.getMappedRange().slice(0));
  for (const buffer of [...buffers, back]) buffer.destroy();
  return { result: words.slice(0, job.resultLength), tally: words.slice(job.resultLength) };
}
