import { type Operations, ServiceError } from '../../../local/aws/operation.ts';
import { answer } from './answer.ts';
import type { FakeDeployment, State } from './state.ts';

/** What the steps ask of CodeDeploy, answered from the state. */
export function fakeCodeDeploy(state: () => State): Operations {
  const find = (id: unknown): FakeDeployment => {
    const found = state().deployments[String(id)];
    if (found === undefined) throw new ServiceError('DeploymentDoesNotExistException', `no ${String(id)}`);
    return found;
  };
  return {
    ListDeployments: answer(({ includeOnlyStatuses }) => ({
      deployments: Object.entries(state().deployments)
        .filter(([, { status }]) => includeOnlyStatuses === undefined || [includeOnlyStatuses].flat().includes(status))
        .map(([id]) => id),
    })),
    BatchGetDeployments: answer(({ deploymentIds }) => ({
      deploymentsInfo: [deploymentIds].flat().map((deploymentId) => ({
        deploymentId,
        description: find(deploymentId).description,
      })),
    })),
    CreateDeployment: answer((input) => {
      const deploymentId = `d-${Object.keys(state().deployments).length + 1}`;
      state().deployments[deploymentId] = { description: String(input['description']), status: 'Created' };
      return { deploymentId };
    }),
    GetDeployment: answer(({ deploymentId }) => {
      const { status, rollback } = find(deploymentId);
      return { deploymentInfo: { deploymentId, status, rollbackInfo: { rollbackDeploymentId: rollback } } };
    }),
    ContinueDeployment: answer(() => ({})),
    StopDeployment: answer(({ deploymentId }) => {
      find(deploymentId).status = 'Stopped';
      return { status: 'Succeeded' };
    }),
  };
}
