/** The yardstick: words of 16 bytes from one buffer to another, nothing computed. */
import { median, type PassTimes } from './pass-times.ts';

const THREADS = 256;
/** Words that each thread copies, so that several loads are under way at once. */
const EACH = 4;

const code = `
@group(0) @binding(0) var<storage, read> source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> copy: array<vec4u>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let at = workgroup.x * ${THREADS * EACH}u + thread;
  for (var turn = 0u; turn < ${EACH}u; turn++) {
    copy[at + turn * ${THREADS}u] = source[at + turn * ${THREADS}u];
  }
}`;

/** Bytes read and written per second. */
export async function copySpeed(
  device: GPUDevice,
  times: PassTimes,
  bytes: number,
  repeats: number,
): Promise<number> {
  const { STORAGE, COPY_DST } = GPUBufferUsage;
  const [from, to] = [0, 1].map(() =>
    device.createBuffer({ size: bytes, usage: STORAGE | COPY_DST }),
  );
  const noise = new Uint32Array(2 ** 20).map((_, i) => Math.imul(i, 0x9e3779b1));
  for (let at = 0; at < bytes; at += noise.byteLength) {
    device.queue.writeBuffer(from, at, noise, 0, Math.min(noise.length, (bytes - at) / 4));
  }
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module },
    label: 'copy',
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [from, to].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  times.forget();
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(bytes / (16 * THREADS * EACH));
    pass.end();
    device.queue.submit([encoder.finish()]);
  }
  const taken = await times.take();
  for (const buffer of [from, to]) buffer.destroy();
  // The first touches memory that was never written.
  return (2 * bytes) / median(taken.slice(1).map(({ seconds }) => seconds));
}
