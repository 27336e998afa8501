import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Behaviour } from '../../local/simulation/behaviours.ts';
import { openVirtualStage, type VirtualStage } from '../../local/simulation/virtual-stage.ts';
import type { Execution } from '../../local/stepfunctions/execution.ts';
import { stageAssembly } from './stage-assembly.ts';

/** Permissions that no release on the stage needs, each with the reason why a role has it all the same. */
const unusedFor: readonly { readonly role: RegExp; readonly action: RegExp; readonly why: string }[] = [
  { role: /./, action: /^logs:(CreateLogStream|PutLogEvents)$/, why: 'Lambda itself writes the log of a function.' },
  {
    role: /Prober/,
    action: /^ec2:\w+(NetworkInterface|PrivateIpAddresses|Subnet)s?$/,
    why: 'Lambda itself attaches the function to the VPC.',
  },
  {
    role: /(StackPolicy|Storage)/,
    action: /^(cloudformation:SetStackPolicy|ec2:DescribeManagedPrefixLists)$/,
    why: 'CloudFormation calls it while a stack is deployed, and the stage has none.',
  },
  {
    role: /(Plan|Migrate|Mend)Role/,
    action: /^ecs:StopTask$/,
    why: 'A task that outlives its deadline is stopped; here all end.',
  },
  {
    role: /(Shift|Retreat)Role/,
    action: /^codedeploy:(ListDeployments|BatchGetDeployments)$/,
    why: 'Finds the deployment whose creation was answered to nobody; here no answer is lost.',
  },
  {
    role: /SnapshotRole/,
    action: /^rds:DeleteDBSnapshot$/,
    why: 'Deletes the snapshots of releases long past, of which there are none here.',
  },
  {
    role: /CloseRole/,
    action: /^(ecs:(RunTask|DescribeTasks|StopTask)|iam:PassRole)$/,
    why: 'Stops the tasks, and drops the copy, of a release that was cut short in the midst of its rehearsal.',
  },
];

let stage: VirtualStage;
let played = 0;

type More = { readonly policy?: 'hotfix'; readonly migrations?: Record<string, string[]> };

function begin(behaviour: Behaviour, more: More = {}): Execution {
  played += 1;
  const image = `v${played}`;
  stage.push(image, behaviour, more.migrations);
  return stage.start(`release-${played}`, {
    image,
    version: image,
    sequence: played,
    policy: more.policy ?? 'feature',
  });
}

function rollBack(): Execution {
  const { machines } = stage.cloud;
  const machine = machines.machines().find(({ name }) => name === 'understudy-local-rollback');
  return machines.start(machine?.arn ?? '', JSON.stringify({ service: 'backstage', reason: 'a test' }));
}

async function outcome(execution: Execution): Promise<string> {
  await stage.finish(execution);
  return JSON.parse(execution.output ?? 'null').outcome;
}

async function release(behaviour: Behaviour, more: More = {}): Promise<string> {
  const users = stage.users(() => false, 5);
  const result = await outcome(begin(behaviour, more));
  users.stop();
  return result;
}

/** Its second migration works on the copy, and not on the live database. */
async function failingMigration(): Promise<string> {
  const execution = begin('good', { migrations: { catalog: ['a.js', 'b.js', 'c.js', 'd.js'] } });
  while (stage.cloud.rds.snapshots().at(-1)?.status !== 'creating' && execution.status === 'RUNNING') {
    await stage.clock.advance(5000);
  }
  stage.database.teach({ 'd.js': { up: 'fails' } });
  return outcome(execution);
}

const outcomes: string[] = [];

beforeAll(async () => {
  stage = await openVirtualStage(stageAssembly(), { inProcess: true });
  outcomes.push(await release('good', { migrations: { catalog: ['a.js'] } }), await release('late'));
  // The alarms that the users of the last one set off are over by then.
  await stage.clock.advance(600_000);
  outcomes.push(await release('crash'));
  const holder = begin('good', { policy: 'hotfix' });
  await stage.clock.advance(90_000);
  outcomes.push(await release('good'), await outcome(holder));
  const cancelled = begin('good');
  await stage.clock.advance(30_000);
  outcomes.push(await outcome(rollBack()), await outcome(cancelled), await outcome(rollBack()));
  outcomes.push(await release('good', { migrations: { catalog: ['a.js', 'b.js'] } }), await failingMigration());
}, 120_000);

afterAll(async () => {
  await stage.close();
});

test('releases of all kinds are played', () => {
  expect(outcomes.slice(0, 5)).toEqual(['released', 'rolled-back', 'rolled-back', 'refused', 'released']);
  expect(outcomes.slice(5, 8)).toEqual(['unchanged', 'rolled-back', 'released']);
  expect(outcomes.slice(8)).toEqual(['released', 'rolled-back']);
});

describe('the roles of all functions', () => {
  test('allow every call that releases make', () => {
    expect(stage.cloud.authorizer.refused).toEqual([]);
  });

  test('allow nothing that no release needs, but for the reasons above', () => {
    const { authorizer, functions } = stage.cloud;
    const unused = functions.all().flatMap(({ role }) =>
      authorizer
        .unused(role)
        .filter((action) => !unusedFor.some((reason) => reason.role.test(role) && reason.action.test(action)))
        .map((action) => `${role} may ${action}`),
    );
    expect(unused).toEqual([]);
  });

  test('have all that the reasons above speak of', () => {
    const { authorizer, functions } = stage.cloud;
    const actions = functions.all().flatMap(({ role }) => authorizer.unused(role).map((action) => ({ role, action })));
    const idle = unusedFor.filter(
      (reason) => !actions.some(({ role, action }) => reason.role.test(role) && reason.action.test(action)),
    );
    expect(idle).toEqual([]);
  });

  test('are none that two functions share', () => {
    const steps = stage.cloud.functions.all().filter(({ name }) => name.startsWith('understudy-local-'));
    expect(new Set(steps.map(({ role }) => role)).size).toBe(steps.length);
  });
});
