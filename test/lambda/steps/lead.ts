import type { Release } from '../../../lambda/domain/release.ts';
import { handler as open } from '../../../lambda/steps/open.ts';
import { handler as register } from '../../../lambda/steps/register.ts';
import { handler as shift } from '../../../lambda/steps/shift.ts';
import { groups, request } from '../domain/samples.ts';
import type { World } from './world.ts';

/** A release that holds the lock and has its revision. */
export async function leadToRegistered(world: World, change: object = {}): Promise<Release> {
  return world.run(register, await world.run(open, { ...request, ...change }));
}

/** A release whose deployment waits on the test listener, with one healthy task of each colour. */
export async function leadToReady(world: World, change: object = {}): Promise<Release> {
  const release = await world.run(shift, await leadToRegistered(world, change), 10);
  setStatus(world, 'Ready');
  world.state.targets = { [groups.a]: ['healthy'], [groups.b]: ['healthy'] };
  return release;
}

export function setStatus(world: World, status: 'InProgress' | 'Ready' | 'Succeeded' | 'Stopped' | 'Failed'): void {
  const deployment = world.state.deployments['d-1'];
  if (deployment === undefined) throw new Error('There is no deployment yet.');
  deployment.status = status;
}
