-- Gives the schema `public` and all that lies in it to the store's role. Run by psql as a
-- superuser, in the store's database.
--
-- Since PostgreSQL 15 only the owner of a database may make tables in it; databases that were
-- brought along from earlier versions have older rights. What another role made, before the store's
-- user was renamed or by hand, would otherwise be out of reach of the run and of its backup.

\set ON_ERROR_STOP on
\set VERBOSITY terse
\getenv store_user STORE_USER

-- The lock that was taken before counts in its own database alone.
SELECT pg_advisory_lock(hashtext('modelops store-init')) \g /dev/null

SELECT format('GRANT USAGE, CREATE ON SCHEMA public TO %I', :'store_user') \gexec

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Tables, views and the like; a sequence that belongs to a column goes with its table.
SELECT format('ALTER TABLE %s OWNER TO %I', pg_class.oid::regclass, :'store_user')
FROM pg_class
WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND pg_get_userbyid(relowner) <> :'store_user'
    AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i', 'e')
    )
ORDER BY pg_class.oid \gexec

-- Enumerations: Optuna makes some.
SELECT format('ALTER TYPE %s OWNER TO %I', pg_type.oid::regtype, :'store_user')
FROM pg_type
WHERE typnamespace = 'public'::regnamespace
    AND typtype = 'e'
    AND pg_get_userbyid(typowner) <> :'store_user'
ORDER BY pg_type.oid \gexec
