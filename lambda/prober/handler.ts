import { type ProbeReport, probeRequestSchema } from '../domain/probe.ts';
import { probe } from './probe.ts';
import { send } from './send.ts';

/** The one function in the VPC: it sends the requests it is told to send, and calls no AWS API. */
export async function handler(event: unknown): Promise<ProbeReport> {
  return probe(probeRequestSchema.parse(event), send);
}
