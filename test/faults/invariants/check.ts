import type { Facts } from '../facts.ts';
import { invariantsOfTheStage } from './invariants.ts';
import { invariantsOfTheLedger } from './ledger.ts';
import { invariantsOfTheSchema } from './schema.ts';
import { invariantsOfWaiting } from './waiting.ts';

export const invariants = {
  ...invariantsOfTheStage,
  ...invariantsOfTheLedger,
  ...invariantsOfTheSchema,
  ...invariantsOfWaiting,
};

export interface Violation {
  readonly invariant: string;
  readonly text: string;
}

export function violations(facts: Facts): Violation[] {
  return Object.entries(invariants).flatMap(([invariant, check]) => check(facts).map((text) => ({ invariant, text })));
}
