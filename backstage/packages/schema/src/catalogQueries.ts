/**
 * Each describes one kind of object in the schema at hand, one line per object, from PostgreSQL's own catalogs. Names
 * are free of the schema's own name, so that copies compare equal; what an extension brings stands for itself.
 */
const HERE = 'current_schema()::regnamespace';
const notOfExtension = (oid: string, catalog: string): string =>
  `not exists (select from pg_depend d where d.objid = ${oid} and d.classid = '${catalog}'::regclass and d.deptype = 'e')`;
const TABLES = `c.relnamespace = ${HERE} and c.relkind in ('r', 'p', 'f') and ${notOfExtension('c.oid', 'pg_class')}`;

export const CATALOG_QUERIES: readonly string[] = [
  `select concat_ws(' ', 'table', c.relname,
     case when c.relpersistence = 'u' then 'unlogged' end,
     case when c.relkind = 'p' then 'partition by ' || pg_get_partkeydef(c.oid) end,
     case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
     'with (' || array_to_string(c.reloptions, ', ') || ')') line
   from pg_class c where ${TABLES}`,

  // Without the planner's hints (n_distinct): the catalog's migrations compute them from the rows that they find.
  `select concat_ws(' ', 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
     case when a.attcollation <> t.typcollation then 'collate ' || l.collname end,
     case when a.attnotnull then 'not null' end,
     case when a.attidentity <> '' then 'identity ' || a.attidentity::text end,
     case when a.attgenerated <> '' then 'generated as' else case when f.adbin is not null then 'default' end end,
     pg_get_expr(f.adbin, f.adrelid)) line
   from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
   left join pg_collation l on l.oid = a.attcollation
   left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
   where ${TABLES} and a.attnum > 0 and not a.attisdropped`,

  // One that broke off while it was built concurrently is there, and helps nobody.
  `select concat_ws(' ', 'index', i.relname, pg_get_indexdef(x.indexrelid, 0, true),
     case when not x.indisvalid then 'INVALID' end, 'with (' || array_to_string(i.reloptions, ', ') || ')') line
   from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid where ${TABLES}`,

  // NOT NULL is told with the column; since PostgreSQL 18 it is a constraint too.
  `select concat_ws(' ', 'constraint', c.relname || '.' || k.conname, pg_get_constraintdef(k.oid, true)) line
   from pg_constraint k join pg_class c on c.oid = k.conrelid where ${TABLES} and k.contype <> 'n'`,

  `select concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid, true), 'enabled ' || g.tgenabled::text) line
   from pg_trigger g join pg_class c on c.oid = g.tgrelid where ${TABLES} and not g.tgisinternal`,

  `select concat_ws(' ', 'statistics', s.stxname, pg_get_statisticsobjdef_columns(s.oid), s.stxkind::text) line
   from pg_statistic_ext s where s.stxnamespace = ${HERE}`,

  `select concat_ws(' ', case c.relkind when 'm' then 'materialized view' else 'view' end, c.relname,
     pg_get_viewdef(c.oid, true)) line
   from pg_class c
   where c.relnamespace = ${HERE} and c.relkind in ('v', 'm') and ${notOfExtension('c.oid', 'pg_class')}`,

  `select concat_ws(' ', 'sequence', c.relname, format_type(q.seqtypid, null), 'by', q.seqincrement, 'from', q.seqmin,
     'to', q.seqmax, case when q.seqcycle then 'cycle' end) line
   from pg_sequence q join pg_class c on c.oid = q.seqrelid where c.relnamespace = ${HERE}`,

  `select concat_ws(' ', 'enum', t.typname, string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)) line
   from pg_type t join pg_enum e on e.enumtypid = t.oid
   where t.typnamespace = ${HERE} and ${notOfExtension('t.oid', 'pg_type')} group by t.typname`,

  `select concat_ws(' ', 'domain', t.typname, format_type(t.typbasetype, t.typtypmod),
     case when t.typnotnull then 'not null' end, t.typdefault,
     (select string_agg(pg_get_constraintdef(k.oid, true), ' ' order by k.conname) from pg_constraint k
      where k.contypid = t.oid and k.contype <> 'n')) line
   from pg_type t where t.typnamespace = ${HERE} and t.typtype = 'd' and ${notOfExtension('t.oid', 'pg_type')}`,

  `select concat_ws(' ', 'function', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
     pg_get_function_result(p.oid), l.lanname, p.provolatile::text, md5(p.prosrc || coalesce(pg_get_function_sqlbody(p.oid), ''))) line
   from pg_proc p join pg_language l on l.oid = p.prolang
   where p.pronamespace = ${HERE} and ${notOfExtension('p.oid', 'pg_proc')}`,

  `select concat_ws(' ', 'extension', extname, extversion) line from pg_extension where extname <> 'plpgsql'`,
];
