import { loadBalancerAddresses } from '../aws/ec2.ts';
import { targets } from '../aws/elb.ts';
import { type Probed, probe } from '../aws/prober.ts';
import { readSecret } from '../aws/secrets.ts';
import type { Colour, ProbeTarget } from '../domain/probe.ts';
import type { ShiftedRelease } from '../domain/release.ts';
import { isProbed } from '../domain/serving.ts';
import { environment } from './environment.ts';

/** Has the prober send all journeys to these targets. */
export async function probeAll(release: ShiftedRelease, of: readonly ProbeTarget[], rounds: number): Promise<Probed> {
  const { journeys, tokenSecret } = release.description.probe;
  return probe(environment('PROBER_FUNCTION'), {
    targets: [...of],
    journeys,
    rounds,
    ...(tokenSecret !== null && { token: await readSecret(tokenSecret) }),
  });
}

/** A colour's tasks at their private addresses: through a listener, nobody could tell whose answer a 502 is. */
export async function taskTargets(release: ShiftedRelease, colour: 'blue' | 'green'): Promise<ProbeTarget[]> {
  const group = colour === 'green' ? release.deployment.greenTargetGroup : release.blue.targetGroup;
  const { host } = release.description.loadBalancer;
  const found = await targets(group);
  return found.filter(isProbed).map(({ ip, port }) => ({ ip, port, scheme: 'http', host, colour }));
}

/** The way that users' requests take, through one of the load balancer's nodes. */
export async function listenerTarget(
  release: ShiftedRelease,
  listener: Extract<Colour, 'production' | 'test'>,
): Promise<ProbeTarget[]> {
  const { arn, host, scheme, productionPort, testPort } = release.description.loadBalancer;
  const [ip] = await loadBalancerAddresses(arn);
  if (ip === undefined) return [];
  return [{ ip, port: listener === 'production' ? productionPort : testPort, scheme, host, colour: listener }];
}
