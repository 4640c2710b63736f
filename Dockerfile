# One image for web server, worker, beat and set-up; docker-compose.yml says which container runs what.
FROM python:3.11-slim-bookworm

# Pango prints papers. The portal ships its font; Noto CJK adds rare characters, as in people's names.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

COPY . .
# The settings want a key; this one is gone when the command ends.
RUN python scripts/compile_messages.py \
    && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" ALLOWED_HOSTS=localhost \
        python manage.py collectstatic --noinput --verbosity 0

# The account may write to /data and /tmp alone. Its number is fixed, since the files in the volumes carry it.
RUN groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal --mode 0750 \
        /data /data/media /data/keys /data/checkpoints /data/beat
ENV PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp/cache \
    MEDIA_ROOT=/data/media \
    LEDGER_KEY_FILE=/data/keys/ledger-key.pem \
    LEDGER_CHECKPOINT_FILE=/data/checkpoints/checkpoints.jsonl
USER 10001:10001

EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "scripts/healthy.py"]
CMD ["gunicorn", "futian_portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "3", \
     "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
