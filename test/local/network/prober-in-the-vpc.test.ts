import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { send } from '../../../lambda/prober/send.ts';
import { AddressBook } from '../../../local/network/address-book.ts';
import { listen } from '../../../local/network/listening.ts';
import { VpcRouter } from '../../../local/network/vpc-router.ts';

test("the workflow's prober reaches a task at its private address, under the service's own name", async () => {
  const addresses = new AddressBook();
  const router = new VpcRouter(addresses);
  const task = createServer((request, response) => response.end(`${request.headers.host} ${request.url}`));
  addresses.add('10.0.1.4', 7007, await listen(task));
  process.env['HTTP_PROXY'] = await router.listen();
  try {
    const request = { method: 'GET', path: '/x?y', headers: { host: 'backstage.example' } };
    const answer = await send({ ip: '10.0.1.4', port: 7007, scheme: 'http' }, request, 2000);
    expect(answer).toMatchObject({ status: 200, body: 'backstage.example /x?y' });
    const nobody = await send({ ip: '10.0.1.5', port: 7007, scheme: 'http' }, request, 2000);
    expect(nobody).toMatchObject({ status: 502, body: 'nothing listens at 10.0.1.5:7007\n' });
  } finally {
    delete process.env['HTTP_PROXY'];
    await router.close();
    task.close();
  }
});
