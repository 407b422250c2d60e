import { Pipelines } from '../compute/gpu/pipelines.ts';

type Bytes = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Runs a shader once on bindings 0 to 2; gives `made` bytes of binding 3, and the first word of binding 4. */
export async function dispatchOnGpu(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  given: readonly [job: Bytes, planes: Bytes, parameters: Bytes],
  sizes: { readonly made: number; readonly workgroups: number; readonly layers: number },
) {
  const { made, workgroups, layers } = sizes;
  const { UNIFORM, STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const buffer = (size: number, usage: number) => device.createBuffer({ size, usage });
  const buffers = [
    ...given.map(({ byteLength }, k) =>
      buffer(Math.ceil(byteLength / 16) * 16, (k === 0 ? UNIFORM : STORAGE) | COPY_DST),
    ),
    buffer(made, STORAGE | COPY_SRC),
    buffer(4, STORAGE | COPY_SRC),
    buffer(16, STORAGE),
  ];
  const back = buffer(made + 4, COPY_DST | MAP_READ);
  given.forEach((bytes, k) => {
    device.queue.writeBuffer(buffers[k], 0, bytes);
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = buffers.map((one, binding) => ({ binding, resource: { buffer: one } }));
  const { layout } = Pipelines.of(device);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(workgroups, 1, layers);
  pass.end();
  encoder.copyBufferToBuffer(buffers[3], 0, back, 0, made);
  encoder.copyBufferToBuffer(buffers[4], 0, back, made, 4);
  device.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  const bytes = back.getMappedRange().slice(0);
  for (const one of [...buffers, back]) one.destroy();
  return { output: bytes.slice(0, made), met: new Uint32Array(bytes, made)[0] };
}
