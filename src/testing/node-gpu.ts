import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { create, globals } from 'webgpu';

type Holder = typeof globalThis & { amalgamGpu?: GPU };
const holder: Holder = globalThis;

/** glibc's RTLD_NODELETE: stay loaded, although Node gives up on a library that is no addon. */
const STAY = 0x1000;

/**
 * Chromium packages carry the Vulkan loader beside the driver, where the system does not look. Once it
 * is in the process, Dawn finds it by name.
 */
function loadVulkan(): void {
  const loader = join(dirname(process.env.VK_DRIVER_FILES ?? ''), 'libvulkan.so.1');
  if (!existsSync(loader)) return;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | STAY);
  } catch {
    // Always: it is no addon of Node.
  }
}

/** The first caller's flags of Dawn hold. Kept alive for good: Dawn crashes at exit when its GPU object is collected before a pending map. */
export function nodeGpu(flags: readonly string[] = []): GPU {
  if (!holder.amalgamGpu) {
    loadVulkan();
    Object.assign(globalThis, globals);
    holder.amalgamGpu = create([...flags]);
  }
  return holder.amalgamGpu;
}
