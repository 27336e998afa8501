import { z } from 'zod';

/** CloudFormation gives numbers and truth values as strings, too. */
const integer = z.coerce.number().int();
const truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const strings = z.array(z.string());
const protocol = z.enum(['tcp', 'udp']);

const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  command: strings.optional(),
  entryPoint: strings.optional(),
  essential: truth.default(true),
  workingDirectory: z.string().optional(),
  user: z.string().optional(),
  readonlyRootFilesystem: truth.optional(),
  stopTimeout: integer.optional(),
  portMappings: z
    .array(z.object({ containerPort: integer, hostPort: integer.optional(), protocol: protocol.default('tcp') }))
    .default([]),
  environment: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })).default([]),
  linuxParameters: z.object({ initProcessEnabled: truth.optional() }).optional(),
  mountPoints: z
    .array(z.object({ sourceVolume: z.string(), containerPath: z.string(), readOnly: truth.optional() }))
    .default([]),
  logConfiguration: z
    .object({ logDriver: z.literal('awslogs'), options: z.record(z.string(), z.string()).default({}) })
    .optional(),
});

/** What of a task definition the stage keeps, and gives to whom describes it. */
export const taskDefinitionSchema = z.object({
  family: z.string().optional(),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  networkMode: z.literal('awsvpc'),
  requiresCompatibilities: z.array(z.literal('FARGATE')).default(['FARGATE']),
  runtimePlatform: z
    .object({
      cpuArchitecture: z.enum(['ARM64', 'X86_64']).optional(),
      operatingSystemFamily: z.literal('LINUX').optional(),
    })
    .optional(),
  executionRoleArn: z.string().optional(),
  taskRoleArn: z.string().optional(),
  containerDefinitions: z.array(containerSchema),
  volumes: z.array(z.object({ name: z.string() })).default([]),
});

/** The stage knows one kind of service: Fargate behind one target group, released by CodeDeploy. */
export const serviceSchema = z.object({
  serviceName: z.string().optional(),
  cluster: z.string(),
  taskDefinition: z.string(),
  desiredCount: integer.default(1),
  deploymentController: z.object({ type: z.literal('CODE_DEPLOY') }),
  launchType: z.literal('FARGATE'),
  platformVersion: z.string().default('LATEST'),
  role: z.string().optional(),
  healthCheckGracePeriodSeconds: integer.default(0),
  loadBalancers: z.tuple([z.object({ containerName: z.string(), containerPort: integer, targetGroupArn: z.string() })]),
  networkConfiguration: z.object({
    awsvpcConfiguration: z.object({
      subnets: strings,
      securityGroups: strings.default([]),
      assignPublicIp: z.enum(['ENABLED', 'DISABLED']).default('DISABLED'),
    }),
  }),
});
