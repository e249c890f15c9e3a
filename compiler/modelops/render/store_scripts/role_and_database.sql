-- Makes the store's role and its database. Run by psql as a superuser, in any other database.
--
-- Names and the password come through psql's variables and leave as quoted by `format`, so they
-- may hold anything. `CREATE DATABASE` cannot stand in a transaction or a function, hence \gexec.

\set ON_ERROR_STOP on
\set VERBOSITY terse
\getenv store_user STORE_USER
\getenv store_database STORE_DATABASE
\set password `cat "$STORE_PASSWORD_FILE"`

-- The statement that holds the password goes into no log, not even when it fails.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

-- Two Jobs may overlap when a node is lost; the second waits here until the first one's session ends.
SELECT pg_advisory_lock(hashtext('modelops store-init')) \g /dev/null

-- To make a superuser an ordinary role would lock its owner out.
SELECT format(
    'DO %L',
    format(
        'BEGIN RAISE EXCEPTION USING MESSAGE = %L; END',
        format('the role %I is a superuser: a store needs a user of its own', rolname)
    )
)
FROM pg_roles WHERE rolname = :'store_user' AND rolsuper \gexec

SELECT format('CREATE ROLE %I', :'store_user')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'store_user') \gexec

SELECT format(
    'ALTER ROLE %I WITH LOGIN NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
    ' PASSWORD %L VALID UNTIL %L',
    :'store_user', :'password', 'infinity'
) \gexec

SELECT format('CREATE DATABASE %I OWNER %I', :'store_database', :'store_user')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'store_database') \gexec

SELECT format('ALTER DATABASE %I OWNER TO %I', datname, :'store_user')
FROM pg_database
WHERE datname = :'store_database' AND pg_get_userbyid(datdba) <> :'store_user' \gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'store_database') \gexec
