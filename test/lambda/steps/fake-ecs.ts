import type { Operations } from '../../../local/aws/operation.ts';
import { digestOf, uri } from '../domain/samples.ts';
import { answer } from './answer.ts';
import type { State } from './state.ts';

/** What the steps ask of ECS, answered from the state. */
export function fakeEcs(state: () => State): Operations {
  return {
    DescribeServices: answer(() => ({
      services: [
        {
          status: 'ACTIVE',
          taskSets: state().taskSets.map(({ targetGroup, ...set }) => ({
            ...set,
            loadBalancers: [{ targetGroupArn: targetGroup }],
          })),
        },
      ],
    })),
    DescribeTaskDefinition: answer(({ taskDefinition }) => {
      const { image, tags } = state().definitions[String(taskDefinition)] ?? {
        image: `${uri}@${digestOf('a')}`,
        tags: [],
      };
      const logConfiguration = { logDriver: 'awslogs', options: { 'awslogs-stream-prefix': 'trucks' } };
      return {
        taskDefinition: {
          taskDefinitionArn: taskDefinition,
          family: 'understudy-local-trucks',
          containerDefinitions: [{ name: 'trucks', image, command: ['bootstrap'], logConfiguration }],
        },
        tags,
      };
    }),
    ListTaskDefinitions: answer(() => ({ taskDefinitionArns: Object.keys(state().definitions).toReversed() })),
    RegisterTaskDefinition: answer((input) => {
      const arn = `understudy-local-trucks:${Object.keys(state().definitions).length + 3}`;
      const [container] = [input['containerDefinitions']].flat();
      state().definitions[arn] = { image: Object(container).image, tags: [input['tags']].flat().map(Object) };
      return { taskDefinition: { taskDefinitionArn: arn } };
    }),
    RunTask: answer(({ clientToken, taskDefinition, startedBy }) => {
      const taskArn = `arn:aws:ecs:us-east-1:111111111111:task/understudy-local/${String(clientToken).slice(0, 8)}`;
      if (!state().tasks.some((task) => task.taskArn === taskArn)) {
        state().tasks.push({
          taskArn,
          taskDefinitionArn: String(taskDefinition),
          startedBy: String(startedBy),
          lastStatus: 'PENDING',
        });
      }
      return { tasks: [{ taskArn }] };
    }),
    DescribeTasks: answer(({ tasks }) => ({
      tasks: state()
        .tasks.filter((task) => [tasks].flat().includes(task.taskArn))
        .map(({ exitCode, ...task }) => ({
          ...task,
          containers: [{ name: 'trucks', ...(exitCode !== undefined && { exitCode }) }],
          attachments: [{ details: [{ name: 'privateIPv4Address', value: '10.0.1.99' }] }],
        })),
    })),
    StopTask: answer(({ task }) => {
      const found = state().tasks.find((each) => each.taskArn === task);
      if (found !== undefined) found.lastStatus = 'STOPPED';
      return {};
    }),
    ListTasks: answer(({ startedBy, serviceName, desiredStatus }) => ({
      taskArns: state()
        .tasks.filter((task) =>
          serviceName === undefined
            ? task.startedBy === startedBy && task.lastStatus !== 'STOPPED'
            : (task.lastStatus === 'STOPPED') === (desiredStatus === 'STOPPED'),
        )
        .map((task) => task.taskArn),
    })),
  };
}
