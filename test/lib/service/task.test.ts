import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { environmentConfig, environmentNamesAllowed } from '../../../lib/config/config.ts';
import { everyFile, template } from '../templates.ts';

describe.each(environmentNamesAllowed)('a task of %s', (name) => {
  const config = environmentConfig(name);
  const service = config.services['backstage'];
  const shape = template(config.name, 'backstage-shape');

  test('has as long to end as the configuration says, and a log that ends too', () => {
    shape.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ StopTimeout: service?.task.stopTimeoutSeconds })],
    });
    shape.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: `/understudy/${name}/backstage`,
      RetentionInDays: service?.logRetentionDays,
    });
  });

  test('runs with another role than the one that starts it', () => {
    const [definition] = Object.values(shape.findResources('AWS::ECS::TaskDefinition'));
    const roles = [definition?.['Properties'].ExecutionRoleArn, definition?.['Properties'].TaskRoleArn];
    expect(new Set(roles.map((role) => JSON.stringify(role))).size).toBe(2);
    expect(roles).not.toContain(undefined);
  });
});

test('every log has an end', () => {
  const endless = environmentNamesAllowed.flatMap((environment) =>
    everyFile(environment, '.template.json').flatMap(([stack, content]) =>
      Object.entries(Object(Object(content).Resources))
        .filter(([, resource]) => Object(resource).Type === 'AWS::Logs::LogGroup')
        .filter(([, resource]) => Object(resource).Properties?.RetentionInDays === undefined)
        .map(([id]) => `${stack}/${id}`),
    ),
  );
  expect(endless).toEqual([]);
});

// CDK's own, which makes the database's users, writes a line for each deploy to a log that Lambda makes.
test('every function of ours writes to a log of its own', () => {
  const silent = environmentNamesAllowed.flatMap((environment) =>
    everyFile(environment, '.template.json').flatMap(([stack, content]) =>
      Object.entries(Object(Object(content).Resources))
        .filter(([, resource]) => Object(resource).Type === 'AWS::Lambda::Function')
        .filter(([, resource]) => Object(resource).Properties?.LoggingConfig?.LogGroup === undefined)
        .map(([id]) => `${stack}/${id}`)
        .filter((id) => !id.includes('/AWSCDKTriggerCustomResourceProvider')),
    ),
  );
  expect(silent).toEqual([]);
});
