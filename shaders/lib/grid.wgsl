// A dispatch is at most 65,535 workgroups wide; longer rows continue in y.

override THREADS: u32 = 64u;

// A workgroup that measures goes over a slab: so many quads for each thread, side by side in every turn.
// No thread waits for another; what each has found is added up by the CPU.
override SLAB_TURNS: u32 = 32u;

// Whether a dispatch may reach beyond its block. The compiled shaders are asked for no more than there is.
override GUARDED: u32 = 1u;

fn workgroup_index(id: vec3u, counts: vec3u) -> u32 {
  return id.x + id.y * counts.x;
}

fn slab_count(quads: u32) -> u32 {
  return (quads + SLAB_TURNS * THREADS - 1u) / (SLAB_TURNS * THREADS);
}
