import { ConfigReader } from '@backstage/config';
import { readOnly } from '../src/databases';

const from = (database: object) =>
  readOnly(new ConfigReader({ backend: { database: { connection: {}, ...database } } }));

describe('the client of a database', () => {
  it('has to be PostgreSQL, and the refusal says what it is and how to mend it', async () => {
    await expect(from({ client: 'better-sqlite3' }).of('catalog')).rejects.toThrow(
      /^backend\.database\.client is "better-sqlite3", and only "pg" will do\. .*--config FILE for each/,
    );
    await expect(from({}).of('catalog')).rejects.toThrow('backend.database.client is ""');
  });

  it('is that of the plugin itself where it has one', async () => {
    const mixed = { client: 'pg', plugin: { search: { client: 'better-sqlite3' } } };
    await expect(from(mixed).of('search')).rejects.toMatchObject({
      kind: 'configuration',
      message: expect.stringContaining('backend.database.plugin.search.client is "better-sqlite3"'),
      culprit: { plugin: 'search' },
    });
    await expect(from(mixed).of('catalog')).resolves.toBeDefined();
  });
});
