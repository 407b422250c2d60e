/**
 * Models that consist of components, each in a folder of its own, and the files that name them:
 * `modules.json` and `router_config.json` of sentence-transformers, `model_index.json` of diffusers.
 */

import { FormatError } from './error.ts';
import { aboutLinks } from './links.ts';

export const markerPattern = /(?:^|\/)(?:modules|router_config|model_index)\.json$/;

/** Whether weights beside the marker belong to the model. A pipeline has none: they are copies of it. */
export const hasOwnWeights = (marker: string): boolean => !marker.endsWith('model_index.json');

/**
 * For a marker that says nothing, or names parts of which there is no file among `paths`; null when all is well.
 * Modules of sentence-transformers may have no files: a normalisation has nothing to keep.
 */
export function refuseMarker(
  marker: string,
  text: string,
  paths: readonly string[],
): FormatError | null {
  const json = parse(text);
  if (json !== null) {
    const root = marker.slice(0, marker.lastIndexOf('/') + 1);
    const parts = marker.endsWith('model_index.json') ? pipelineParts(json) : [];
    const gone = parts.filter((part) => !paths.some((path) => path.startsWith(`${root}${part}/`)));
    if (gone.length === 0) return null;
    return new FormatError('missing-part', {
      file: marker,
      found: `no files in ${gone.map((part) => `${part}/`).join(', ')}`,
      expected: 'all parts that it names',
      advice: `The output goes without them, and its library may refuse it. Add the folders. ${aboutLinks}`,
    });
  }
  return new FormatError('bad-index', {
    file: marker,
    found: text.trim() === '' ? 'an empty file' : 'text that is no JSON',
    expected: 'a list of the parts of the model',
    advice:
      'What lies in its folders is taken for models of their own. Take this file again from where the model came from.',
  });
}

/** Folders that a marker names, as paths below its own; none where the text says nothing usable. */
export function componentsIn(marker: string, text: string): readonly string[] {
  const json = parse(text);
  const paths = marker.endsWith('modules.json')
    ? modulePaths(json)
    : marker.endsWith('router_config.json')
      ? Object.keys(asObject(asObject(json)['types']))
      : pipelineParts(json);
  return paths.filter((path) => path !== '' && isBelow(path));
}

function modulePaths(json: unknown): readonly string[] {
  const modules = Array.isArray(json) ? json : [];
  return modules.flatMap((module: unknown) => {
    const { path } = asObject(module);
    return typeof path === 'string' ? [path.replace(/\/+$/, '')] : [];
  });
}

/** `"unet": ["diffusers", "UNet2DConditionModel"]`; a part that is not there is `[null, null]`. */
function pipelineParts(json: unknown): readonly string[] {
  return Object.entries(asObject(json)).flatMap(([name, value]) =>
    Array.isArray(value) && value.length === 2 && typeof value[1] === 'string' ? [name] : [],
  );
}

/** No way out of the folder. */
const isBelow = (path: string) =>
  !/[\\:\0]|^\//.test(path) &&
  !path.split('/').some((part) => part === '' || /^\.{1,2}$/.test(part));

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
