# One image for every process: the web process unless another command is named (compose.yaml has them all).
FROM python:3.13-slim-bookworm AS build
WORKDIR /srv/common-ground
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/common-ground --create-home common-ground
WORKDIR /srv/common-ground
COPY --from=build /srv/common-ground/.venv .venv
COPY pyproject.toml ./
COPY scheduling scheduling
COPY telephony telephony
COPY webapp webapp
COPY docs docs
RUN .venv/bin/python -m compileall -q scheduling telephony webapp
USER 10001
ENV PATH=/srv/common-ground/.venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/var/lib/common-ground PORT=8000
EXPOSE 8000
CMD ["sh", "-c", "exec python -m webapp serve --host 0.0.0.0"]
