import type { EngineClient } from '../engine/client.ts';

/** What the page asks of the engine: the client's calls without its insides, so that tests can act it. */
export type Engine = Pick<
  EngineClient,
  | 'open'
  | 'close'
  | 'plan'
  | 'rows'
  | 'names'
  | 'energy'
  | 'matches'
  | 'conflicts'
  | 'closeUp'
  | 'patch'
  | 'changes'
  | 'survival'
  | 'survey'
  | 'surveyPart'
  | 'access'
  | 'cache'
  | 'device'
  | 'run'
  | 'publish'
  | 'leftovers'
  | 'removeLeftovers'
  | 'discard'
  | 'unfinishedIn'
  | 'freeName'
  | 'finished'
  | 'files'
  | 'zip'
  | 'removeFinished'
>;
