-- The role the portal runs under: it reads and writes cases, but changes and deletes nothing that is append-only.
-- Run it as a superuser of the database after each migrate: psql -v ON_ERROR_STOP=1 -f scripts/runtime_role.sql
-- DATABASE_PASSWORD in the environment sets the role's password. Needs psql 14 or later.
-- The triggers refuse the same to everybody; a role that does not own the tables cannot drop the triggers either.

\getenv password DATABASE_PASSWORD
SELECT 'CREATE ROLE portal LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal') \gexec
\if :{?password}
ALTER ROLE portal PASSWORD :'password';
\endif

BEGIN;
GRANT USAGE ON SCHEMA public TO portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO portal;

REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM portal;
REVOKE UPDATE, DELETE ON ledger_entry, ledger_checkpoint, accounts_accountevent FROM portal;
REVOKE INSERT, DELETE ON ledger_head FROM portal;
-- Erasure (Art. 38) deletes personal values; nothing alters one.
REVOKE UPDATE ON ledger_personalvalue FROM portal;
COMMIT;
