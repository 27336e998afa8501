import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import { PROBE_NAMESPACE, probeEntity } from '../src/probe/entity';
import { probe } from '../src/probe/probe';
import { ProbeChannel } from '../src/probe/probeChannel';

const logger: LoggerService = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };
const never = () => new Promise<never>(() => {});

/** A catalog in memory: what is added is stored, processed here or elsewhere, and readable. */
class FakeCatalog {
  readonly channel = new ProbeChannel();
  readonly stored = new Map<string, Entity>();
  written = 0;
  takenElsewhere = 0;
  processes = true;
  readable = true;
  add: ((entity: Entity) => Promise<void>) | undefined;

  constructor() {
    this.channel.connect({
      add: async (entity) => {
        this.written += 1;
        await this.add?.(entity);
        this.stored.set(entity.metadata.name, entity);
        if (this.processes && this.written > this.takenElsewhere) this.channel.markProcessed(entity.metadata.name);
      },
      remove: async (refs) => {
        for (const ref of refs) this.stored.delete(ref.split('/')[1] ?? '');
      },
    });
  }

  run(deadlineMs = 400) {
    const reader = {
      isReadable: async (name: string) => this.readable && this.stored.has(name),
      allProbes: async () => [...this.stored.values()],
    };
    return probe({ channel: this.channel, reader, logger, deadlineMs });
  }
}

it('passes when this task processes what it wrote, and leaves nothing behind', async () => {
  const catalog = new FakeCatalog();
  expect(await catalog.run()).toMatchObject({ ok: true, written: 1 });
  expect(catalog.stored.size).toBe(0);
});

it('writes again when another task took the entity', async () => {
  const catalog = new FakeCatalog();
  catalog.takenElsewhere = 1;
  expect(await catalog.run(2_000)).toMatchObject({ ok: true, written: 2 });
  expect(catalog.stored.size).toBe(0);
});

it('fails at "process" when this task processes nothing', async () => {
  const catalog = new FakeCatalog();
  catalog.processes = false;
  expect(await catalog.run()).toMatchObject({ ok: false, stage: 'process' });
  expect(catalog.stored.size).toBe(0);
});

it('fails at "read" when the entity never comes out', async () => {
  const catalog = new FakeCatalog();
  catalog.readable = false;
  expect(await catalog.run()).toMatchObject({ ok: false, stage: 'read' });
});

it('fails at "write" with the reason of the database', async () => {
  const catalog = new FakeCatalog();
  catalog.add = async () => {
    throw new Error('relation "refresh_state" does not exist');
  };
  expect(await catalog.run()).toMatchObject({
    ok: false,
    stage: 'write',
    reason: 'relation "refresh_state" does not exist',
  });
});

it('fails at "write" when the catalog was never connected', async () => {
  const catalog = new FakeCatalog();
  const reader = { isReadable: never, allProbes: async () => [] };
  const result = await probe({ channel: new ProbeChannel(), reader, logger, deadlineMs: 200 });
  expect(result).toMatchObject({ ok: false, stage: 'write', reason: expect.stringContaining('not connected') });
  expect(catalog.written).toBe(0);
});

it('does not outlive its deadline, however a step hangs', async () => {
  const catalog = new FakeCatalog();
  catalog.add = never;
  const result = await catalog.run(200);
  expect(result).toMatchObject({ ok: false, stage: 'write', reason: expect.stringContaining('deadline') });
  expect(result.ms).toBeLessThan(1_000);
});

it('removes an entity that arrives after the deadline', async () => {
  const catalog = new FakeCatalog();
  let arrive = () => {};
  catalog.add = () =>
    new Promise((resolve) => {
      arrive = resolve;
    });
  await catalog.run(100);
  arrive();
  await new Promise(setImmediate);
  expect(catalog.stored.size).toBe(0);
});

it('sweeps what an interrupted probe left, and spares one that runs', async () => {
  const catalog = new FakeCatalog();
  catalog.stored.set('old', probeEntity('old', new Date(Date.now() - 3_600_000)));
  catalog.stored.set('running', probeEntity('running', new Date()));
  await catalog.run();
  expect([...catalog.stored.keys()]).toEqual(['running']);
});

it('keeps concurrent probes apart', async () => {
  const catalog = new FakeCatalog();
  const results = await Promise.all([catalog.run(), catalog.run(), catalog.run()]);
  expect(results.every((result) => result.ok)).toBe(true);
  expect(catalog.stored.size).toBe(0);
});

it('writes into a namespace that nothing else uses', () => {
  expect(probeEntity('x', new Date()).metadata.namespace).toBe(PROBE_NAMESPACE);
});
