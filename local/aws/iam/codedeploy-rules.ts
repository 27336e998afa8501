import { arn } from '../arn.ts';
import { get, type Input, text, texts } from './inputs.ts';
import { everywhere, on, type Rule } from './rule.ts';

const group = (application: unknown, name: unknown): string =>
  arn('codedeploy', `deploymentgroup:${text(application)}/${text(name)}`);
const application = (input: Input): string => arn('codedeploy', `application:${text(input['applicationName'])}`);

/** The resource of a deployment's permissions is its deployment group, which the request does not name. */
const onDeployments =
  (action: string, ids: (input: Input) => readonly string[]): Rule =>
  async (input, lookUp) => {
    const groups = await Promise.all(
      ids(input).map(async (deploymentId) => {
        const output = await lookUp('codedeploy', 'GetDeployment', { deploymentId });
        const of = (name: string): unknown => get(output, 'deploymentInfo', name);
        return group(of('applicationName'), of('deploymentGroupName'));
      }),
    );
    return on(action, groups);
  };

const onGroup =
  (action: string): Rule =>
  (input) =>
    on(action, [group(input['applicationName'], input['deploymentGroupName'])]);

/**
 * Beside `codedeploy:CreateDeployment` on the group, a deployment takes the configuration it is timed by and,
 * with a revision that is registered on the way, the application. Other alarms than the group's count as a change
 * of the group.
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html
 */
const createDeployment: Rule = async (input, lookUp) => [
  ...on('codedeploy:CreateDeployment', [group(input['applicationName'], input['deploymentGroupName'])]),
  ...(input['overrideAlarmConfiguration'] === undefined
    ? []
    : on('codedeploy:UpdateDeploymentGroup', [group(input['applicationName'], input['deploymentGroupName'])])),
  ...on('codedeploy:GetDeploymentConfig', [
    arn('codedeploy', `deploymentconfig:${text(input['deploymentConfigName'] ?? (await groupsConfig(input, lookUp)))}`),
  ]),
  ...on('codedeploy:GetApplicationRevision', [application(input)]),
  ...on('codedeploy:RegisterApplicationRevision', [application(input)]),
];

async function groupsConfig(input: Input, lookUp: Parameters<Rule>[1]): Promise<unknown> {
  const { applicationName, deploymentGroupName } = input;
  const output = await lookUp('codedeploy', 'GetDeploymentGroup', { applicationName, deploymentGroupName });
  return get(output, 'deploymentGroupInfo', 'deploymentConfigName');
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html */
export const codeDeployRules: Readonly<Record<string, Rule>> = {
  'codedeploy:CreateDeployment': createDeployment,
  'codedeploy:GetDeployment': onDeployments('codedeploy:GetDeployment', (input) => [text(input['deploymentId'])]),
  'codedeploy:BatchGetDeployments': onDeployments('codedeploy:BatchGetDeployments', (input) =>
    texts(input['deploymentIds']),
  ),
  'codedeploy:ListDeployments': onGroup('codedeploy:ListDeployments'),
  'codedeploy:GetDeploymentGroup': onGroup('codedeploy:GetDeploymentGroup'),
  'codedeploy:GetDeploymentConfig': (input) =>
    on('codedeploy:GetDeploymentConfig', [
      arn('codedeploy', `deploymentconfig:${text(input['deploymentConfigName'])}`),
    ]),
  'codedeploy:ContinueDeployment': everywhere('codedeploy:ContinueDeployment'),
  'codedeploy:StopDeployment': everywhere('codedeploy:StopDeployment'),
  'codedeploy:GetDeploymentTarget': everywhere('codedeploy:GetDeploymentTarget'),
  'codedeploy:BatchGetDeploymentTargets': everywhere('codedeploy:BatchGetDeploymentTargets'),
  'codedeploy:ListDeploymentTargets': everywhere('codedeploy:ListDeploymentTargets'),
};
