// A dispatch is at most 65,535 workgroups wide; longer rows continue in y.

const THREADS = 64u;

fn workgroup_index(id: vec3u, counts: vec3u) -> u32 {
  return id.x + id.y * counts.x;
}
