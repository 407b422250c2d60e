import { elementCount } from '../../formats/model.ts';
import type { NamedTensor, Tensors } from './tensors.ts';

/** Names that differ in their numbers only: the same tensor of every layer, of every expert. */
export type Template = {
  /** Parts between dots, numbers as `#`. */
  readonly parts: readonly string[];
  /** The numbers in the first name. */
  readonly numbers: readonly string[];
  readonly first: NamedTensor;
  readonly names: readonly string[];
  readonly elements: number;
};

/** A component in front of a name is a part of its own, and keeps its slash: "unet/", "conv_in", "weight". */
function partsOf(name: string): readonly string[] {
  return name.replaceAll('/', '/.').split('.');
}

export function nameOfParts(parts: readonly string[]): string {
  return parts.join('.').replaceAll('/.', '/');
}

const isNumber = (part: string) => /^\d+$/.test(part);

/** Tensors by template, in order of first appearance. */
export function templatesOf(tensors: Tensors, names: Iterable<string>): readonly Template[] {
  const found = new Map<string, Template & { names: string[]; elements: number }>();
  for (const name of names) {
    const tensor = tensors.get(name);
    if (!tensor) continue;
    const split = partsOf(name);
    const parts = split.map((part) => (isNumber(part) ? '#' : part));
    const key = nameOfParts(parts);
    const known = found.get(key);
    if (known) {
      known.names.push(name);
      known.elements += elementCount(tensor.shape);
    } else {
      const numbers = split.filter(isNumber);
      const elements = elementCount(tensor.shape);
      found.set(key, { parts, numbers, first: tensor, names: [name], elements });
    }
  }
  return [...found.values()];
}

/** The name that a template has for these numbers. */
export function nameFor({ parts }: Pick<Template, 'parts'>, numbers: readonly string[]): string {
  let next = 0;
  return nameOfParts(parts.map((part) => (part === '#' ? numbers[next++] : part)));
}
