import { pythonRegExp } from './python-regexp.ts';

/** The fields of PEFT's config that choose modules. */
type Choice = Readonly<Record<string, unknown>>;

/**
 * Whether PEFT would give a module factors: target_modules as a list of names, or of their ends, or as a regular
 * expression; minus exclude_modules; with layers_to_transform only in those layers. Source: PEFT 0.21,
 * `check_target_module_exists`.
 */
export function targeting(config: Choice, file: string): (module: string) => boolean {
  const isTarget = chosenBy(config.target_modules, file);
  const isExcluded = chosenBy(config.exclude_modules, file);
  const isLayer = inLayers(config, file);
  const byList = Array.isArray(config.target_modules);
  return (module) => {
    if (isExcluded?.(module)) return false;
    if (!isTarget) return true;
    return isTarget(module) && (!byList || isLayer(module));
  };
}

function chosenBy(choice: unknown, file: string): ((module: string) => boolean) | null {
  if (typeof choice === 'string' && choice !== 'all-linear' && choice !== '') {
    const pattern = pythonRegExp(choice, file);
    return (module) => pattern.test(module);
  }
  if (!Array.isArray(choice) || choice.length === 0) return null;
  const names = choice.filter((name): name is string => typeof name === 'string');
  return (module) => names.some((name) => module === name || module.endsWith(`.${name}`));
}

function inLayers(config: Choice, file: string): (module: string) => boolean {
  const given = config.layers_to_transform;
  const layers = (Array.isArray(given) ? given : [given]).filter(Number.isInteger);
  if (layers.length === 0) return () => true;
  const names = config.layers_pattern;
  const before = (Array.isArray(names) ? names : [names]).filter((name) => name);
  const patterns =
    before.length === 0
      ? [pythonRegExp('.*?\\.[^.]*\\.(?<layer>\\d+)\\..*', file)]
      : before.map((name) =>
          pythonRegExp(`(?:|.*?\\.)(?:${name})\\.(?<layer>\\d+)\\..*`, file, String(name)),
        );
  return (module) => {
    const match = patterns.map((pattern) => pattern.exec(module)).find((each) => each !== null);
    return match !== undefined && layers.includes(Number(match?.groups?.layer));
  };
}
