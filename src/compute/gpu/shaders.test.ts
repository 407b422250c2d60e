import { expect, test } from 'vitest';
import { create, globals } from 'webgpu';
import { explain, link } from './link.ts';

Object.assign(globalThis, globals);
const gpu = create(['backend=null']);

test.each([
  'map:methods/linear',
  'map:methods/ties',
  'map:methods/slerp',
  'map:methods/task-arithmetic',
  'map:methods/dare-ties',
  'map:methods/dare-linear',
  'map:methods/magnitude-prune',
  'sample',
  'select',
  'reduce',
])('%s', async (name) => {
  const device = await (await gpu.requestAdapter())!.requestDevice();
  const [s, f] = name.split(':');
  const linked = link(s, f);
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: linked.code });
  const info = await module.getCompilationInfo();
  await device.popErrorScope();
  expect(info.messages.map((m) => explain(linked, m))).toEqual([]);
});
