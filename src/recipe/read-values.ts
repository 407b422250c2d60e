/** Parameters by key, as a method has them. */
import { misfit, type ParamSchema, type ParamValue } from '../methods/params.ts';
import { complain, type Place, readObject } from './reader.ts';

/** Without a schema (the method is unknown) nothing can be said about values. */
export function readValues(place: Place, schema: ParamSchema | null): Record<string, ParamValue> {
  if (schema === null) return {};
  const fields = readObject(place, Object.keys(schema));
  const known = fields.keys().filter((key) => Object.hasOwn(schema, key));
  const pairs = known.map((key) => {
    const at = fields.at(key);
    const why = misfit(schema[key], at.value);
    return [key, why ? complain(at, why, schema[key].default) : (at.value as ParamValue)];
  });
  return Object.fromEntries(pairs);
}
