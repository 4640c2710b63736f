from django.db import migrations
from django.utils import timezone

from regulation.holidays import digest, shipped


def load(apps, schema_editor):
    """The notices that come with the portal, where the year is not there yet.

    The historical models, so that later columns don't matter. The notice of a later year comes with `import_holidays`,
    or, when it is shipped, with a migration that calls this again.
    """
    Year, Day = apps.get_model("regulation", "CalendarYear"), apps.get_model("regulation", "CalendarDay")
    for notice in shipped():
        year, created = Year.objects.get_or_create(
            year=notice.year,
            defaults={
                "source": notice.source, "papers": list(notice.papers), "official": notice.official,
                "digest": digest(notice), "imported_at": timezone.now(),
            },
        )
        if created:
            Day.objects.bulk_create(Day(year=year, date=day, name=name, is_off_day=off) for day, name, off in notice.days)


class Migration(migrations.Migration):
    dependencies = [("regulation", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
