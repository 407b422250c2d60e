/** Which nodes and effects of a graph the stores need, and how often each node is used. */

import { type Block, type Effect, type Graph, Node, type Slot } from './graph.ts';

type Owner = Extract<Effect, { kind: 'branch' | 'loop' }>;

export type Needs = {
  readonly nodes: ReadonlySet<Node>;
  readonly slots: ReadonlySet<Slot>;
  readonly effects: ReadonlySet<Effect>;
  /** Nodes that are used once, in their own block: computed where they are used. */
  isInline(node: Node): boolean;
};

export function findNeeds(graph: Graph): Needs {
  const owners = new Map<Block, Owner>();
  const effects: { readonly effect: Effect; readonly block: Block }[] = [];
  const walk = (block: Block): void => {
    for (const effect of block.items) {
      if (effect instanceof Node) continue;
      effects.push({ effect, block });
      for (const inner of blocksOf(effect)) {
        if (effect.kind === 'branch' || effect.kind === 'loop') owners.set(inner, effect);
        walk(inner);
      }
    }
  };
  walk(graph.root);

  /** Who sets a slot, with the block that it stands in. */
  const setters = new Map<Slot, { readonly value: Node; readonly block: Block }[]>();
  const add = (slot: Slot, value: Node, block: Block) =>
    setters.set(slot, [...(setters.get(slot) ?? []), { value, block }]);
  for (const { effect, block } of effects) {
    if (effect.kind === 'set') add(effect.slot, effect.value, block);
    if (effect.kind === 'loop')
      for (const one of effect.next) add(one.slot, one.value, effect.body);
  }

  const nodes = new Set<Node>();
  const slots = new Set<Slot>();
  const needed = new Set<Effect>();
  const waiting: Node[] = [];
  const needBlock = (block: Block): void => {
    for (let at: Block | null = block; at; at = at.parent) {
      const owner = owners.get(at);
      if (!owner || needed.has(owner)) continue;
      needed.add(owner);
      if (owner.kind === 'branch') waiting.push(owner.condition);
      else waiting.push(owner.enters, owner.again);
    }
  };
  for (const { effect, block } of effects) {
    if (effect.kind !== 'store' && effect.kind !== 'update') continue;
    needed.add(effect);
    waiting.push(effect.address, effect.value);
    needBlock(block);
  }
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (nodes.has(node)) continue;
    nodes.add(node);
    waiting.push(...node.args);
    if (!node.slot || slots.has(node.slot)) continue;
    slots.add(node.slot);
    for (const { value, block } of setters.get(node.slot) ?? []) {
      waiting.push(value);
      needBlock(block);
    }
  }
  for (const { effect } of effects) {
    if (effect.kind === 'set' && slots.has(effect.slot)) needed.add(effect);
  }

  const uses = new Map<Node, number>();
  const spread = new Set<Node>();
  const use = (node: Node, block: Block): void => {
    uses.set(node, (uses.get(node) ?? 0) + 1);
    if (node.block !== block) spread.add(node);
  };
  for (const node of nodes) for (const arg of node.args) use(arg, node.block);
  for (const { effect, block } of effects) {
    if (!needed.has(effect)) continue;
    switch (effect.kind) {
      case 'update':
      case 'store':
        use(effect.address, block);
        // An update loads and stores.
        if (effect.kind === 'update') use(effect.address, block);
        use(effect.value, block);
        break;
      case 'set':
        use(effect.value, block);
        break;
      case 'branch':
        use(effect.condition, block);
        break;
      case 'loop':
        use(effect.enters, block);
        use(effect.again, effect.body);
        for (const { slot, value } of effect.next) if (slots.has(slot)) use(value, effect.body);
    }
  }
  const isInline = (node: Node) => uses.get(node) === 1 && !spread.has(node);
  return { nodes, slots, effects: needed, isInline };
}

function blocksOf(effect: Effect): readonly Block[] {
  if (effect.kind === 'branch') return [effect.yes, effect.no];
  return effect.kind === 'loop' ? [effect.before, effect.body] : [];
}
