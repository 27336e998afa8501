/** As much of a PostgreSQL client as this takes: `pg`'s has it. */
export interface Sql {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/**
 * Makes the users that services sign in as, each by its IAM role and without a password
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html#UsingWithRDS.IAMDBAuth.DBAccounts.PostgreSQL).
 * One that is there already is left as it is, but for what it lacks. A user may make databases, its own and those of
 * a rehearsal, and owns nothing of another's.
 *
 * @param users names of small letters, digits and underscores
 * @throws RangeError for any other name, before anything is made
 */
export async function makeUsers(sql: Sql, users: readonly string[]): Promise<void> {
  for (const user of users) {
    // A role cannot be a parameter of these statements, so that its name has to be beyond doubt.
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(user)) {
      throw new RangeError(`${JSON.stringify(user)} is no user: give small letters, digits and underscores.`);
    }
  }
  for (const user of users) {
    const { rows } = await sql.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [user]);
    await sql.query(`${rows.length === 0 ? 'CREATE' : 'ALTER'} ROLE "${user}" LOGIN CREATEDB`);
    await sql.query(`GRANT rds_iam TO "${user}"`);
  }
}
