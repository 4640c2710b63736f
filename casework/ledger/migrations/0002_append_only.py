from django.db import migrations

REFUSED = "the ledger is append-only"
TABLES = ("ledger_entry", "ledger_checkpoint", "ledger_head")


def _postgresql():
    yield f"""
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$;
CREATE FUNCTION ledger_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry)
  THEN RAISE EXCEPTION '{REFUSED}: entry % is not the next one', NEW.seq; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_next BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_next();
CREATE TRIGGER ledger_head_forward BEFORE UPDATE ON ledger_head FOR EACH ROW
WHEN (NEW.size <= OLD.size) EXECUTE FUNCTION ledger_refuse();
"""
    for table in TABLES:
        changes = "DELETE" if table == "ledger_head" else "UPDATE OR DELETE"
        yield f"""
CREATE TRIGGER {table}_kept BEFORE {changes} ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
"""


def _sqlite():
    # INSERT OR REPLACE removes the old row without firing a delete trigger, so inserts are guarded as well.
    conditions = {
        "ledger_entry": "NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry)",
        "ledger_checkpoint": "EXISTS (SELECT 1 FROM ledger_checkpoint WHERE size = NEW.size)",
        "ledger_head": "EXISTS (SELECT 1 FROM ledger_head)",
    }
    for table in TABLES:
        unless_forward = "WHEN NEW.size <= OLD.size" if table == "ledger_head" else ""
        for name, event in {
            "no_delete": f"DELETE ON {table}",
            "no_update": f"UPDATE ON {table} {unless_forward}",
            "no_replace": f"INSERT ON {table} WHEN {conditions[table]}",
        }.items():
            yield f"CREATE TRIGGER {table}_{name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"


def begin(apps, schema_editor):
    """The head of an empty log, and the triggers of the database at hand."""
    apps.get_model("ledger", "Head").objects.using(schema_editor.connection.alias).get_or_create(pk=1)
    for statement in _postgresql() if schema_editor.connection.vendor == "postgresql" else _sqlite():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(begin)]
