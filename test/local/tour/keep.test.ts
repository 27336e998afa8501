import { expect, test } from '@jest/globals';
import { scenarios } from '../../../local/scenarios/scenarios.ts';
import { invitation } from '../../../local/tour/keep.ts';

test('whoever keeps a stage open is told its address, the command, and every image by its tag', () => {
  const text = invitation(
    {
      url: 'http://localhost:7007',
      service: 'backstage',
      environment: 'local',
      client: {
        region: 'us-east-1',
        endpoint: 'http://127.0.0.1:4567',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      },
    },
    scenarios,
  );
  expect(text).toContain('export AWS_ENDPOINT_URL=http://127.0.0.1:4567');
  expect(text).toContain('npm run release -- start backstage first --wait');
  expect(text).toContain('--repository-name understudy-local/backstage');
  for (const { name, title } of scenarios) expect(text).toMatch(new RegExp(`^  ${name} +${title}$`, 'm'));
});
