from django.db import migrations

TABLE = "authorizations_callrecord"
REFUSED = "call records are append-only"
KNOWN = f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR (source_id = NEW.source_id AND call_id = NEW.call_id))"


def _postgresql():
    yield f"""
CREATE FUNCTION call_record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$;
CREATE TRIGGER call_record_kept BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION call_record_refuse();
CREATE TRIGGER call_record_not_emptied BEFORE TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION call_record_refuse();
"""


def _sqlite():
    # INSERT OR REPLACE removes the old row without firing a delete trigger, so inserts are guarded as well.
    for name, event in {
        "no_delete": f"DELETE ON {TABLE}",
        "no_update": f"UPDATE ON {TABLE}",
        "no_replace": f"INSERT ON {TABLE} WHEN {KNOWN}",
    }.items():
        yield f"CREATE TRIGGER call_record_{name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"


def guard(apps, schema_editor):
    """The triggers of the database at hand."""
    for statement in _postgresql() if schema_editor.connection.vendor == "postgresql" else _sqlite():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("authorizations", "0001_initial")]
    operations = [migrations.RunPython(guard)]
