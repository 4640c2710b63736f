"""What the database itself refuses: administrators who take other roles, and changed or deleted account events."""

from django.db import migrations

ADMIN_ROLES = "('sysadmin', 'secadmin', 'auditadmin')"

MIXED = f"""
    SELECT 1 FROM accounts_membership AS other
    WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
      AND (other.role IN {ADMIN_ROLES} OR NEW.role IN {ADMIN_ROLES})
"""

SQLITE = [
    *(
        f"""
        CREATE TRIGGER accounts_administrators_apart_{event.lower()} AFTER {event} ON accounts_membership
        WHEN EXISTS ({MIXED})
        BEGIN SELECT RAISE(ABORT, 'administrators take no other role'); END
        """
        for event in ("INSERT", "UPDATE")
    ),
    *(
        f"""
        CREATE TRIGGER accounts_events_append_only_{event.lower()} BEFORE {event} ON accounts_accountevent
        BEGIN SELECT RAISE(ABORT, 'account events are append-only'); END
        """
        for event in ("UPDATE", "DELETE")
    ),
]

SQLITE_BACK = [
    "DROP TRIGGER accounts_administrators_apart_insert",
    "DROP TRIGGER accounts_administrators_apart_update",
    "DROP TRIGGER accounts_events_append_only_update",
    "DROP TRIGGER accounts_events_append_only_delete",
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION accounts_administrators_apart() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS ({MIXED}) THEN
            RAISE integrity_constraint_violation USING MESSAGE = 'administrators take no other role';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER accounts_administrators_apart AFTER INSERT OR UPDATE ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION accounts_administrators_apart()
    """,
    """
    CREATE FUNCTION accounts_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE integrity_constraint_violation USING MESSAGE = 'account events are append-only';
    END $$
    """,
    """
    CREATE TRIGGER accounts_events_append_only BEFORE UPDATE OR DELETE ON accounts_accountevent
    FOR EACH ROW EXECUTE FUNCTION accounts_events_append_only()
    """,
]

POSTGRESQL_BACK = [
    "DROP TRIGGER accounts_administrators_apart ON accounts_membership",
    "DROP FUNCTION accounts_administrators_apart()",
    "DROP TRIGGER accounts_events_append_only ON accounts_accountevent",
    "DROP FUNCTION accounts_events_append_only()",
]


def create(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(create, drop, elidable=False)]
